//! `sw` as a range of an index.

/// The smallest text that is greater, by code point, than every text that begins with `prefix`; `None` when there is none.
///
/// Surrogates are no characters, so U+E000 follows U+D7FF; a last character without a successor is dropped and the one
/// before it is raised instead.
pub(super) fn end_of_prefix(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::end_of_prefix;

    #[test]
    fn the_last_character_is_raised() {
        assert_eq!(end_of_prefix("bjen"), Some("bjeo".to_owned()));
        assert_eq!(end_of_prefix("a\u{7f}"), Some("a\u{80}".to_owned()));
    }

    #[test]
    fn surrogates_are_skipped() {
        assert_eq!(end_of_prefix("a\u{d7ff}"), Some("a\u{e000}".to_owned()));
    }

    #[test]
    fn the_greatest_character_has_no_successor() {
        assert_eq!(end_of_prefix("a\u{10ffff}\u{10ffff}"), Some("b".to_owned()));
        assert_eq!(end_of_prefix("\u{10ffff}"), None);
        assert_eq!(end_of_prefix(""), None);
    }
}
