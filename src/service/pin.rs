//! The hash of a PIN takes as long as hundreds of turns, so it is worked out before the turn and beside everybody else's:
//! an event with digits that are waited for is handed to the writer together with what was worked out of them.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::{JoinSet, spawn_blocking};
use zeroize::Zeroizing;

use crate::domain::event::{Event, Source};
use crate::domain::limits::{PIN_HASH_KIB, PIN_HASH_PASSES, PIN_HASHES_AT_ONCE_MAX};
use crate::domain::pin::{PinHash, PinProof, PinWork, Typed};
use crate::domain::secret::Secret;
use crate::service::Answer;
use crate::service::ports::Clock;
use crate::service::writer::Work;
use crate::store::{Store, StoreError};

/// Bytes of salt.
const SALT_BYTES: usize = 16;
/// Bytes of hash.
const HASH_BYTES: usize = 32;

/// Works out hashes beside the turns.
pub(crate) struct PinDesk {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    work: mpsc::Sender<Work>,
    at_once: Arc<Semaphore>,
    working: Mutex<JoinSet<()>>,
}

impl PinDesk {
    pub(crate) fn new(store: Arc<Store>, clock: Arc<dyn Clock>, work: mpsc::Sender<Work>) -> Self {
        let at_once = Arc::new(Semaphore::new(PIN_HASHES_AT_ONCE_MAX));
        Self { store, clock, work, at_once, working: Mutex::default() }
    }

    /// What an event needs worked out before its turn, if it has digits that are waited for.
    pub(crate) async fn needs(&self, event: &Event) -> Option<(Secret, PinWork)> {
        let Source::Address(address) = &event.source else { return None };
        let digits = Typed::of(&event.body)?;
        let known = async {
            let account = [(address.platform, address.account.clone())];
            let Some(person) = self.store.persons_by_account(&account).await?.pop().flatten() else { return Ok(None) };
            Ok::<_, StoreError>(self.store.persons_load(&[person]).await?.pop().flatten())
        };
        // Without an answer the turn asks for the digits once more.
        let profile = known.await.ok().flatten()?.profile;
        let work = profile.pin_work(&event.body, address.platform, self.clock.now())?;
        Some((digits, work))
    }

    /// Hands an event on once that is worked out. Only so many are at once; nobody else's events wait for it.
    pub(crate) fn start(&self, event: Event, answer: oneshot::Sender<Answer>, (digits, needed): (Secret, PinWork)) {
        let (work, at_once) = (self.work.clone(), Arc::clone(&self.at_once));
        let mut working = self.working.lock().unwrap_or_else(PoisonError::into_inner);
        while working.try_join_next().is_some() {}
        working.spawn(async move {
            let turn = at_once.acquire().await;
            let proof = spawn_blocking(move || worked_out(&digits, needed)).await.ok().flatten();
            drop(turn);
            // A writer that has ended takes nothing: the event is not acknowledged and comes again.
            let _ = work.send(Work::Event { event, answer, proof }).await;
        });
    }
}

fn worked_out(digits: &Secret, needed: PinWork) -> Option<PinProof> {
    match needed {
        PinWork::Hash => Some(PinProof::Hashed(hashed(digits)?)),
        PinWork::Check(hash) => {
            let fits = fits(digits, &hash)?;
            Some(PinProof::Checked(hash, fits))
        }
    }
}

/// With fresh salt from the system; `None` when it gives none.
fn hashed(digits: &Secret) -> Option<PinHash> {
    let mut salt = [0; SALT_BYTES];
    SysRng.try_fill_bytes(&mut salt).ok()?;
    let hash = argon2id(digits, &salt, PIN_HASH_KIB, PIN_HASH_PASSES)?;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash.expose()));
    Some(PinHash(format!("$argon2id$v=19$m={PIN_HASH_KIB},t={PIN_HASH_PASSES},p=1${salt}${hash}")))
}

/// Whether these digits have this hash, by the costs that it was made with; `None` when it is none of ours.
fn fits(digits: &Secret, hash: &PinHash) -> Option<bool> {
    let rest = hash.0.strip_prefix("$argon2id$v=19$m=")?;
    let mut parts = rest.split('$');
    let (costs, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let (kib, passes) = costs.strip_suffix(",p=1")?.split_once(",t=")?;
    let salt = STANDARD_NO_PAD.decode(salt).ok()?;
    let own = argon2id(digits, &salt, kib.parse().ok()?, passes.parse().ok()?)?;
    Some(Secret::new(STANDARD_NO_PAD.encode(own.expose())) == Secret::new(hash))
}

/// Bytes that are wiped.
struct Bytes(Zeroizing<[u8; HASH_BYTES]>);

impl Bytes {
    fn expose(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id>
fn argon2id(digits: &Secret, salt: &[u8], kib: u32, passes: u32) -> Option<Bytes> {
    let params = Params::new(kib, passes, 1, Some(HASH_BYTES)).ok()?;
    let mut hash = Bytes(Zeroizing::new([0; HASH_BYTES]));
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(digits.expose().as_bytes(), salt, hash.0.as_mut_slice()).ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::{PinHash, fits, hashed};
    use crate::domain::secret::Secret;

    #[test]
    fn a_hash_fits_its_digits_only_and_never_comes_twice() {
        let (pin, hash) = (Secret::new("4711"), hashed(&Secret::new("4711")).unwrap());
        assert_eq!((fits(&pin, &hash), fits(&Secret::new("4712"), &hash)), (Some(true), Some(false)));
        assert_ne!(hashed(&pin).unwrap(), hash);
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !hash.0.contains("4711"));
        assert_eq!(fits(&pin, &PinHash("$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AA".to_owned())), None);
    }

    /// A vector of the reference implementation.
    /// <https://github.com/P-H-C/phc-winner-argon2/blob/master/src/test.c>
    #[test]
    fn it_is_argon2id_as_others_have_it() {
        let known = PinHash(
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc".to_owned(),
        );
        assert_eq!(fits(&Secret::new("password"), &known), Some(true));
    }
}
