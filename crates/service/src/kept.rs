//! Answers kept in memory for as long as nothing is committed.

use std::hash::Hash;
use std::sync::Arc;

use enroll_store::{Db, Generation};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// Answers to look-ups, each with the [`Generation`] of the database it was read in. An answer of another generation is never
/// given, whoever has committed since: a request sees every change that was acknowledged before it began, also those of another
/// process. So nothing has to be told to forget anything.
///
/// The least useful answers are dropped when their weights exceed the capacity.
pub(crate) struct Kept<K, V>(Cache<K, Entry<V>, ByWeight>);

/// The state of the database at some time within a request; nothing where it cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen(Option<Generation>);

impl Seen {
    /// Nothing is kept, and nothing that is kept is given.
    pub(crate) const NOTHING: Self = Self(None);

    pub(crate) fn now(db: &Db) -> Self {
        Self(db.generation().ok())
    }
}

/// An answer's share of the capacity.
pub(crate) trait Weight {
    /// In bytes, or in whatever the capacity is counted in.
    fn weight(&self) -> u64;
}

struct Entry<V> {
    generation: Generation,
    answer: Arc<V>,
}

impl<V> Clone for Entry<V> {
    fn clone(&self) -> Self {
        Self { generation: self.generation, answer: Arc::clone(&self.answer) }
    }
}

#[derive(Clone)]
struct ByWeight;

impl<K, V: Weight> Weighter<K, Entry<V>> for ByWeight {
    fn weight(&self, _: &K, entry: &Entry<V>) -> u64 {
        entry.answer.weight()
    }
}

impl<K: Eq + Hash, V: Weight> Kept<K, V> {
    /// Room for answers of `capacity` altogether, some `items` of them.
    pub(crate) fn new(items: usize, capacity: u64) -> Self {
        Self(Cache::with_weighter(items, capacity, ByWeight))
    }

    /// The answer kept for `key`, or what `load` reads from the database now. `seen` was taken within the request, and before anything is
    /// read: what `load` sees is as new or newer. A database that cannot tell will tell `load` why. Errors are not kept: a key that a
    /// stranger makes up takes no room.
    pub(crate) fn get_or_load<E>(
        &self,
        Seen(seen): Seen,
        key: K,
        load: impl FnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        let Some(generation) = seen else { return load().map(Arc::new) };
        if let Some(entry) = self.0.get(&key)
            && entry.generation == generation
        {
            return Ok(entry.answer);
        }
        let answer = Arc::new(load()?);
        self.0.insert(key, Entry { generation, answer: Arc::clone(&answer) });
        Ok(answer)
    }
}
