//! One process per data directory: an advisory lock, taken before anything else.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use crate::store::error::OpenError;

const ATTEMPTS: u32 = 30;
const PAUSE: Duration = Duration::from_millis(100);

/// Takes the lock, waiting up to three seconds for a predecessor that is just ending. Dropping the file lets it go.
pub(crate) async fn take(data_dir: &Path) -> Result<File, OpenError> {
    let path = data_dir.join("lock");
    let io = |source| OpenError::Io { path: path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    for _ in 0..ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
    }
    Err(OpenError::SecondInstance { path: data_dir.to_path_buf() })
}
