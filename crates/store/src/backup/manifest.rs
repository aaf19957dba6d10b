//! The last line of a backup: what must be in it.
//!
//! A backup is the database, a line feed, the manifest as one line of JSON, a line feed. SQLite knows from the first page where the database
//! ends and does not look at what follows. Whatever cuts the file short takes the manifest away.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek as _, SeekFrom, Write};
use std::path::Path;

use data_encoding::HEXLOWER;
use enroll_domain::audit::ChainHash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{BackupError, Progress};
use crate::engine::Facts;
use crate::migrate::known_version;

/// The form of the file.
const FORMAT: &str = "enroll-backup-1";

/// A manifest is shorter: some thirty tables with a number each.
const LONGEST: u64 = 16 * 1024;

/// Bytes read at a time.
const CHUNK: usize = 256 * 1024;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// `enroll-backup-1`.
    pub format: String,
    /// The version of the program that made it.
    pub version: String,
    /// When it was made.
    pub created: Timestamp,
    /// The newest step of the schema.
    pub schema_version: i64,
    /// The last entry of the audit trail: the backup holds what was done up to there, and nothing later.
    pub audit: AuditHead,
    /// Rows in each table.
    pub rows: BTreeMap<String, u64>,
    /// How long the database is; what follows is this manifest.
    pub bytes: u64,
    /// SHA-256 over the database and this line with an empty text in this place.
    pub sha256: String,
}

/// Place and hash of an entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditHead {
    /// Its place; 0 when there is none.
    pub sequence: i64,
    /// Its hash.
    pub hash: ChainHash,
}

impl Manifest {
    fn line(&self) -> Result<String, BackupError> {
        let text =
            serde_json::to_string(self).map_err(|error| crate::StoreError::Internal(error.to_string()))?;
        Ok(format!("\n{text}\n"))
    }

    /// What is hashed after the database.
    fn unsigned(&self) -> Result<String, BackupError> {
        Self { sha256: String::new(), ..self.clone() }.line()
    }
}

/// Makes a database into a backup and sees that it is on the disk.
pub(super) fn append(path: &Path, now: Timestamp, facts: Facts) -> Result<Manifest, BackupError> {
    let told = |error: std::io::Error| BackupError::io(path, &error);
    let mut file = OpenOptions::new().read(true).append(true).open(path).map_err(told)?;
    let mut manifest = Manifest {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        created: now,
        schema_version: facts.schema,
        audit: AuditHead { sequence: facts.audit.sequence, hash: facts.audit.hash },
        rows: facts.rows,
        bytes: file.metadata().map_err(told)?.len(),
        sha256: String::new(),
    };
    let mut hash = Sha256::new();
    chunks(&mut file, manifest.bytes, |chunk, _| {
        hash.update(chunk);
        Ok(())
    })
    .map_err(told)?;
    hash.update(manifest.unsigned()?);
    manifest.sha256 = HEXLOWER.encode(&hash.finalize());
    file.write_all(manifest.line()?.as_bytes()).map_err(told)?;
    file.sync_all().map_err(told)?;
    Ok(manifest)
}

/// The manifest of a backup, whatever the rest of it is.
pub(super) fn read(path: &Path) -> Result<Manifest, BackupError> {
    let told = |error: std::io::Error| BackupError::io(path, &error);
    let no_backup = || BackupError::NoBackup(path.to_owned());
    let mut file = File::open(path).map_err(told)?;
    let length = file.metadata().map_err(told)?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST))).map_err(told)?;
    let mut end = Vec::new();
    file.take(LONGEST).read_to_end(&mut end).map_err(told)?;
    let body = end.strip_suffix(b"\n").ok_or_else(no_backup)?;
    let start = body.iter().rposition(|byte| *byte == b'\n').ok_or_else(no_backup)?;
    let line = body.get(start + 1..).unwrap_or_default();
    // The form and the schema first: a newer version may have other fields.
    let head: Head = serde_json::from_slice(line).map_err(|_| no_backup())?;
    let known = known_version();
    if head.format != FORMAT || head.schema_version > known {
        return if head.format.starts_with("enroll-backup-") {
            let (found, version) = (head.schema_version, head.version);
            Err(BackupError::Newer { path: path.to_owned(), found, known, version })
        } else {
            Err(no_backup())
        };
    }
    let manifest: Manifest = serde_json::from_slice(line).map_err(|_| no_backup())?;
    let written = manifest.line()?;
    let whole = u64::try_from(written.len()).ok().and_then(|line| line.checked_add(manifest.bytes));
    if end.get(start..) != Some(written.as_bytes()) || whole != Some(length) {
        return Err(BackupError::damaged(path, "its length is not what its last line says"));
    }
    Ok(manifest)
}

/// What is read of a manifest that may be of a later form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    format: String,
    version: String,
    schema_version: i64,
}

/// Copies the database out of a backup and compares the SHA-256.
pub(super) fn copy(
    path: &Path,
    manifest: &Manifest,
    out: &mut impl Write,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), BackupError> {
    let told = |error: std::io::Error| BackupError::io(path, &error);
    let mut file = File::open(path).map_err(told)?;
    let mut hash = Sha256::new();
    chunks(&mut file, manifest.bytes, |chunk, done| {
        hash.update(chunk);
        progress(Progress::Copying { done, total: manifest.bytes });
        out.write_all(chunk)
    })
    .map_err(told)?;
    hash.update(manifest.unsigned()?);
    if HEXLOWER.encode(&hash.finalize()) != manifest.sha256 {
        return Err(BackupError::damaged(path, "its SHA-256 is not what its last line says"));
    }
    Ok(())
}

/// Reads the first `length` bytes; the callback gets each part and how much was read with it.
fn chunks(
    file: &mut File,
    length: u64,
    mut each: impl FnMut(&[u8], u64) -> std::io::Result<()>,
) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; CHUNK];
    let mut done = 0;
    while done < length {
        let wanted = usize::try_from(length - done).unwrap_or(CHUNK).min(CHUNK);
        let part = buffer.get_mut(..wanted).unwrap_or_default();
        file.read_exact(part)?;
        done += u64::try_from(wanted).unwrap_or(0);
        each(part, done)?;
    }
    Ok(())
}
