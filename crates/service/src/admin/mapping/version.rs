//! The state that a preview was made of and the change that it shows, and whether both are still the same (enrollment.md §3.8).

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use enroll_domain::RoleOn;
use enroll_domain::audit::{Action, ChainHash};
use enroll_store::{Tx, audit};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::plan::{Plan, organization_of};
use crate::Error;

/// Entries of the audit trail that are looked through when a preview is applied; an older preview has to be made anew.
pub(super) const ENTRIES: i64 = 10_000;

/// A state of the database and a change. The state is the place of the last entry of the audit trail, and the beginning of its
/// hash, so that the same place of another database, or of a backup, is no such state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewVersion {
    sequence: i64,
    hash: String,
    change: String,
}

/// The text is not a version that a preview has given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the `version` of a preview")]
pub struct InvalidVersion;

impl<'de> Deserialize<'de> for PreviewVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl PreviewVersion {
    /// What every version looks like, as a regular expression.
    pub const PATTERN: &'static str = "^[0-9]+-[0-9a-f]{16}-[0-9a-f]{16}$";

    /// The present state and this plan.
    pub(super) fn now(tx: &Tx<'_>, plan: &Plan) -> Result<Self, Error> {
        let head = audit::head(tx)?;
        Ok(Self { sequence: head.sequence, hash: short(&head.hash), change: fingerprint(plan) })
    }

    /// Refuses a plan that is not the one that was previewed, and one if anything that may matter to its preview has happened since.
    /// Sound by this: a preview looks at users, groups and grants of the mapping's directory, at mappings of that directory, at the
    /// organization and at the resource, and every change of one of these has an entry in its own transaction.
    pub(super) fn check(&self, tx: &Tx<'_>, plan: &Plan) -> Result<(), Error> {
        if audit::hash_at(tx, self.sequence)?.map(|hash| short(&hash)) != Some(self.hash.clone()) {
            return Err(stale("it was made of another database"));
        }
        // What the change comes to may be another because the state has moved on; that is said first.
        self.check_state(tx, plan)?;
        if self.change != fingerprint(plan) {
            return Err(stale("it is of another change"));
        }
        Ok(())
    }

    fn check_state(&self, tx: &Tx<'_>, plan: &Plan) -> Result<(), Error> {
        let since = audit::head(tx)?.sequence - self.sequence;
        if since > ENTRIES {
            return Err(stale(&format!(
                "the audit trail has {since} entries since, and {ENTRIES} at most are looked through"
            )));
        }
        let Some(row) = plan.rows().next() else { return Ok(()) };
        let organization = *organization_of(tx, row.mapping.gives)?.as_uuid();
        let resource = match row.mapping.gives {
            RoleOn::Organization(..) => organization,
            RoleOn::Resource(resource, _) => *resource.as_uuid(),
        };
        let mut moved = None;
        audit::about_since(tx, self.sequence, row.mapping.directory, [organization, resource], |found| {
            // A word that this version does not know may mean anything.
            if found.entry.action.parse::<Action>().is_ok_and(|action| !action.may_change_access()) {
                return ControlFlow::Continue(());
            }
            moved = Some(format!("{} {} has come in since", found.entry.action, found.entry.subject));
            ControlFlow::Break(())
        })?;
        moved.map_or(Ok(()), |what| Err(stale(&what)))
    }
}

/// What the change makes of which mapping. A new one has no id that would count.
fn fingerprint(plan: &Plan) -> String {
    let known = plan.before.as_ref().map(|row| row.mapping.id);
    let mut digest = Sha256::new();
    for row in [&plan.before, &plan.after] {
        let Some(mapping) = row.as_ref().map(|row| &row.mapping) else {
            digest.update(b"nothing\n");
            continue;
        };
        let (name, group) = (mapping.group.name().key(), mapping.group.binding().group());
        let facts = (known, mapping.directory, name.as_str(), group, mapping.gives, mapping.paused);
        digest.update(format!("{facts:?}\n"));
    }
    HEXLOWER.encode(&digest.finalize()[..8])
}

fn stale(why: &str) -> Error {
    Error::Conflict(format!(
        "the preview no longer holds: {why}; nothing was changed: preview the change again"
    ))
}

fn short(hash: &ChainHash) -> String {
    hash.to_string().chars().take(16).collect()
}

impl fmt::Display for PreviewVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.sequence, self.hash, self.change)
    }
}

impl FromStr for PreviewVersion {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        let mut parts = text.split('-');
        let (Some(sequence), Some(hash), Some(change), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidVersion);
        };
        let sequence = sequence.parse().map_err(|_| InvalidVersion)?;
        Ok(Self { sequence, hash: hash.to_owned(), change: change.to_owned() })
    }
}

impl Serialize for PreviewVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
