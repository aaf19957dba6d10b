//! Files of a backup or an export: made for this user alone, named when they are complete.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::path::{Path, PathBuf};

use super::BackupError;

/// Makes an empty file. What a killed process has left under this name is thrown away.
///
/// # Errors
/// [`BackupError::Io`]
pub fn make(path: &Path) -> Result<(), BackupError> {
    remove(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| BackupError::io(path, &error))
}

/// The same, in a folder that is made if there is none.
pub(super) fn make_with_folder(path: &Path) -> Result<(), BackupError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let folder = folder(path);
    builder.create(folder).map_err(|error| BackupError::io(folder, &error))?;
    make(path)
}

/// The folder of a file, if it is not there yet.
pub(super) fn missing_folder(path: &Path) -> Option<PathBuf> {
    let folder = folder(path);
    (!folder.exists()).then(|| folder.to_owned())
}

/// Opens a file that was made to write it.
///
/// # Errors
/// [`BackupError::Io`]
pub fn write(path: &Path) -> Result<File, BackupError> {
    OpenOptions::new().write(true).open(path).map_err(|error| BackupError::io(path, &error))
}

/// Gives a file that is on the disk its name. A name is on the disk when its folder is.
///
/// # Errors
/// [`BackupError::Io`]
pub fn rename(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::rename(from, to).map_err(|error| BackupError::io(to, &error))?;
    let folder = folder(to);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| BackupError::io(folder, &error))
}

/// Takes away what was not finished. That it is still there is no harm: the next one throws it away.
pub fn remove(path: &Path) {
    drop(fs::remove_file(path));
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
