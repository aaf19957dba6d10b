//! Webhooks: when a delivery is tried again, and when it is given up (enrollment.md §6.2; reliability R24; `docs/decisions/0009`).

use std::time::Duration;

use crate::word::words;

/// The wait after the first failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// The longest wait, unless the receiver asks for a longer one.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// The longest wait that a receiver may ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Attempts after which an event that the receiver refuses is given up: about seven hours.
pub const ATTEMPTS: u32 = 16;

words! {
    /// In which form a webhook gets events.
    WebhookFormat: "a format of webhooks" {
        /// The objects of the feed, signed by Standard Webhooks.
        Events = "events",
        /// Security event tokens (RFC 8417, RFC 9967), pushed by RFC 8935.
        SecurityEvents = "set",
    }
}

words! {
    /// How far a delivery has come.
    DeliveryStatus: "a status of deliveries" {
        /// The receiver has taken the event.
        Delivered = "delivered",
        /// It failed and is tried again.
        Retrying = "retrying",
        /// The receiver has refused the event again and again: it is given up.
        Dead = "dead",
    }
}

/// Why a delivery failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// There was no answer, or one that says that the receiver cannot answer now: 408, 425, 429, 502, 503, 504.
    Unavailable,
    /// The receiver has answered that it does not take this event.
    Refused,
    /// 410: the receiver wants no more events.
    Gone,
}

impl Failure {
    /// What an HTTP status means; `None` for those that mean success.
    pub const fn of_status(status: u16) -> Option<Self> {
        match status {
            200..=299 => None,
            408 | 425 | 429 | 502..=504 => Some(Self::Unavailable),
            410 => Some(Self::Gone),
            _ => Some(Self::Refused),
        }
    }
}

/// What follows a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another attempt, after so long.
    Again(Duration),
    /// The event is given up, and the next one is tried.
    GiveUp,
    /// Nothing is sent until an administrator resumes the webhook.
    Stop,
}

/// What follows the failure of attempt number `attempts`. A receiver that is away is waited for, however long: events stay in order
/// and none is lost. One that answers, and refuses the same event [`ATTEMPTS`] times, does not get it. `jitter` spreads the
/// attempts of many webhooks by a fifth in either direction.
pub fn after_failure(failure: Failure, attempts: u32, retry_after: Option<Duration>, jitter: u8) -> Next {
    match failure {
        Failure::Gone => Next::Stop,
        Failure::Refused if attempts >= ATTEMPTS => Next::GiveUp,
        Failure::Refused | Failure::Unavailable => {
            let doubled = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
            let wait = FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT);
            // From 80 % to 120 %.
            let wait = wait.mul_f64(0.8 + 0.4 * f64::from(jitter) / 255.0);
            let asked = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
            Next::Again(wait.max(asked))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ATTEMPTS, Failure, Next, after_failure};

    fn seconds(failure: Failure, attempts: u32, retry_after: Option<u64>, jitter: u8) -> Option<u64> {
        match after_failure(failure, attempts, retry_after.map(Duration::from_secs), jitter) {
            Next::Again(wait) => Some(wait.as_secs()),
            _ => None,
        }
    }

    #[test]
    fn r24_waits_double_up_to_an_hour_and_are_spread() {
        let middle = |attempts| seconds(Failure::Unavailable, attempts, None, 127).unwrap();
        assert_eq!([1, 2, 3, 10].map(middle), [4, 9, 19, 2557]);
        assert_eq!((middle(11), middle(1_000)), (3597, 3597));
        assert_eq!(seconds(Failure::Refused, 1, None, 0), Some(4));
        assert_eq!(seconds(Failure::Refused, 1, None, 255), Some(6));
    }

    #[test]
    fn r24_retry_after_is_honoured_up_to_a_day() {
        assert_eq!(seconds(Failure::Unavailable, 1, Some(120), 0), Some(120));
        assert_eq!(seconds(Failure::Unavailable, 9, Some(1), 255), Some(1536));
        assert_eq!(seconds(Failure::Refused, 1, Some(10_000_000), 0), Some(86_400));
    }

    #[test]
    fn r24_what_is_refused_is_given_up_and_who_is_away_is_waited_for() {
        assert!(seconds(Failure::Refused, ATTEMPTS - 1, None, 0).is_some());
        assert_eq!(after_failure(Failure::Refused, ATTEMPTS, None, 0), Next::GiveUp);
        assert!(seconds(Failure::Unavailable, 10_000, None, 0).is_some());
        assert_eq!(after_failure(Failure::Gone, 1, None, 0), Next::Stop);
        for (status, failure) in [
            (200, None),
            (204, None),
            (302, Some(Failure::Refused)),
            (400, Some(Failure::Refused)),
            (500, Some(Failure::Refused)),
            (429, Some(Failure::Unavailable)),
            (503, Some(Failure::Unavailable)),
            (410, Some(Failure::Gone)),
        ] {
            assert_eq!(Failure::of_status(status), failure, "{status}");
        }
    }
}
