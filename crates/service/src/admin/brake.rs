//! The brake as an administrator sets and releases it (enrollment.md 3.9).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::time::Moment;
use enroll_store::Tx;
use enroll_store::brake::{self, BrakeRow, Limits};
use enroll_store::directory::DirectoryRow;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::directory::find as find_directory;
use crate::audit::{Changes, Scribe};
use crate::{Error, Service};

/// How long an approval lets everything through: some cycles of an identity provider.
const APPROVAL: SignedDuration = SignedDuration::from_hours(2);

/// Longest window, in minutes: a week.
const WINDOW_MOST: u32 = 7 * 24 * 60;

/// How many people may lose access within a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BrakeLimits {
    /// So many people at most, 1 or more ...
    #[schemars(range(min = 1, max = u32::MAX))]
    pub people: u32,
    /// ... or so many of a hundred users, 0 to 100, whichever are more.
    #[schemars(range(max = 100))]
    pub percent: u32,
    /// Within so many minutes.
    #[schemars(range(min = 1, max = WINDOW_MOST))]
    pub window_minutes: u32,
}

/// The brake of a directory as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrakeInfo {
    /// The directory's name.
    pub directory: String,
    /// `off`, `on`, `held`, `approved` or `paused`.
    #[schemars(extend("enum" = ["off", "on", "held", "approved", "paused"]))]
    pub state: &'static str,
    /// The limits, unless the brake is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<BrakeLimits>,
    /// Whether every change over SCIM is refused.
    pub paused: bool,
    /// Since when a request is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub held: Option<Timestamp>,
    /// What was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_request: Option<String>,
    /// Until when nothing is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub approved_until: Option<Timestamp>,
}

impl Service {
    /// The brake of a directory.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory.
    pub async fn brake(&self, directory: &str) -> Result<BrakeInfo, Error> {
        let (directory, now) = (directory.to_owned(), self.clock().now());
        self.db()
            .read(move |tx| {
                let directory = find_directory(tx, &directory)?;
                Ok(info(&directory, brake::find(tx, directory.id)?, now))
            })
            .await
    }

    /// Sets the limits of a directory's brake, or with `None` switches it off, which lets through what it holds.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, [`Error::Invalid`] for a limit that is none.
    pub async fn set_brake(&self, directory: &str, limits: Option<BrakeLimits>) -> Result<BrakeInfo, Error> {
        let fits = |limits: &BrakeLimits| {
            limits.people >= 1 && limits.percent <= 100 && (1..=WINDOW_MOST).contains(&limits.window_minutes)
        };
        if !limits.as_ref().is_none_or(fits) {
            return Err(Error::Invalid(format!(
                "a brake needs 1 person or more, 0 to 100 percent, and a window of 1 to {WINDOW_MOST} minutes"
            )));
        }
        let name = directory.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let (directory, mut row) = find(tx, &name)?;
                let before = row.limits.map(BrakeLimits::from);
                row.limits = limits.map(Limits::from);
                if limits.is_none() {
                    (row.held, row.held_request, row.approved_until) = (None, None, None);
                }
                let mut changes = Changes::default();
                changes.change("brake", before, limits);
                change(tx, &scribe, Action::BrakeUpdated, (&directory, row), &changes)
            })
            .await
    }

    /// Lets through what the brake of a directory holds, and everything else for two hours. What was lost before does not count
    /// any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, [`Error::Conflict`] when nothing is held.
    pub async fn approve_brake(&self, directory: &str) -> Result<BrakeInfo, Error> {
        let name = directory.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let (directory, mut row) = find(tx, &name)?;
                if row.held.is_none() {
                    return Err(Error::Conflict(format!(
                        "the brake of {name} holds nothing, so there is nothing to approve: `enroll directory brake status` shows \
                         where something is held"
                    )));
                }
                let until = scribe.now().checked_add(APPROVAL).unwrap_or(Timestamp::MAX);
                let mut changes = Changes::default();
                changes.note("request", &row.held_request);
                changes.note("approvedUntil", until);
                (row.held, row.held_request, row.approved_until) = (None, None, Some(until));
                brake::forget_losses(tx, directory.id, scribe.now())?;
                change(tx, &scribe, Action::BrakeApproved, (&directory, row), &changes)
            })
            .await
    }

    /// Pauses a directory, which then takes no changes over SCIM, or lets it take them again.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory.
    pub async fn pause_directory(&self, directory: &str, paused: bool) -> Result<BrakeInfo, Error> {
        let name = directory.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let (directory, mut row) = find(tx, &name)?;
                let mut changes = Changes::default();
                changes.change("paused", Some(row.paused), Some(paused));
                row.paused = paused;
                if !paused {
                    // Whoever paused has looked after what was held. What would still take too much is held anew.
                    (row.held, row.held_request) = (None, None);
                }
                let action = if paused { Action::DirectoryPaused } else { Action::DirectoryResumed };
                change(tx, &scribe, action, (&directory, row), &changes)
            })
            .await
    }
}

fn find(tx: &Tx<'_>, name: &str) -> Result<(DirectoryRow, BrakeRow), Error> {
    let directory = find_directory(tx, name)?;
    let row = brake::find(tx, directory.id)?;
    Ok((directory, row))
}

/// Stores the brake and tells the trail; nothing, when nothing has changed.
fn change(
    tx: &Tx<'_>,
    scribe: &Scribe,
    action: Action,
    (directory, row): (&DirectoryRow, BrakeRow),
    changes: &Changes,
) -> Result<BrakeInfo, Error> {
    if !changes.is_empty() {
        brake::store(tx, directory.id, &row)?;
        let id = directory.id.to_string();
        let subject = (SubjectKind::Directory, id.as_str(), directory.name.as_str());
        scribe.write(tx, action, directory.id, subject, changes)?;
    }
    Ok(info(directory, row, scribe.now()))
}

fn info(directory: &DirectoryRow, row: BrakeRow, now: Timestamp) -> BrakeInfo {
    let approved_until = row.approved_until.filter(|until| *until > now);
    let state = match (row.paused, row.held, approved_until, row.limits) {
        (true, ..) => "paused",
        (_, Some(_), ..) => "held",
        (_, _, Some(_), _) => "approved",
        (.., Some(_)) => "on",
        _ => "off",
    };
    BrakeInfo {
        directory: directory.name.to_string(),
        state,
        limits: row.limits.map(BrakeLimits::from),
        paused: row.paused,
        held: row.held,
        held_request: row.held_request,
        approved_until,
    }
}

impl From<Limits> for BrakeLimits {
    fn from(Limits { people, percent, window_minutes }: Limits) -> Self {
        Self { people, percent, window_minutes }
    }
}

impl From<BrakeLimits> for Limits {
    fn from(BrakeLimits { people, percent, window_minutes }: BrakeLimits) -> Self {
        Self { people, percent, window_minutes }
    }
}
