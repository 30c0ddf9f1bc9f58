//! Sealing of single fields: XChaCha20-Poly1305 under a key per person, with the field's place as associated data, so
//! that a value moved to another row, column or person never opens.
//!
//! Layout of a sealed field: format byte, key epoch byte, 24 bytes nonce, ciphertext, 16 bytes tag.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};
use rand::Rng;
use zeroize::Zeroizing;

use crate::store::error::StoreError;
use crate::store::records::SecretBytes;

/// The layout above, with JSON or the service's own bytes inside. Part of the associated data.
const FORMAT: u8 = 1;
/// The generation of keys that sealed the field. Part of the associated data.
const EPOCH: u8 = 1;
const HEAD_BYTES: usize = 2;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// Bytes that sealing adds.
pub(crate) const OVERHEAD_BYTES: usize = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;

/// A key that seals. Wiped on drop; deliberately without `Debug`.
pub(crate) struct SealingKey(XChaCha20Poly1305);

/// Where a sealed field stands: its column, its person and what identifies the row.
pub(crate) struct Place<'a> {
    /// `table.column`.
    pub(crate) column: &'static str,
    /// Whose it is; 0 for what belongs to nobody.
    pub(crate) person: i64,
    /// What identifies the row, and its revision where it has one.
    pub(crate) row: &'a [u8],
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(64);
        data.extend_from_slice(b"mendwell\0");
        data.extend_from_slice(&[FORMAT, EPOCH]);
        data.extend_from_slice(self.column.as_bytes());
        data.push(0);
        data.extend_from_slice(&self.person.to_le_bytes());
        data.extend_from_slice(self.row);
        data
    }
}

impl SealingKey {
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(bytes.into()))
    }

    /// Seals bytes for their place.
    pub(crate) fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD_BYTES);
        sealed.extend_from_slice(&[FORMAT, EPOCH]);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let body = sealed.get_mut(HEAD_BYTES + NONCE_BYTES..).unwrap_or_default();
        let tag = self
            .0
            .encrypt_inout_detached(&XNonce::from(nonce), &place.associated_data(), body.into())
            .map_err(|_| StoreError::Misuse { detail: "a value is too long to be sealed" })?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens what was sealed for this place; anything else is [`StoreError::Damaged`].
    pub(crate) fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<SecretBytes, StoreError> {
        self.opened(place, sealed)
            .ok_or_else(|| StoreError::damaged(format!("a sealed value of {} does not open", place.column)))
    }

    fn opened(&self, place: &Place<'_>, sealed: &[u8]) -> Option<SecretBytes> {
        let rest = sealed.strip_prefix(&[FORMAT, EPOCH])?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let (body, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
        let mut plain = Zeroizing::new(body.to_vec());
        self.0
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &place.associated_data(),
                plain.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .ok()?;
        Some(SecretBytes::new(std::mem::take(&mut *plain)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, SealingKey};

    const PLACE: Place<'_> = Place { column: "outbox.item", person: 7, row: &[1, 2] };

    #[test]
    fn what_was_sealed_opens_in_its_place_only() {
        let key = SealingKey::new(&[7; 32]);
        let sealed = key.seal(&PLACE, b"words").unwrap();
        assert_eq!(key.open(&PLACE, &sealed).unwrap().expose(), b"words");
        for elsewhere in [
            Place { column: "entries.body", ..PLACE },
            Place { person: 8, ..PLACE },
            Place { row: &[1, 3], ..PLACE },
            Place { row: &[1], ..PLACE },
        ] {
            assert!(key.open(&elsewhere, &sealed).is_err());
        }
        assert!(SealingKey::new(&[8; 32]).open(&PLACE, &sealed).is_err());
    }

    #[test]
    fn a_flipped_bit_or_a_cut_never_opens() {
        let key = SealingKey::new(&[7; 32]);
        let sealed = key.seal(&PLACE, b"words").unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(key.open(&PLACE, &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(key.open(&PLACE, &sealed[..length]).is_err(), "length {length}");
        }
    }

    #[test]
    fn equal_words_look_different_each_time() {
        let key = SealingKey::new(&[7; 32]);
        assert_ne!(key.seal(&PLACE, b"words").unwrap(), key.seal(&PLACE, b"words").unwrap());
    }
}
