//! The model of the brake (enrollment.md 3.9): how many people may lose access over SCIM in a while.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

/// How long an approval lets everything through.
const APPROVAL: SignedDuration = SignedDuration::from_hours(2);

#[derive(Debug)]
pub(crate) struct Brake {
    pub(crate) people: usize,
    pub(crate) window: SignedDuration,
    /// Who has lost access, and when last.
    lost: BTreeMap<String, Timestamp>,
    approved_until: Timestamp,
    pub(crate) held: bool,
}

impl Brake {
    pub(crate) fn new(people: usize, window: SignedDuration) -> Self {
        Self { people, window, lost: BTreeMap::new(), approved_until: Timestamp::UNIX_EPOCH, held: false }
    }

    /// Whether these people may lose access now.
    pub(crate) fn lets(&mut self, users: BTreeSet<String>, now: Timestamp) -> bool {
        if users.is_empty() || self.approved_until > now {
            return true;
        }
        let mut lost = self.lost.clone();
        lost.extend(users.into_iter().map(|user| (user, now)));
        lost.retain(|_, when| *when > now - self.window);
        if lost.len() > self.people {
            self.held = true;
            return false;
        }
        self.lost = lost;
        true
    }

    /// An administrator approves what is held; refused where nothing is.
    pub(crate) fn approve(&mut self, now: Timestamp) -> bool {
        if !self.held {
            return false;
        }
        (self.held, self.approved_until) = (false, now + APPROVAL);
        self.lost.clear();
        true
    }
}
