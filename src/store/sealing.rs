//! From the words of the domain to sealed columns and back: which column, which row identity, which JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::domain::ids::{OutboxId, PersonId, SessionId};
use crate::domain::person::Profile;
use crate::domain::write::{Plan, Write};
use crate::store::error::StoreError;
use crate::store::keys::{KeyedHash, Keys};
use crate::store::records::SecretBytes;
use crate::store::seal::{Place, SealingKey};

/// A sealed column with what identifies its row.
#[derive(Clone, Copy)]
pub(crate) enum Cell {
    Profile { rev: i64 },
    Session { id: SessionId, rev: i64 },
    Outbox { id: OutboxId },
    Plan { name: KeyedHash },
    Entry { write: KeyedHash },
}

impl Cell {
    /// The revision is part of a row's identity where there is one: an older state put back does not open.
    fn with_place<T>(self, person: PersonId, with: impl FnOnce(&Place<'_>) -> T) -> T {
        let mut row = [0; 16];
        let (column, used) = match self {
            Self::Profile { rev } => ("persons.profile", put(&mut row, &[rev])),
            Self::Session { id, rev } => ("sessions.state", put(&mut row, &[id.0, rev])),
            Self::Outbox { id } => ("outbox.item", put(&mut row, &[id.0])),
            Self::Plan { name } => ("plans.body", put_hash(&mut row, name)),
            Self::Entry { write } => ("entries.body", put_hash(&mut row, write)),
        };
        with(&Place { column, person: person.0, row: row.get(..used).unwrap_or_default() })
    }
}

fn put(row: &mut [u8; 16], numbers: &[i64]) -> usize {
    for (bytes, number) in row.chunks_exact_mut(8).zip(numbers) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
    numbers.len() * 8
}

fn put_hash(row: &mut [u8; 16], hash: KeyedHash) -> usize {
    *row = hash;
    row.len()
}

/// The key of a person who must have one.
pub(crate) fn key_of(keys: &Keys, person: PersonId) -> Result<&SealingKey, StoreError> {
    match keys.get(&person) {
        Some(key) => Ok(key),
        None => Err(StoreError::conflict("a person without a key: unknown or forgotten")),
    }
}

pub(crate) fn seal_bytes(keys: &Keys, person: PersonId, cell: Cell, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let key = key_of(keys, person)?;
    cell.with_place(person, |place| key.seal(place, plain))
}

pub(crate) fn open_bytes(keys: &Keys, person: PersonId, cell: Cell, sealed: &[u8]) -> Result<SecretBytes, StoreError> {
    let key = key_of(keys, person)?;
    cell.with_place(person, |place| key.open(place, sealed))
}

pub(crate) fn seal_profile(keys: &Keys, person: PersonId, rev: i64, profile: &Profile) -> Result<Vec<u8>, StoreError> {
    seal_json(keys, person, Cell::Profile { rev }, profile)
}

pub(crate) fn open_profile(keys: &Keys, person: PersonId, rev: i64, sealed: &[u8]) -> Result<Profile, StoreError> {
    open_json(keys, person, Cell::Profile { rev }, sealed)
}

pub(crate) fn seal_plan(keys: &Keys, person: PersonId, name: KeyedHash, plan: &Plan) -> Result<Vec<u8>, StoreError> {
    seal_json(keys, person, Cell::Plan { name }, plan)
}

pub(crate) fn open_plan(keys: &Keys, person: PersonId, name: KeyedHash, sealed: &[u8]) -> Result<Plan, StoreError> {
    open_json(keys, person, Cell::Plan { name }, sealed)
}

pub(crate) fn seal_entry(
    keys: &Keys,
    person: PersonId,
    write: KeyedHash,
    entry: &Write,
) -> Result<Vec<u8>, StoreError> {
    seal_json(keys, person, Cell::Entry { write }, entry)
}

pub(crate) fn open_entry(keys: &Keys, person: PersonId, write: KeyedHash, sealed: &[u8]) -> Result<Write, StoreError> {
    open_json(keys, person, Cell::Entry { write }, sealed)
}

fn seal_json(keys: &Keys, person: PersonId, cell: Cell, value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(value).map_err(|_| StoreError::Misuse { detail: "a value has no JSON form" })?;
    let json = Zeroizing::new(json);
    seal_bytes(keys, person, cell, &json)
}

fn open_json<T: DeserializeOwned>(keys: &Keys, person: PersonId, cell: Cell, sealed: &[u8]) -> Result<T, StoreError> {
    let plain = open_bytes(keys, person, cell, sealed)?;
    // serde's message may quote the value, so it is left out.
    serde_json::from_slice(plain.expose()).map_err(|_| StoreError::damaged("a sealed value is not of its form"))
}
