//! Looks at people who may be forgotten meanwhile.

use mendwell::store::StoreError;

/// What was found of somebody; `None` for who is being forgotten and lost their key between two looks.
pub(crate) fn still_there<T>(found: Result<T, StoreError>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(StoreError::Conflict { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}
