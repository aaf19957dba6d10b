//! Times as the service keeps them: in whole milliseconds, so that what is stored and what is answered are the same.

use jiff::Timestamp;

/// A number of milliseconds outside the years -9999 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time: {0} milliseconds since 1970")]
pub struct InvalidMillis(pub i64);

/// Milliseconds since 1970, for the store.
pub fn to_millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// The time behind a stored number of milliseconds.
///
/// ```
/// use enroll_domain::time::{from_millis, to_millis};
///
/// assert_eq!(from_millis(1_700_000_000_123).map(to_millis), Ok(1_700_000_000_123));
/// ```
///
/// # Errors
/// When no such time exists.
pub fn from_millis(millis: i64) -> Result<Timestamp, InvalidMillis> {
    Timestamp::from_millisecond(millis).map_err(|_| InvalidMillis(millis))
}

/// The time without what is finer than a millisecond.
pub fn truncated(time: Timestamp) -> Timestamp {
    from_millis(to_millis(time)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{InvalidMillis, from_millis, to_millis, truncated};

    #[test]
    fn truncated_time_survives_the_store() {
        let time: Timestamp = "2026-03-01T12:00:00.123456789Z".parse().unwrap();
        assert_eq!(truncated(time).to_string(), "2026-03-01T12:00:00.123Z");
        assert_eq!(from_millis(to_millis(time)), Ok(truncated(time)));
    }

    #[test]
    fn extreme_times_do_not_panic() {
        assert_eq!(from_millis(i64::MAX), Err(InvalidMillis(i64::MAX)));
        for time in [Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(to_millis(truncated(time)), to_millis(time));
        }
    }
}
