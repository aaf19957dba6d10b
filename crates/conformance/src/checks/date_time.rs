//! The form of a dateTime (RFC 7643 §2.3.5, xsd:dateTime).

/// Whether the text is a date with a time; fractions and an offset may follow.
pub(super) fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let (clock, offset_is_right) = match time.find(['Z', '+', '-']) {
        Some(at) => (&time[..at], is_offset(&time[at..])),
        None => (time, true),
    };
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, rest)| (clock, Some(rest)));
    let fraction_is_right = fraction.is_none_or(|digits| !digits.is_empty() && digits_only(digits));
    numbers(date, '-', &[4, 2, 2]) && numbers(clock, ':', &[2, 2, 2]) && fraction_is_right && offset_is_right
}

fn is_offset(text: &str) -> bool {
    text == "Z" || numbers(text.get(1..).unwrap_or_default(), ':', &[2, 2])
}

fn numbers(text: &str, separator: char, lengths: &[usize]) -> bool {
    let parts: Vec<&str> = text.split(separator).collect();
    parts.len() == lengths.len()
        && parts.iter().zip(lengths).all(|(part, length)| part.len() == *length && digits_only(part))
}

fn digits_only(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_date_time;

    #[test]
    fn a8_a_date_time_has_a_date_and_a_time() {
        for right in ["2011-05-13T04:42:34Z", "2011-05-13T04:42:34.123+02:00", "2011-05-13T04:42:34"] {
            assert!(is_date_time(right), "{right}");
        }
        for wrong in
            ["2011-05-13", "2011-05-13 04:42:34Z", "1305261754", "2011-05-13T04:42Z", "2011-05-13T04:42:34.Z"]
        {
            assert!(!is_date_time(wrong), "{wrong}");
        }
    }
}
