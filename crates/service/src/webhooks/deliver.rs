//! What the job that sends events asks for, and what it reports.
//!
//! Progress is noted after the receiver has answered. Whoever is killed in between leaves it to the next to send the same events
//! again, with the same ids: at least once, in order.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use enroll_domain::WebhookId;
use enroll_domain::audit::Action;
use enroll_domain::delivery::{DeliveryStatus, Failure, Next, WebhookFormat, after_failure};
use enroll_domain::event::TypeFilter;
use enroll_store::event::EventRow;
use enroll_store::webhook::{self, DeliveryRow, Progress, WebhookRow};
use enroll_store::{Tx, event, group, user};
use jiff::Timestamp;
use serde_json::json;

use super::set::{SetKey, is_told};
use super::{last, sign, tell};
use crate::audit::{Changes, Scribe};
use crate::events::{Event, EventPlace, page, wanted};
use crate::{Error, Service};

/// Longest text that is kept of what went wrong, in characters.
const DETAIL: usize = 300;

/// How far a reader has looked beyond what is acknowledged without finding anything wanted: kept in memory, so that a webhook that
/// wants little costs no writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scanned {
    /// What was acknowledged then.
    pub acknowledged: i64,
    /// The last event looked at.
    pub to: i64,
}

/// Which webhooks have something to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DueWebhooks {
    /// Those that may have something now.
    pub now: Vec<WebhookId>,
    /// When the next of the others is tried again.
    pub next: Option<Timestamp>,
}

/// Events to be sent to one webhook, in order.
pub struct WebhookBatch {
    webhook: WebhookRow,
    /// What security event tokens are signed with, and who says so.
    tokens: Option<Arc<(SetKey, String)>>,
    /// The externalIds of the users and groups that security event tokens are about, by their ids.
    external: Arc<HashMap<String, String>>,
    /// The events.
    pub events: Vec<Event>,
    /// The last event that was looked at for them.
    pub scanned: Scanned,
}

/// One request to a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookMessage {
    /// Where to.
    pub url: String,
    /// `webhook-id`: the same however often the event is sent.
    pub id: String,
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: String,
}

/// An event that a receiver has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The event's place in the feed.
    pub sequence: i64,
    /// The HTTP status.
    pub answer: u16,
}

/// An event that a receiver has not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedDelivery {
    /// The event's place in the feed.
    pub sequence: i64,
    /// The HTTP status, if there was an answer.
    pub answer: Option<u16>,
    /// What went wrong, for people.
    pub detail: String,
    /// The header `Retry-After`.
    pub retry_after: Option<Duration>,
}

impl FailedDelivery {
    fn failure(&self) -> Failure {
        self.answer.and_then(Failure::of_status).unwrap_or(Failure::Unavailable)
    }
}

impl WebhookBatch {
    /// Whether somebody waits for a test message, as of when progress was noted last.
    pub fn is_test_asked(&self) -> bool {
        self.webhook.tested.is_some()
    }

    /// The request for an event.
    pub fn message(&self, event: &Event, now: Timestamp) -> WebhookMessage {
        let token = self.tokens.as_ref().and_then(|of| {
            let external = self.external.get(&event.subject.id).map(String::as_str);
            of.0.token(event, external, &of.1, &self.webhook.url, now)
        });
        let body = match token {
            Some(token) => (token, TOKEN),
            None => (serde_json::to_string(event).unwrap_or_default(), JSON),
        };
        message(&self.webhook, event.id.clone(), body, now)
    }
}

/// What bodies are.
const JSON: &str = "application/json";
/// RFC 8935 §2.1.
const TOKEN: &str = "application/secevent+jwt";

fn message(
    webhook: &WebhookRow,
    id: String,
    (body, content_type): (String, &str),
    now: Timestamp,
) -> WebhookMessage {
    let headers = vec![
        ("content-type", content_type.to_owned()),
        ("accept", JSON.to_owned()),
        ("webhook-id", id.clone()),
        ("webhook-timestamp", now.as_second().to_string()),
        ("webhook-signature", sign::signature(webhook, &id, now, &body)),
    ];
    WebhookMessage { url: webhook.url.clone(), id, headers, body }
}

impl Service {
    /// Which webhooks have something to send; `scanned` says how far each was looked at in vain.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub fn due_webhooks(&self, scanned: &HashMap<WebhookId, Scanned>) -> Result<DueWebhooks, Error> {
        let now = self.clock().now();
        self.db().look_up(|tx| {
            let newest = last(tx)?;
            let mut due = DueWebhooks::default();
            for row in webhook::list(tx)? {
                let Progress { acknowledged, next_attempt, .. } = row.progress;
                let seen = scanned.get(&row.id).filter(|scanned| scanned.acknowledged == acknowledged);
                // Behind the end is a feed that was restored from an earlier state.
                let pending = seen.map_or(acknowledged, |scanned| scanned.to) != newest && !row.paused;
                match next_attempt.filter(|time| *time > now) {
                    _ if row.tested.is_some() => due.now.push(row.id),
                    Some(time) if pending => due.next = Some(due.next.map_or(time, |next| next.min(time))),
                    None if pending => due.now.push(row.id),
                    _ => {}
                }
            }
            Ok(due)
        })
    }

    /// The next events for a webhook, `limit` at most; `None` when it is gone, paused, or waits for its next attempt.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn webhook_batch(
        &self,
        id: WebhookId,
        scanned: Option<Scanned>,
        limit: u32,
    ) -> Result<Option<WebhookBatch>, Error> {
        let (now, issuer) = (self.clock().now(), self.public_url().as_str().to_owned());
        let lost = self
            .db()
            .read(move |tx| {
                let Some(row) = webhook::find(tx, id)? else { return Ok(Err(None)) };
                if row.paused || row.progress.next_attempt.is_some_and(|time| time > now) {
                    return Ok(Err(None));
                }
                let acknowledged = row.progress.acknowledged;
                let from = scanned.filter(|scanned| scanned.acknowledged == acknowledged);
                let from = from.map_or(acknowledged, |scanned| scanned.to);
                let types: TypeFilter = row.types.parse().unwrap_or_default();
                let tokens = match row.format {
                    WebhookFormat::Events => None,
                    WebhookFormat::SecurityEvents => {
                        let missing = || Error::Internal("there is no key of security events".to_owned());
                        Some(Arc::new((SetKey::find(tx)?.ok_or_else(missing)?, issuer.clone())))
                    }
                };
                let wants = |event: &EventRow| {
                    wanted(event, row.directory, &types) && (tokens.is_none() || is_told(event))
                };
                match page(tx, EventPlace::Behind(from), limit, wants) {
                    Ok(page) => {
                        let scanned = Scanned { acknowledged, to: page.next };
                        let external =
                            if tokens.is_some() { external_ids(tx, &page.events)? } else { HashMap::new() };
                        let external = Arc::new(external);
                        Ok(Ok(WebhookBatch { webhook: row, tokens, external, events: page.events, scanned }))
                    }
                    Err(Error::Gone(_)) => Ok(Err(Some(acknowledged))),
                    Err(other) => Err(other),
                }
            })
            .await?;
        match lost {
            Ok(batch) => Ok(Some(batch)),
            Err(None) => Ok(None),
            Err(Some(acknowledged)) => {
                self.pass_lost(id, acknowledged).await?;
                Ok(None)
            }
        }
    }

    /// Goes on with the oldest event that is kept, where those behind `begun` were deleted while the webhook waited, and says so.
    async fn pass_lost(&self, id: WebhookId, begun: i64) -> Result<(), Error> {
        let now = self.clock().now();
        self.db()
            .write(move |tx| {
                let Some(mut row) = current(tx, id, begun)? else { return Ok(()) };
                let (first, newest) = event::bounds(tx)?.unwrap_or((1, 0));
                let acknowledged = begun.clamp(first - 1, newest);
                let why = if begun > newest {
                    format!(
                        "the feed ends at {newest}, before {begun}: the database was restored from an earlier state; what comes behind \
                         {newest} is sent"
                    )
                } else {
                    format!("the events up to {acknowledged} are not kept any more and were not sent: it goes on with {first}")
                };
                let lost = DeliveryRow {
                    sequence: acknowledged,
                    event_id: String::new(),
                    of: String::new(),
                    status: DeliveryStatus::Dead,
                    attempts: row.progress.attempts,
                    answer: None,
                    detail: cut(&why),
                    attempted: now,
                };
                if acknowledged > 0 {
                    webhook::record(tx, id, &lost)?;
                }
                row.progress = Progress::behind(acknowledged);
                Ok(webhook::store(tx, &row)?)
            })
            .await
    }

    /// Notes that a receiver has taken events, and that everything up to `acknowledged` is done with. Answers whether that is how
    /// it is now; not if an administrator has sent the webhook elsewhere in the feed meanwhile.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn webhook_delivered(
        &self,
        batch: &WebhookBatch,
        delivered: &[Delivered],
        acknowledged: i64,
    ) -> Result<Option<WebhookBatch>, Error> {
        let (id, begun, now) = (batch.webhook.id, batch.scanned.acknowledged, self.clock().now());
        let rows: Vec<DeliveryRow> = delivered
            .iter()
            .filter_map(|done| {
                let event = batch.events.iter().find(|event| event.sequence == done.sequence)?;
                Some(DeliveryRow {
                    sequence: event.sequence,
                    event_id: event.id.clone(),
                    of: event.of.to_string(),
                    status: DeliveryStatus::Delivered,
                    attempts: 1,
                    answer: Some(done.answer),
                    detail: String::new(),
                    attempted: now,
                })
            })
            .collect();
        let moved = self
            .db()
            .write(move |tx| {
                let Some(mut row) = current(tx, id, begun)? else { return Ok::<_, Error>(None) };
                for (place, delivered) in rows.iter().enumerate() {
                    let before = if place == 0 { row.progress.attempts } else { 0 };
                    let attempts = before.saturating_add(1);
                    webhook::record(tx, id, &DeliveryRow { attempts, ..delivered.clone() })?;
                }
                row.progress = Progress::behind(acknowledged);
                webhook::store(tx, &row)?;
                Ok(Some(row))
            })
            .await?;
        Ok(moved.map(|webhook| WebhookBatch {
            webhook,
            tokens: batch.tokens.clone(),
            external: Arc::clone(&batch.external),
            events: batch.events.iter().filter(|event| event.sequence > acknowledged).cloned().collect(),
            scanned: Scanned { acknowledged, to: batch.scanned.to },
        }))
    }

    /// Notes that a receiver has not taken an event, and decides when it is tried again.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn webhook_failed(&self, batch: &WebhookBatch, failed: FailedDelivery) -> Result<(), Error> {
        let (id, begun, now) = (batch.webhook.id, batch.scanned.acknowledged, self.clock().now());
        let Some(event) = batch.events.iter().find(|event| event.sequence == failed.sequence).cloned() else {
            return Ok(());
        };
        let [jitter, ..] = self.entropy().id();
        let scribe = Scribe::of_service(self, now);
        self.db()
            .write(move |tx| {
                let Some(mut row) = current(tx, id, begun)? else { return Ok(()) };
                let attempts = row.progress.attempts.saturating_add(1);
                let next = after_failure(failed.failure(), attempts, failed.retry_after, jitter);
                let status =
                    if next == Next::GiveUp { DeliveryStatus::Dead } else { DeliveryStatus::Retrying };
                let delivery = DeliveryRow {
                    sequence: event.sequence,
                    event_id: event.id.clone(),
                    of: event.of.to_string(),
                    status,
                    attempts,
                    answer: failed.answer,
                    detail: cut(&failed.detail),
                    attempted: now,
                };
                webhook::record(tx, id, &delivery)?;
                let failing_since = row.progress.failing_since.or(Some(now));
                row.progress = match next {
                    Next::GiveUp => Progress { failing_since, ..Progress::behind(event.sequence) },
                    Next::Again(wait) => Progress {
                        attempts,
                        failing_since,
                        next_attempt: Some(now.checked_add(wait).unwrap_or(now)),
                        ..row.progress
                    },
                    Next::Stop => {
                        row.paused = true;
                        let mut changes = Changes::default();
                        changes.change("paused", Some(false), Some(true));
                        tell(tx, &scribe, Action::WebhookUpdated, &row, &changes)?;
                        Progress { attempts, failing_since, ..row.progress }
                    }
                };
                Ok(webhook::store(tx, &row)?)
            })
            .await
    }

    /// Asks for a test message; the job that sends events sends it. Its outcome is the delivery of sequence 0.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no webhook of that id.
    pub async fn test_webhook(&self, id: &str) -> Result<Timestamp, Error> {
        let (id, now) = (id.to_owned(), self.clock().now());
        self.db()
            .write(move |tx| {
                let mut row = super::find(tx, &id)?;
                row.tested = Some(now);
                webhook::store(tx, &row)?;
                Ok(now)
            })
            .await
    }

    /// The test message that somebody has asked for.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub fn webhook_test(&self, id: WebhookId) -> Result<Option<WebhookMessage>, Error> {
        let now = self.clock().now();
        self.db().look_up(|tx| {
            let Some(row) = webhook::find(tx, id)? else { return Ok(None) };
            let Some(asked) = row.tested else { return Ok(None) };
            let id = test_id(row.id, asked);
            let body = match row.format {
                WebhookFormat::Events => {
                    (json!({"type": TEST, "id": id, "time": asked, "data": {}}).to_string(), JSON)
                }
                WebhookFormat::SecurityEvents => {
                    let unsigned = || Error::Internal("a test message cannot be signed".to_owned());
                    let key = SetKey::find(tx)?.ok_or_else(unsigned)?;
                    let issuer = self.public_url().as_str();
                    (key.test(&id, row.id, issuer, &row.url, now).ok_or_else(unsigned)?, TOKEN)
                }
            };
            Ok(Some(message(&row, id, body, now)))
        })
    }

    /// Notes what became of a test message: the HTTP status of the answer, or what went wrong.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn webhook_tested(
        &self,
        id: WebhookId,
        message: &WebhookMessage,
        outcome: Result<u16, FailedDelivery>,
    ) -> Result<(), Error> {
        let now = self.clock().now();
        let (status, answer, detail) = match outcome {
            Ok(answer) => (DeliveryStatus::Delivered, Some(answer), String::new()),
            Err(failed) => (DeliveryStatus::Dead, failed.answer, cut(&failed.detail)),
        };
        let delivery = DeliveryRow {
            sequence: 0,
            event_id: message.id.clone(),
            of: TEST.to_owned(),
            status,
            attempts: 1,
            answer,
            detail,
            attempted: now,
        };
        self.db()
            .write(move |tx| {
                let Some(mut row) = webhook::find(tx, id)? else { return Ok(()) };
                webhook::record(tx, id, &delivery)?;
                // Somebody may have asked for another one meanwhile.
                if row.tested.is_some_and(|asked| test_id(id, asked) == delivery.event_id) {
                    row.tested = None;
                    webhook::store(tx, &row)?;
                }
                Ok(())
            })
            .await
    }
}

/// The type of a test message.
const TEST: &str = "webhook.test";

/// The id of the test message that was asked for at that time.
fn test_id(webhook: WebhookId, asked: Timestamp) -> String {
    format!("evt_test_{webhook}_{}", asked.as_millisecond())
}

/// The externalIds of the users and groups that events are about, by their ids; those that are deleted have none.
fn external_ids(tx: &Tx<'_>, events: &[Event]) -> Result<HashMap<String, String>, Error> {
    let mut found = HashMap::new();
    for event in events {
        let Some(directory) = event.directory.as_deref().and_then(|id| id.parse().ok()) else { continue };
        let id = &event.subject.id;
        let external = match event.subject.kind.as_str() {
            _ if found.contains_key(id) => continue,
            "user" => match id.parse() {
                Ok(id) => user::find(tx, directory, id)?.and_then(|row| row.external_id),
                Err(_) => None,
            },
            "group" => match id.parse() {
                Ok(id) => group::find(tx, directory, id)?.and_then(|row| row.external_id),
                Err(_) => None,
            },
            _ => None,
        };
        found.extend(external.map(|external| (id.clone(), external)));
    }
    Ok(found)
}

/// The webhook, if it is still where the batch began.
fn current(tx: &Tx<'_>, id: WebhookId, acknowledged: i64) -> Result<Option<WebhookRow>, Error> {
    let found = webhook::find(tx, id)?;
    Ok(found.filter(|row| row.progress.acknowledged == acknowledged && !row.paused))
}

fn cut(text: &str) -> String {
    text.chars().take(DETAIL).collect()
}
