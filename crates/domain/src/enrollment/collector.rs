//! Gathers the sources of each user.

/// The sources on one target, by the position of the user.
///
/// The same collector serves one target after the other: its size is that of all users, the cost of each target only that of
/// its own.
pub(super) struct Collector<S> {
    /// For each user, where the sources are in `collected`.
    slots: Vec<Option<usize>>,
    collected: Vec<(usize, Vec<S>)>,
}

impl<S> Collector<S> {
    pub(super) fn new(users: usize) -> Self {
        Self { slots: vec![None; users], collected: Vec::new() }
    }

    /// Adds a source behind those that the user has already.
    pub(super) fn add(&mut self, user: usize, source: S) {
        let Some(slot) = self.slots.get_mut(user) else { return };
        match slot.and_then(|slot| self.collected.get_mut(slot)) {
            Some((_, sources)) => sources.push(source),
            None => {
                *slot = Some(self.collected.len());
                self.collected.push((user, vec![source]));
            }
        }
    }

    /// Hands out what was collected, ordered by user, and begins again.
    pub(super) fn take(&mut self) -> Vec<(usize, Vec<S>)> {
        let mut collected = std::mem::take(&mut self.collected);
        for (user, _) in &collected {
            if let Some(slot) = self.slots.get_mut(*user) {
                *slot = None;
            }
        }
        collected.sort_unstable_by_key(|(user, _)| *user);
        collected
    }
}
