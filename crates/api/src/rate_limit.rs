//! How many requests one token or session may send (lesson 36). Only valid ones are counted, so the table cannot be filled by a stranger.
//!
//! Before anybody is known, at the sign-in, addresses are counted. A bucket that is full again is forgotten, so the table has no more than
//! the addresses of the last seconds.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use enroll_domain::id::{SessionId, TokenId};

use crate::RateLimit;

/// The buckets, one for each token that has been used.
pub(crate) type TokenLimiter = Limiter<TokenId>;

/// The buckets, one for each session that has been used.
pub(crate) type SessionLimiter = Limiter<SessionId>;

/// The buckets, one for each address, or network of an address, that has come to the sign-in.
pub(crate) type AddressLimiter = Limiter<IpAddr>;

/// After so many requests full buckets are forgotten.
const FORGET_AFTER: u64 = 10_000;

/// One token bucket for each key.
pub(crate) struct Limiter<K: Clone + Eq + Hash> {
    taken: AtomicU64,
    buckets: Option<RateLimiter<K, HashMapStateStore<K>, DefaultClock>>,
    clock: DefaultClock,
}

/// The bucket is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted {
    /// Whole seconds after which a request will be let through: at least one. Okta reads no dates in `Retry-After`.
    pub(crate) retry_after: NonZeroU64,
}

impl<K: Clone + Eq + Hash> Limiter<K> {
    /// A limiter; `None` lets everything through.
    pub(crate) fn new(limit: Option<RateLimit>) -> Self {
        let quota = limit.map(|limit| Quota::per_second(limit.per_second).allow_burst(limit.burst));
        Self {
            taken: AtomicU64::new(0),
            buckets: quota.map(RateLimiter::hashmap),
            clock: DefaultClock::default(),
        }
    }

    /// Takes one request from the bucket of `key`.
    ///
    /// # Errors
    /// [`Exhausted`] when the bucket is empty.
    pub(crate) fn take(&self, key: &K) -> Result<(), Exhausted> {
        let Some(buckets) = &self.buckets else { return Ok(()) };
        if self.taken.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            buckets.retain_recent();
        }
        buckets.check_key(key).map_err(|full| {
            let wait = full.wait_time_from(self.clock.now()).as_millis().div_ceil(1000);
            let seconds = u64::try_from(wait).unwrap_or(u64::MAX);
            Exhausted { retry_after: NonZeroU64::new(seconds).unwrap_or(NonZeroU64::MIN) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Limiter;
    use crate::RateLimit;
    use std::num::NonZeroU32;

    #[test]
    fn l36_each_key_has_its_own_burst_and_then_waits_whole_seconds() {
        let limit = RateLimit { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(3).unwrap() };
        let limiter = Limiter::new(Some(limit));
        for _ in 0..3 {
            assert!(limiter.take(&"a").is_ok());
        }
        assert_eq!(limiter.take(&"a").unwrap_err().retry_after.get(), 1);
        assert!(limiter.take(&"b").is_ok(), "one noisy token does not slow another");
    }

    #[test]
    fn l36_full_buckets_are_forgotten() {
        let second = NonZeroU32::new(1_000_000).unwrap();
        let limiter = Limiter::new(Some(RateLimit { per_second: second, burst: NonZeroU32::MIN }));
        for key in 0..3 * super::FORGET_AFTER {
            assert!(limiter.take(&key).is_ok());
        }
        assert!(limiter.buckets.unwrap().len() <= 2 * usize::try_from(super::FORGET_AFTER).unwrap());
    }

    #[test]
    fn l36_no_limit_lets_everything_through() {
        let limiter = Limiter::new(None);
        assert!((0..10_000).all(|_| limiter.take(&"a").is_ok()));
    }
}
