//! Points in time as SCIM writes them: `xsd:dateTime` (RFC 7643 §2.3.5).

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Reads an `xsd:dateTime`: date, `T` and time, then an optional fraction of a second and an optional offset. Text without
/// an offset, which `xsd:dateTime` allows, is UTC. `24:00:00` is the end of the day. Digits past the nanosecond are dropped.
///
/// `None` for anything else: a date alone, a time alone, a space for the `T`, lower-case letters, a year that does not have
/// four digits.
///
/// ```
/// use enroll_scim::datetime::parse;
///
/// assert_eq!(parse("2011-08-01T20:31:02.14+02:00"), parse("2011-08-01T18:31:02.140Z"));
/// assert_eq!(parse("2011-08-01"), None);
/// ```
pub fn parse(text: &str) -> Option<Timestamp> {
    let mut rest = Digits(text.as_bytes());
    let year = rest.number(4)?;
    let month = rest.after(b'-')?.number(2)?;
    let day = rest.after(b'-')?.number(2)?;
    let hour = rest.after(b'T')?.number(2)?;
    let minute = rest.after(b':')?.number(2)?;
    let second = rest.after(b':')?.number(2)?;
    let nanosecond = rest.fraction()?;
    let offset = rest.offset()?;

    let ends_the_day = hour == 24 && minute == 0 && second == 0 && nanosecond == 0;
    let hour = if ends_the_day { 0 } else { i8::try_from(hour).ok()? };
    let local = DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        hour,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        nanosecond,
    );
    let time = offset.to_timestamp(local.ok()?).ok()?;
    if ends_the_day { time.checked_add(SignedDuration::from_hours(24)).ok() } else { Some(time) }
}

/// The text that is still to be read.
struct Digits<'t>(&'t [u8]);

impl Digits<'_> {
    /// Reads exactly `count` digits.
    fn number(&mut self, count: usize) -> Option<i32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits
            .iter()
            .try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0')))
    }

    /// Reads one separator.
    fn after(&mut self, separator: u8) -> Option<&mut Self> {
        self.0 = self.0.strip_prefix(&[separator])?;
        Some(self)
    }

    /// Reads `.` and digits, or nothing; gives nanoseconds.
    fn fraction(&mut self) -> Option<i32> {
        let Some(rest) = self.0.strip_prefix(b".") else { return Some(0) };
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        let padded = digits.iter().map(|digit| i32::from(digit - b'0')).chain(std::iter::repeat(0));
        (length > 0).then(|| padded.take(9).fold(0, |sum, digit| sum * 10 + digit))
    }

    /// Reads `Z`, `+hh:mm`, `-hh:mm` or nothing, up to 14 hours either way, and then the end of the text.
    fn offset(&mut self) -> Option<Offset> {
        let sign = match self.0 {
            [] | [b'Z'] => return Some(Offset::UTC),
            [b'+', ..] => 1,
            [b'-', ..] => -1,
            _ => return None,
        };
        self.0 = self.0.get(1..)?;
        let hours = self.number(2)?;
        let minutes = self.after(b':')?.number(2)?;
        let total = hours * 60 + minutes;
        let in_range = self.0.is_empty() && minutes < 60 && total <= 14 * 60;
        if in_range { Offset::from_seconds(sign * total * 60).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a8_offsets_and_fractions_are_legal() {
        for text in [
            "2008-01-23T04:56:22Z",
            "2008-01-23T04:56:22.000000000123Z",
            "2008-01-23T04:56:22",
            "2008-01-23T06:56:22+02:00",
            "2008-01-22T14:56:22-14:00",
        ] {
            let time = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(time.to_string(), "2008-01-23T04:56:22Z", "{text}");
        }
        assert_eq!(parse("2011-05-13T04:42:34.5Z").unwrap().to_string(), "2011-05-13T04:42:34.5Z");
        assert_eq!(parse("2011-12-31T24:00:00Z"), parse("2012-01-01T00:00:00Z"));
    }

    #[test]
    fn a8_anything_without_date_and_time_is_not_a_date_time() {
        for text in [
            "",
            "2011-05-13",
            "04:42:34Z",
            "2011-05-13 04:42:34Z",
            "2011-05-13t04:42:34z",
            "2011-05-13T04:42Z",
            "2011-05-13T04:42:34.Z",
            "2011-05-13T04:42:34,5Z",
            "2011-05-13T04:42:34+0200",
            "2011-05-13T04:42:34+15:00",
            "2011-05-13T04:42:34+02:60",
            "2011-05-13T04:42:34Z ",
            "2011-05-13T04:42:34Z[UTC]",
            "2011-02-29T04:42:34Z",
            "2011-13-01T04:42:34Z",
            "2011-05-13T24:00:01Z",
            "2011-05-13T04:42:60Z",
            "20110-05-13T04:42:34Z",
            "2011-05-13T04:42:34é",
            "２０11-05-13T04:42:34Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
