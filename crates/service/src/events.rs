//! The feed of events: an ordered list without gaps of what has changed (enrollment.md §6.2).

use std::ops::ControlFlow;
use std::time::Duration;

use data_encoding::HEXLOWER;
use enroll_domain::DirectoryId;
use enroll_domain::event::{EventType, TypeFilter};
use enroll_domain::time::Moment;
use enroll_store::Tx;
use enroll_store::event::{self, EventRow};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::admin::find_directory;
use crate::{Error, Service};

/// Events looked at for one answer: a filter that few events meet costs no more than this.
const LOOKED_AT: u32 = 10_000;

/// Events deleted in one transaction.
const DELETED: u32 = 2_000;

/// How often a waiting reader looks whether anything was committed, by this process or another.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Which events to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Where to go on: what comes behind it.
    pub after: EventPlace,
    /// Of this directory alone, by name or id.
    pub directory: Option<String>,
    /// Of these types alone.
    pub types: TypeFilter,
    /// Events at most.
    pub limit: u32,
}

/// A place in the feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EventPlace {
    /// Before the oldest event that is kept.
    #[default]
    Oldest,
    /// Behind the newest.
    Newest,
    /// Behind the event of that sequence; 0 is before the first event of all.
    Behind(i64),
}

/// A part of the feed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EventPage {
    /// The events that were asked for, in order.
    pub events: Vec<Event>,
    /// The last sequence that was looked at: `after` of the next request.
    pub next: i64,
    /// Whether there are events behind it now.
    pub more: bool,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Event {
    /// Its place in the feed, from 1 and without gaps.
    #[schemars(range(min = 1))]
    pub sequence: i64,
    /// The same however often the event is sent; never that of another event, in this database or a copy of it.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    #[schemars(with = "String")]
    pub of: EventType,
    /// When the change was made.
    #[schemars(with = "Moment")]
    pub time: Timestamp,
    /// The id of the directory, where what has changed is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// What has changed.
    pub subject: EventSubject,
    /// Who has changed it.
    pub actor: EventActor,
    /// The place of the change in the audit trail.
    pub audit: i64,
    /// What has changed of it.
    #[schemars(with = "serde_json::Map<String, Value>")]
    pub data: Value,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventSubject {
    /// What it is: `user`, `group`, `organization` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name after the change.
    pub name: String,
}

/// Who has made a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventActor {
    /// What kind of actor: `scim-token`, `api-token`, `cli`, `system`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The token's label, or the user of the operating system.
    pub name: String,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            id: format!("evt_{}_{}", row.sequence, HEXLOWER.encode(&row.mark)),
            sequence: row.sequence,
            of: row.of,
            time: row.time,
            directory: row.directory,
            subject: EventSubject { kind: row.subject_kind, id: row.subject_id, name: row.subject },
            actor: EventActor { kind: row.actor_kind, name: row.actor },
            audit: row.audit,
            data: serde_json::from_str(&row.data).unwrap_or_default(),
        }
    }
}

impl Service {
    /// The events behind a place.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory; [`Error::Gone`] when events behind that place are not kept any more, or the
    /// feed does not reach that far: the caller has to read everything anew.
    pub async fn events(&self, query: &EventQuery) -> Result<EventPage, Error> {
        let query = query.clone();
        self.db()
            .read(move |tx| {
                let directory =
                    query.directory.as_deref().map(|name| find_directory(tx, name)).transpose()?;
                let directory = directory.map(|row| row.id);
                page(tx, query.after, query.limit, |row| wanted(row, directory, &query.types))
            })
            .await
    }

    /// As [`Service::events`]; while there are none, waits for the first for at most `patience`.
    ///
    /// # Errors
    /// As [`Service::events`].
    pub async fn wait_for_events(&self, query: &EventQuery, patience: Duration) -> Result<EventPage, Error> {
        let deadline = Instant::now() + patience;
        let mut query = query.clone();
        loop {
            // Where it cannot be told, events are asked for again instead.
            let generation = self.db().generation().await.ok();
            let page = self.events(&query).await?;
            if !page.events.is_empty() || Instant::now() >= deadline {
                return Ok(page);
            }
            query.after = EventPlace::Behind(page.next);
            if page.more {
                continue;
            }
            loop {
                if Instant::now() >= deadline {
                    return Ok(page);
                }
                tokio::time::sleep(LOOK_AGAIN).await;
                if generation.is_none() || self.db().generation().await.ok() != generation {
                    break;
                }
            }
        }
    }
}

impl Service {
    /// Whether there are events, beside the last, of changes that were made longer ago.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub fn has_events_older_than(&self, keep: Duration) -> Result<bool, Error> {
        let time = self.ago(keep);
        self.db().look_up(|tx| {
            let Some((first, last)) = event::bounds(tx)? else { return Ok(false) };
            let mut old = false;
            event::each_after(tx, first - 1, 1, |row| {
                old = row.time < time && first < last;
                Ok(ControlFlow::Break(()))
            })?;
            Ok(old)
        })
    }

    /// Deletes events of changes that were made longer ago, the oldest first, so many at most that nobody has to wait. The last
    /// event stays. Gives how many are gone.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn delete_old_events(&self, keep: Duration) -> Result<u64, Error> {
        let time = self.ago(keep);
        self.db().write(move |tx| Ok(event::delete_before(tx, time, DELETED)?)).await
    }

    fn ago(&self, time: Duration) -> Timestamp {
        let now = self.clock().now();
        now.checked_sub(time).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Whether an event is of the directory and of one of the types.
pub(crate) fn wanted(row: &EventRow, directory: Option<DirectoryId>, types: &TypeFilter) -> bool {
    let of_directory = directory.is_none_or(|id| row.directory.as_deref() == Some(id.to_string().as_str()));
    of_directory && types.wants(row.of)
}

/// The events behind a place that are wanted.
pub(crate) fn page(
    tx: &Tx<'_>,
    after: EventPlace,
    limit: u32,
    wanted: impl Fn(&EventRow) -> bool,
) -> Result<EventPage, Error> {
    let bounds = event::bounds(tx)?;
    let (first, last) = bounds.unwrap_or((1, 0));
    let mut next = match after {
        EventPlace::Oldest => first - 1,
        EventPlace::Newest => last,
        EventPlace::Behind(sequence) if sequence < first - 1 => {
            return Err(Error::Gone(format!(
                "the events behind {sequence} are not kept any more: the oldest is {first}. Read users and memberships anew, \
                 then go on behind {last}"
            )));
        }
        EventPlace::Behind(sequence) if sequence > last => {
            return Err(Error::Gone(format!(
                "the feed ends at {last}, before {sequence}: the database was restored from an earlier state. Read users \
                 and memberships anew, then go on behind {last}"
            )));
        }
        EventPlace::Behind(sequence) => sequence,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut events = Vec::new();
    event::each_after(tx, next, LOOKED_AT, |row| {
        if events.len() >= limit {
            return Ok(ControlFlow::Break(()));
        }
        next = row.sequence;
        if wanted(&row) {
            events.push(row.into());
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(EventPage { events, next, more: next < last })
}
