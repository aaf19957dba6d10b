//! Answers kept in memory for as long as nothing is committed.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use enroll_store::{Db, Generation};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::watch;

/// Answers to look-ups, each with the [`Generation`] of the database it was read in. An answer of another generation is never
/// given, whoever has committed since: a request sees every change that was acknowledged before it began, also those of another
/// process. So nothing has to be told to forget anything.
///
/// Several that ask for the same at once are given what one of them reads.
///
/// The least useful answers are dropped when their weights exceed the capacity.
pub(crate) struct Kept<K, V> {
    answers: Cache<K, Entry<V>, ByWeight>,
    loads: Mutex<HashMap<(K, Generation), Promise<V>>>,
}

/// What somebody is about to read. If that fails it is never given, and others find out for themselves.
type Promise<V> = watch::Sender<Option<Arc<V>>>;

/// The turn to read an answer: tells those who wait for it, also when it is given up.
struct Turn<'k, K: Eq + Hash, V: Weight> {
    kept: &'k Kept<K, V>,
    key: (K, Generation),
    answer: Promise<V>,
}

/// The state of the database at some time within a request; nothing where it cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen(Option<Generation>);

impl Seen {
    /// Nothing is kept, and nothing that is kept is given.
    pub(crate) const NOTHING: Self = Self(None);

    pub(crate) async fn now(db: &Db) -> Self {
        Self(db.generation().await.ok())
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

impl<K: Eq + Hash + Clone, V: Weight> Kept<K, V> {
    /// Room for answers of `capacity` altogether, some `items` of them.
    pub(crate) fn new(items: usize, capacity: u64) -> Self {
        Self { answers: Cache::with_weighter(items, capacity, ByWeight), loads: Mutex::default() }
    }

    /// The answer kept for `key`, or what `load` reads from the database now. `seen` was taken within the request, and before anything is
    /// read: what `load` sees is as new or newer. A database that cannot tell will tell `load` why. Errors are not kept: a key that a
    /// stranger makes up takes no room.
    pub(crate) async fn get_or_load<E>(
        &self,
        Seen(seen): Seen,
        key: K,
        load: impl FnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        let Some(generation) = seen else { return load().map(Arc::new) };
        if let Some(entry) = self.answers.get(&key)
            && entry.generation == generation
        {
            return Ok(entry.answer);
        }
        let turn = match self.turn((key.clone(), generation)) {
            Ok(turn) => turn,
            Err(mut others) => {
                // What they read is as new as what this request would: they have seen the same state before.
                let answer = others.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
                return answer.map_or_else(|| load().map(Arc::new), Ok);
            }
        };
        let answer = Arc::new(load()?);
        self.answers.insert(key, Entry { generation, answer: Arc::clone(&answer) });
        turn.answer.send_replace(Some(Arc::clone(&answer)));
        Ok(answer)
    }

    /// The turn to read, or what somebody else is about to read.
    fn turn(&self, key: (K, Generation)) -> Result<Turn<'_, K, V>, watch::Receiver<Option<Arc<V>>>> {
        let mut loads = self.loads();
        if let Some(others) = loads.get(&key) {
            return Err(others.subscribe());
        }
        let answer = Promise::new(None);
        loads.insert(key.clone(), answer.clone());
        Ok(Turn { kept: self, key, answer })
    }
}

impl<K: Eq + Hash, V: Weight> Kept<K, V> {
    fn loads(&self) -> MutexGuard<'_, HashMap<(K, Generation), Promise<V>>> {
        self.loads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, V: Weight> Drop for Turn<'_, K, V> {
    fn drop(&mut self) {
        self.kept.loads().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::mpsc;

    use enroll_store::{Options, StoreError};
    use tokio::sync::oneshot;

    use super::*;

    #[derive(Debug, PartialEq, Eq)]
    struct Answer(&'static str);

    impl Weight for Answer {
        fn weight(&self) -> u64 {
            1
        }
    }

    async fn seen() -> Seen {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("enroll.db");
        let db = Db::open(Options::new(path), jiff::Timestamp::UNIX_EPOCH).unwrap();
        Seen(Some(db.generation().await.unwrap()))
    }

    /// One reads, and does not end before six more have asked for the same; `end` is how. Gives what these are answered, and how
    /// often one of them read itself.
    async fn ask_meanwhile(
        end: impl FnOnce() -> Result<Answer, StoreError> + Send + 'static,
    ) -> (Vec<Arc<Answer>>, u32) {
        let kept = Arc::new(Kept::<u8, Answer>::new(10, 10));
        let (seen, loads) = (seen().await, Arc::new(AtomicU32::new(0)));
        let (begun, beginning) = oneshot::channel();
        let (go_on, waiting) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let kept = Arc::clone(&kept);
            async move {
                let load = move || {
                    begun.send(()).unwrap();
                    waiting.recv().ok();
                    end()
                };
                kept.get_or_load(seen, 1, load).await
            }
        });
        beginning.await.unwrap();
        let asking: Vec<_> = (0..6)
            .map(|_| {
                let (kept, loads) = (Arc::clone(&kept), Arc::clone(&loads));
                tokio::spawn(async move {
                    let own = || {
                        loads.fetch_add(1, Ordering::Relaxed);
                        Ok::<_, StoreError>(Answer("own"))
                    };
                    kept.get_or_load(seen, 1, own).await.unwrap()
                })
            })
            .collect();
        let others = || kept.loads().values().map(watch::Sender::receiver_count).sum::<usize>();
        while others() < 6 {
            tokio::task::yield_now().await;
        }
        let other = kept.get_or_load(seen, 2, || Ok::<_, StoreError>(Answer("other"))).await.unwrap();
        assert_eq!(*other, Answer("other"));
        go_on.send(()).unwrap();
        first.await.ok();
        let mut answers = Vec::new();
        for task in asking {
            answers.push(task.await.unwrap());
        }
        assert!(kept.loads().is_empty(), "nobody reads any more");
        (answers, loads.load(Ordering::Relaxed))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn those_who_ask_at_once_are_given_what_one_of_them_reads() {
        let (answers, loads) = ask_meanwhile(|| Ok(Answer("shared"))).await;
        assert!(answers.iter().all(|answer| **answer == Answer("shared")), "{answers:?}");
        assert_eq!(loads, 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_error_is_the_error_of_the_one_who_met_it() {
        let (answers, loads) = ask_meanwhile(|| Err(StoreError::Busy)).await;
        assert!(answers.iter().all(|answer| **answer == Answer("own")), "{answers:?}");
        assert_eq!(loads, 6);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nobody_waits_for_one_who_panicked() {
        let (answers, loads) = ask_meanwhile(|| panic!("a fault")).await;
        assert_eq!((answers.len(), loads), (6, 6));
    }
}
