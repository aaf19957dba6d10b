//! Webhooks: where events are sent, and how far each has come (enrollment.md 6.2).

mod delivery;

use enroll_domain::delivery::WebhookFormat;
use enroll_domain::{DirectoryId, WebhookId};
use jiff::Timestamp;

use crate::{Param, Row, StoreError, Tx, params};

pub use delivery::{DeliveryRow, delete_deliveries_before, deliveries, record};

/// A webhook as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// The id.
    pub id: WebhookId,
    /// Where events are sent.
    pub url: String,
    /// Which types, as [`enroll_domain::event::TypeFilter`] writes them.
    pub types: String,
    /// Events of this directory alone.
    pub directory: Option<DirectoryId>,
    /// In which form.
    pub format: WebhookFormat,
    /// What events are signed with.
    pub secret: Vec<u8>,
    /// The secret before, and until when it signs too.
    pub old_secret: Option<(Vec<u8>, Timestamp)>,
    /// Nothing is sent.
    pub paused: bool,
    /// When it was made.
    pub created: Timestamp,
    /// How far it has come.
    pub progress: Progress,
    /// When an administrator asked for a test that has not been made yet.
    pub tested: Option<Timestamp>,
}

/// How far a webhook has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last event that is done with.
    pub acknowledged: i64,
    /// Failed attempts of the next one.
    pub attempts: u32,
    /// When the first of the attempts failed since the last success.
    pub failing_since: Option<Timestamp>,
    /// Not before then.
    pub next_attempt: Option<Timestamp>,
}

impl Progress {
    /// Done with everything up to an event, without a failure.
    pub const fn behind(acknowledged: i64) -> Self {
        Self { acknowledged, attempts: 0, failing_since: None, next_attempt: None }
    }
}

const SELECT: &str = "SELECT id, url, types, directory_id, format, secret, old_secret, old_secret_until, paused, created, \
    acknowledged, attempts, failing_since, next_attempt, tested FROM webhooks";

fn read(row: &Row<'_>) -> Result<WebhookRow, StoreError> {
    let old_secret = match row.optional_timestamp(7)? {
        Some(until) => Some((row.blob(6)?.to_vec(), until)),
        None => None,
    };
    Ok(WebhookRow {
        id: row.id(0)?,
        url: row.text(1)?.to_owned(),
        types: row.text(2)?.to_owned(),
        directory: row.optional_id(3)?,
        format: row.id(4)?,
        secret: row.blob(5)?.to_vec(),
        old_secret,
        paused: row.boolean(8)?,
        created: row.timestamp(9)?,
        progress: Progress {
            acknowledged: row.integer(10)?,
            attempts: u32::try_from(row.integer(11)?).unwrap_or(u32::MAX),
            failing_since: row.optional_timestamp(12)?,
            next_attempt: row.optional_timestamp(13)?,
        },
        tested: row.optional_timestamp(14)?,
    })
}

/// Keeps a webhook: a new one, or one that has changed.
///
/// # Errors
/// The store fails.
pub fn store(tx: &Tx<'_>, row: &WebhookRow) -> Result<(), StoreError> {
    let (old_secret, until) = match &row.old_secret {
        Some((secret, until)) => (Param::from(secret.as_slice()), Param::from(*until)),
        None => (Param::Null, Param::Null),
    };
    let Progress { acknowledged, attempts, failing_since, next_attempt } = row.progress;
    tx.execute(
        "INSERT INTO webhooks (id, url, types, directory_id, format, secret, old_secret, old_secret_until, paused, created, \
         acknowledged, attempts, failing_since, next_attempt, tested) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) \
         ON CONFLICT (id) DO UPDATE SET url = ?2, types = ?3, directory_id = ?4, format = ?5, secret = ?6, old_secret = ?7, \
         old_secret_until = ?8, paused = ?9, acknowledged = ?11, attempts = ?12, failing_since = ?13, next_attempt = ?14, \
         tested = ?15",
        &[
            row.id.into(),
            Param::from(&row.url),
            Param::from(&row.types),
            row.directory.into(),
            row.format.as_str().into(),
            Param::from(row.secret.as_slice()),
            old_secret,
            until,
            row.paused.into(),
            row.created.into(),
            acknowledged.into(),
            attempts.into(),
            failing_since.into(),
            next_attempt.into(),
            row.tested.into(),
        ],
    )
    .map(drop)
}

/// A webhook by id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: WebhookId) -> Result<Option<WebhookRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE id = ?1"), &params![id], read)
}

/// All webhooks, oldest first: there are never many.
///
/// # Errors
/// The store fails.
pub fn list(tx: &Tx<'_>) -> Result<Vec<WebhookRow>, StoreError> {
    tx.query(&format!("{SELECT} ORDER BY id"), &[], read)
}

/// Deletes a webhook with its deliveries; answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, id: WebhookId) -> Result<bool, StoreError> {
    tx.execute("DELETE FROM deliveries WHERE webhook_id = ?1", &params![id])?;
    Ok(tx.execute("DELETE FROM webhooks WHERE id = ?1", &params![id])? > 0)
}
