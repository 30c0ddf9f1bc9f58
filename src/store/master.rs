//! The master key: 32 random bytes in a file of their own, made once, at the very first start.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use rand::TryRng;
use rand::rngs::SysRng;
use zeroize::{Zeroize, Zeroizing};

use crate::store::connect::private_file;
use crate::store::error::OpenError;

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;

/// Key material; wiped on drop, deliberately without `Debug`.
pub(crate) type KeyBytes = Zeroizing<[u8; KEY_BYTES]>;

/// A fresh random key from the operating system.
pub(crate) fn random_key(path: &Path) -> Result<KeyBytes, OpenError> {
    let mut key = KeyBytes::default();
    SysRng.try_fill_bytes(key.as_mut_slice()).map_err(|error| OpenError::Io {
        path: path.to_path_buf(),
        source: std::io::Error::other(error.to_string()),
    })?;
    Ok(key)
}

/// Refuses a key file inside the data directory.
pub(crate) fn refuse_inside(data_dir: &Path, path: &Path) -> Result<(), OpenError> {
    let absolute = |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let io = |source| OpenError::Io { path: path.to_path_buf(), source };
    let data_dir = absolute(data_dir).map_err(io)?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if absolute(parent).map_err(io)?.starts_with(&data_dir) {
        return Err(OpenError::KeyInsideData { path: path.to_path_buf() });
    }
    Ok(())
}

/// Reads the key.
pub(crate) fn read(path: &Path) -> Result<KeyBytes, OpenError> {
    let io = |source| OpenError::Io { path: path.to_path_buf(), source };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(OpenError::MasterKeyMissing { path: path.to_path_buf() });
        }
        Err(error) => return Err(io(error)),
    };
    refuse_wide_mode(path, &metadata)?;
    let text = Zeroizing::new(fs::read(path).map_err(io)?);
    from_hex(text.trim_ascii()).ok_or_else(|| OpenError::MasterKeyMalformed { path: path.to_path_buf() })
}

/// Reads the key, or makes it where none is. Only for a first start.
pub(crate) fn read_or_create(path: &Path) -> Result<KeyBytes, OpenError> {
    match read(path) {
        Err(OpenError::MasterKeyMissing { .. }) => create(path),
        other => other,
    }
}

/// The key of a file that a kill may have left empty or half written, if it is whole.
pub(crate) fn read_if_whole(path: &Path) -> Result<Option<KeyBytes>, OpenError> {
    match read(path) {
        Ok(key) => Ok(Some(key)),
        Err(OpenError::MasterKeyMissing { .. } | OpenError::MasterKeyMalformed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a key in a new file.
pub(crate) fn create(path: &Path) -> Result<KeyBytes, OpenError> {
    let io = |source| OpenError::Io { path: path.to_path_buf(), source };
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_private_dir(parent).map_err(io)?;
    }
    let key = random_key(path)?;
    let mut text = Zeroizing::new(String::with_capacity(KEY_BYTES * 2 + 1));
    for byte in key.iter() {
        for nibble in [byte >> 4, byte & 0xf] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or_default());
        }
    }
    text.push('\n');
    let mut file = private_file(path).map_err(io)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // A half-written key would be refused for ever.
        fs::remove_file(path).ok();
        return Err(io(error));
    }
    // The name, too, must survive a power cut before anything is sealed with this key.
    #[cfg(unix)]
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::File::open(parent).and_then(|parent| parent.sync_all()).map_err(io)?;
    }
    Ok(key)
}

/// Creates a directory, readable by its owner only when it is new.
pub(crate) fn create_private_dir(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn refuse_wide_mode(path: &Path, metadata: &fs::Metadata) -> Result<(), OpenError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(OpenError::MasterKeyPermissions { path: path.to_path_buf(), mode })
}

#[cfg(not(unix))]
fn refuse_wide_mode(_path: &Path, _metadata: &fs::Metadata) -> Result<(), OpenError> {
    Ok(())
}

fn from_hex(text: &[u8]) -> Option<KeyBytes> {
    let mut key = KeyBytes::default();
    if text.len() != KEY_BYTES * 2 {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(text.chunks_exact(2)) {
        let mut value = 0;
        for digit in pair {
            value = value * 16 + u8::try_from(char::from(*digit).to_digit(16)?).ok()?;
        }
        *byte = value;
        value.zeroize();
    }
    Some(key)
}
