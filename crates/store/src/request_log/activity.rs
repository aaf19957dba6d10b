//! What is known of a directory's traffic: one row each, whatever the log itself still holds.

use enroll_domain::DirectoryId;
use jiff::Timestamp;

use super::RequestFile;
use crate::{StoreError, Tx, params};

/// The traffic of one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// When its last request came.
    pub last_request: Timestamp,
    /// When its last request came that was carried out.
    pub last_success: Option<Timestamp>,
    /// Since when its token is refused, with nothing carried out in between.
    pub refused_since: Option<Timestamp>,
    /// How many writes were refused in a row.
    pub failed_writes: u32,
    /// The last request that was refused.
    pub last_error: Option<ActivityError>,
    /// Which identity provider it seems to be.
    pub idp: Option<String>,
}

/// The last request of a directory that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityError {
    /// When.
    pub time: Timestamp,
    /// The status.
    pub status: u16,
    /// The id of the request.
    pub request_id: String,
    /// What it means.
    pub text: String,
    /// What to do.
    pub advice: Option<String>,
}

pub(super) fn put(tx: &Tx<'_>, directory: DirectoryId, row: &ActivityRow) -> Result<(), StoreError> {
    let error = row.last_error.as_ref();
    tx.execute(
        "INSERT INTO activity (directory_id, last_request, last_success, refused_since, failed_writes, last_error, \
         last_error_status, last_error_id, last_error_text, last_error_advice, idp) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
         ON CONFLICT (directory_id) DO UPDATE SET last_request = ?2, last_success = ?3, refused_since = ?4, failed_writes = ?5, \
         last_error = ?6, last_error_status = ?7, last_error_id = ?8, last_error_text = ?9, last_error_advice = ?10, idp = ?11",
        &params![
            directory,
            row.last_request,
            row.last_success,
            row.refused_since,
            row.failed_writes,
            error.map(|error| error.time),
            error.map(|error| i64::from(error.status)),
            error.map(|error| error.request_id.as_str()),
            error.map(|error| error.text.as_str()),
            error.and_then(|error| error.advice.as_deref()),
            row.idp.as_deref(),
        ],
    )
    .map(drop)
}

impl RequestFile {
    /// The traffic of every directory that had any.
    ///
    /// # Errors
    /// The engine fails.
    pub fn activity(&self) -> Result<Vec<(DirectoryId, ActivityRow)>, StoreError> {
        let columns = "SELECT directory_id, last_request, last_success, refused_since, failed_writes, last_error, \
                       last_error_status, last_error_id, last_error_text, last_error_advice, idp FROM activity";
        self.tx().query(columns, &[], |row| {
            let last_error = match row.optional_timestamp(5)? {
                None => None,
                Some(time) => Some(ActivityError {
                    time,
                    status: u16::try_from(row.integer(6)?).unwrap_or_default(),
                    request_id: row.text(7)?.to_owned(),
                    text: row.text(8)?.to_owned(),
                    advice: row.optional_text(9)?.map(str::to_owned),
                }),
            };
            let activity = ActivityRow {
                last_request: row.timestamp(1)?,
                last_success: row.optional_timestamp(2)?,
                refused_since: row.optional_timestamp(3)?,
                failed_writes: u32::try_from(row.integer(4)?).unwrap_or(u32::MAX),
                last_error,
                idp: row.optional_text(10)?.map(str::to_owned),
            };
            Ok((row.id(0)?, activity))
        })
    }
}
