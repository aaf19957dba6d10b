//! Webhooks and deliveries as administrators see them.

use std::fmt;

use enroll_domain::WebhookId;
use enroll_domain::delivery::{DeliveryStatus, WebhookFormat};
use enroll_domain::time::Moment;
use enroll_store::webhook::{DeliveryRow, WebhookRow};
use enroll_store::{Tx, directory};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;

use crate::Error;

/// A webhook; its secret is shown only when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookInfo {
    /// The id.
    pub id: WebhookId,
    /// Where events are sent.
    pub url: String,
    /// Which types; none for all.
    pub types: Vec<String>,
    /// The name of the directory whose events are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// In which form.
    pub format: WebhookFormat,
    /// Whether it works.
    pub state: WebhookState,
    /// When it was made.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// The last event that is done with: delivered, given up, or not wanted.
    pub acknowledged: i64,
    /// Failed attempts of the next event.
    pub attempts: u32,
    /// Since when it has been failing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub failing_since: Option<Timestamp>,
    /// When the next attempt is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub next_attempt: Option<Timestamp>,
}

/// Whether a webhook works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum WebhookState {
    /// Events are sent as they happen.
    Active,
    /// The last attempt failed; events wait and are sent in order.
    Failing,
    /// Nothing is sent; events wait.
    Paused,
}

impl fmt::Display for WebhookState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Active => "active",
            Self::Failing => "failing",
            Self::Paused => "paused",
        })
    }
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryInfo {
    /// The event's place in the feed; 0 for the last test.
    pub sequence: i64,
    /// The event's id: the header `webhook-id`.
    pub event_id: String,
    /// The event's type.
    #[serde(rename = "type")]
    pub of: String,
    /// How far it has come.
    pub status: DeliveryStatus,
    /// Attempts so far.
    pub attempts: u32,
    /// The HTTP status of the last answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<u16>,
    /// What went wrong.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// When it was last tried.
    #[schemars(with = "Moment")]
    pub attempted: Timestamp,
}

impl From<DeliveryRow> for DeliveryInfo {
    fn from(row: DeliveryRow) -> Self {
        let DeliveryRow { sequence, event_id, of, status, attempts, answer, detail, attempted } = row;
        Self { sequence, event_id, of, status, attempts, answer, detail, attempted }
    }
}

pub(super) fn info(tx: &Tx<'_>, row: &WebhookRow) -> Result<WebhookInfo, Error> {
    let directory = row.directory.map(|id| {
        let found = directory::find(tx, id)?;
        Ok::<_, Error>(found.map_or_else(|| id.to_string(), |row| row.name.to_string()))
    });
    Ok(WebhookInfo {
        id: row.id,
        url: row.url.clone(),
        types: row.types.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        directory: directory.transpose()?,
        format: row.format,
        state: match (row.paused, row.progress.failing_since) {
            (true, _) => WebhookState::Paused,
            (false, Some(_)) => WebhookState::Failing,
            (false, None) => WebhookState::Active,
        },
        created: row.created,
        acknowledged: row.progress.acknowledged,
        attempts: row.progress.attempts,
        failing_since: row.progress.failing_since,
        next_attempt: row.progress.next_attempt.filter(|_| !row.paused),
    })
}

/// The host of a URL: what a webhook is called in the audit trail, where paths may hold secrets of the receiver.
pub(super) fn host(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_default()
}
