//! Times as the service keeps them: in whole milliseconds, so that what is stored and what is answered are the same.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// What JSON Schema says of a [`Timestamp`], which knows nothing of JSON Schema itself: a `date-time` (RFC 3339).
#[derive(Debug)]
pub struct Moment;

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

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

/// The text is neither a date nor a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a date such as 2026-03-01, or a time such as 2026-03-01T12:00:00Z, and not {0:?}")]
pub struct InvalidMoment(pub String);

/// Reads a date, which stands for its first moment in UTC, or a time with its offset (RFC 3339).
///
/// # Errors
/// For anything else.
pub fn parse_moment(text: &str) -> Result<Timestamp, InvalidMoment> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let date: Option<Date> = text.parse().ok().filter(|_| text.len() == "2026-03-01".len());
    let first = date.and_then(|date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok());
    first.ok_or_else(|| InvalidMoment(text.to_owned()))
}

/// The time without what is finer than a millisecond.
pub fn truncated(time: Timestamp) -> Timestamp {
    from_millis(to_millis(time)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{InvalidMillis, from_millis, parse_moment, to_millis, truncated};

    #[test]
    fn truncated_time_survives_the_store() {
        let time: Timestamp = "2026-03-01T12:00:00.123456789Z".parse().unwrap();
        assert_eq!(truncated(time).to_string(), "2026-03-01T12:00:00.123Z");
        assert_eq!(from_millis(to_millis(time)), Ok(truncated(time)));
    }

    #[test]
    fn a_moment_is_a_date_or_a_time() {
        let read = |text| parse_moment(text).map(|time| time.to_string()).ok();
        assert_eq!(read("2026-03-01").as_deref(), Some("2026-03-01T00:00:00Z"));
        assert_eq!(read("2026-03-01T01:30:00+01:00").as_deref(), Some("2026-03-01T00:30:00Z"));
        for wrong in ["", "yesterday", "2026-02-30", "2026-03-01T12:00:00", "20260301"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn extreme_times_do_not_panic() {
        assert_eq!(from_millis(i64::MAX), Err(InvalidMillis(i64::MAX)));
        for time in [Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(to_millis(truncated(time)), to_millis(time));
        }
    }
}
