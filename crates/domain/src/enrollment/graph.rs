//! Walks from mapped groups inward, over positions instead of ids.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::source::{GroupPath, Step};
use super::state::{State, UserFacts};
use crate::{GroupId, UserId};

/// Walks the groups of one state. Each mapped group is walked once, however many mappings it has.
pub(super) struct Walker<'a> {
    users: Vec<(UserId, &'a UserFacts)>,
    groups: Vec<Node>,
    known: HashMap<GroupId, Rc<Reach>>,
    /// Which walk last came to a group and to a user: cheaper than a new set for each walk.
    walks: usize,
    seen_groups: Vec<usize>,
    seen_users: Vec<usize>,
}

/// A group with its members by position, both in the order of ids.
struct Node {
    id: GroupId,
    members: Vec<usize>,
    nested: Vec<usize>,
}

/// Everybody in a group, nested groups included.
#[derive(Default)]
pub(super) struct Reach {
    walk: Arc<[Step]>,
    /// The user's position, and the step of the group through which the user is reached. Ordered by user.
    users: Vec<(usize, usize)>,
}

impl Reach {
    /// Each user by position, in order, with the way from the user to the group.
    pub(super) fn users(&self) -> impl Iterator<Item = (usize, GroupPath)> {
        self.users.iter().map(|&(user, step)| (user, GroupPath::new(Arc::clone(&self.walk), step)))
    }

    /// The way from one user to the group, if the user is in it.
    pub(super) fn path(&self, user: usize) -> Option<GroupPath> {
        let found = self.users.binary_search_by_key(&user, |&(user, _)| user).ok()?;
        let &(_, step) = self.users.get(found)?;
        Some(GroupPath::new(Arc::clone(&self.walk), step))
    }
}

impl<'a> Walker<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        let users: Vec<_> = state.users.iter().map(|(id, facts)| (*id, facts)).collect();
        let ids: Vec<_> = state.groups.keys().copied().collect();
        let groups: Vec<_> = state
            .groups
            .iter()
            .map(|(id, facts)| Node {
                id: *id,
                members: positions(&facts.members, |id| {
                    users.binary_search_by_key(&id, |(user, _)| user).ok()
                }),
                nested: positions(&facts.nested, |id| ids.binary_search(id).ok()),
            })
            .collect();
        Self {
            seen_groups: vec![0; groups.len()],
            seen_users: vec![0; users.len()],
            users,
            groups,
            known: HashMap::new(),
            walks: 0,
        }
    }

    /// How many users there are: their positions are below.
    pub(super) fn users(&self) -> usize {
        self.users.len()
    }

    /// The user at a position.
    pub(super) fn user(&self, position: usize) -> Option<(UserId, &'a UserFacts)> {
        self.users.get(position).copied()
    }

    /// The position of a user.
    pub(super) fn position(&self, user: UserId) -> Option<usize> {
        self.users.binary_search_by_key(&user, |(id, _)| *id).ok()
    }

    /// Everybody in a group; nobody, if the group is not there.
    pub(super) fn reach(&mut self, group: GroupId) -> Rc<Reach> {
        if let Some(reach) = self.known.get(&group) {
            return Rc::clone(reach);
        }
        let start = self.groups.binary_search_by_key(&group, |node| node.id).ok();
        let reach = Rc::new(start.map(|start| self.walk(start)).unwrap_or_default());
        self.known.insert(group, Rc::clone(&reach));
        reach
    }

    /// Goes inward in the order of distance, and at the same distance in the order of the path's ids: the first way to a
    /// user is the one to keep. A group already seen is not entered again, so that a cycle ends.
    fn walk(&mut self, start: usize) -> Reach {
        self.walks += 1;
        let mut steps = Vec::new();
        let mut users = Vec::new();
        let mut waiting = vec![(start, 0)];
        mark(&mut self.seen_groups, start, self.walks);
        while !waiting.is_empty() {
            let mut next = Vec::new();
            for (position, outer) in waiting {
                let Some(node) = self.groups.get(position) else { continue };
                let step = steps.len();
                steps.push(Step { group: node.id, outer });
                let new = node.members.iter().filter(|user| mark(&mut self.seen_users, **user, self.walks));
                users.extend(new.map(|user| (*user, step)));
                let new = node.nested.iter().filter(|group| mark(&mut self.seen_groups, **group, self.walks));
                next.extend(new.map(|group| (*group, step)));
            }
            waiting = next;
        }
        users.sort_unstable();
        Reach { walk: steps.into(), users }
    }
}

/// The positions of ids, in order and without those that are not there.
fn positions<Id>(ids: &[Id], position: impl Fn(&Id) -> Option<usize>) -> Vec<usize> {
    let mut positions: Vec<_> = ids.iter().filter_map(position).collect();
    positions.sort_unstable();
    positions
}

/// Notes that a walk came by; answers whether for the first time.
fn mark(seen: &mut [usize], position: usize, walk: usize) -> bool {
    seen.get_mut(position).is_some_and(|last| std::mem::replace(last, walk) != walk)
}
