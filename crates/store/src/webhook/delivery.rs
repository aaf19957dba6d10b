//! What became of single events.

use enroll_domain::WebhookId;
use enroll_domain::delivery::DeliveryStatus;
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

/// Delivered events whose rows are kept for each webhook.
const KEPT: i64 = 1_000;

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The event's place in the feed; 0 for the last test.
    pub sequence: i64,
    /// The event's id: the header `webhook-id`.
    pub event_id: String,
    /// The event's type.
    pub of: String,
    /// How far it has come.
    pub status: DeliveryStatus,
    /// Attempts so far.
    pub attempts: u32,
    /// The HTTP status of the last answer, if there was one.
    pub answer: Option<u16>,
    /// What went wrong, for people.
    pub detail: String,
    /// When it was last tried.
    pub attempted: Timestamp,
}

fn read(row: &Row<'_>) -> Result<DeliveryRow, StoreError> {
    let answer = row.optional_integer(5)?;
    Ok(DeliveryRow {
        sequence: row.integer(0)?,
        event_id: row.text(1)?.to_owned(),
        of: row.text(2)?.to_owned(),
        status: row.id(3)?,
        attempts: u32::try_from(row.integer(4)?).unwrap_or(u32::MAX),
        answer: answer.and_then(|status| u16::try_from(status).ok()),
        detail: row.text(6)?.to_owned(),
        attempted: row.timestamp(7)?,
    })
}

/// Notes what became of an event. Of delivered ones the newest thousand are kept.
///
/// # Errors
/// The store fails.
pub fn record(tx: &Tx<'_>, webhook: WebhookId, row: &DeliveryRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO deliveries (webhook_id, sequence, event_id, type, status, attempts, answer, detail, attempted) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT (webhook_id, sequence) DO UPDATE SET event_id = ?3, type = ?4, status = ?5, attempts = ?6, \
         answer = ?7, detail = ?8, attempted = ?9",
        &params![
            webhook,
            row.sequence,
            &row.event_id,
            &row.of,
            row.status.as_str(),
            row.attempts,
            row.answer.map(i32::from),
            &row.detail,
            row.attempted,
        ],
    )?;
    let old = "DELETE FROM deliveries WHERE webhook_id = ?1 AND sequence > 0 AND sequence < ?2 AND status = 'delivered'";
    tx.execute(old, &params![webhook, row.sequence - KEPT]).map(drop)
}

/// What became of a webhook's events, the newest first, from before `before`, `limit` at most; of one status, which the last test is
/// not asked for, or all.
///
/// # Errors
/// The store fails.
pub fn deliveries(
    tx: &Tx<'_>,
    webhook: WebhookId,
    status: Option<DeliveryStatus>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<DeliveryRow>, StoreError> {
    tx.query(
        "SELECT sequence, event_id, type, status, attempts, answer, detail, attempted FROM deliveries \
         WHERE webhook_id = ?1 AND (CAST(?2 AS TEXT) IS NULL OR (status = ?2 AND sequence > 0)) AND sequence < ?3 ORDER BY sequence DESC LIMIT ?4",
        &params![webhook, status.map(DeliveryStatus::as_str), before.unwrap_or(i64::MAX), limit],
        read,
    )
}

/// Forgets what became of events that are not kept any more.
///
/// # Errors
/// The store fails.
pub fn delete_deliveries_before(tx: &Tx<'_>, sequence: i64) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM deliveries WHERE sequence > 0 AND sequence < ?1", &params![sequence])
}
