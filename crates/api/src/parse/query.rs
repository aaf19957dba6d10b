//! The query string (RFC 7644 §3.4.2): `+` is a space, `%XX` is a byte; SCIM ignores unknown parameters, `/api/v1` refuses them.

use std::borrow::Cow;

use enroll_scim::projection::split_list;

use super::percent;

/// A query string that cannot be read as intended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    /// Bytes that are not UTF-8, or a `%` without two digits.
    #[error("the value of {0} is not percent-encoded UTF-8")]
    Encoding(&'static str),
    /// Which of two values counts must not be a guess.
    #[error("{0} is given more than once")]
    Repeated(&'static str),
    /// Not a whole number.
    #[error("{0} must be a whole number")]
    Number(&'static str),
}

/// The parameters of a request's query string.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<'q>(&'q str);

impl<'q> Query<'q> {
    /// Takes what stands behind the `?`, still encoded.
    pub(crate) fn new(text: Option<&'q str>) -> Self {
        Self(text.unwrap_or_default())
    }

    /// All values of the parameter `name`, in any case, decoded. What a parameter of another name holds is never looked at.
    fn all(self, name: &'static str) -> impl Iterator<Item = Result<Cow<'q, str>, QueryError>> {
        self.0.split('&').filter_map(move |pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let is_it = decode(key).is_some_and(|key| key.eq_ignore_ascii_case(name));
            is_it.then(|| decode(value).ok_or(QueryError::Encoding(name)))
        })
    }

    /// The value of a parameter that may be given once.
    ///
    /// # Errors
    /// [`QueryError`] when it is given twice, or not in percent-encoded UTF-8.
    pub(crate) fn one(self, name: &'static str) -> Result<Option<Cow<'q, str>>, QueryError> {
        let mut values = self.all(name);
        let first = values.next().transpose()?;
        if values.next().is_some() { Err(QueryError::Repeated(name)) } else { Ok(first) }
    }

    /// The first parameter that is none of these, as it is written where it cannot be decoded.
    pub(crate) fn unknown(self, known: &[String]) -> Option<Cow<'q, str>> {
        let names = self.0.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let key = pair.split_once('=').map_or(pair, |(key, _)| key);
            decode(key).unwrap_or(Cow::Borrowed(key))
        });
        names.into_iter().find(|name| !known.iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Whether the parameter is there, with or without a value.
    pub(crate) fn has(self, name: &'static str) -> bool {
        self.all(name).next().is_some()
    }

    /// A whole number; one that is too large for an `i64` counts as the largest.
    ///
    /// # Errors
    /// [`QueryError`] as [`Query::one`], and for anything but digits with an optional `-`.
    pub(crate) fn number(self, name: &'static str) -> Result<Option<i64>, QueryError> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let digits = text.strip_prefix('-');
        let negative = digits.is_some();
        let digits = digits.unwrap_or(&text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(QueryError::Number(name));
        }
        Ok(Some(text.parse().unwrap_or(if negative { i64::MIN } else { i64::MAX })))
    }

    /// A list of names, at commas outside of brackets and quotes and at repeated parameters; `None` when no name is there.
    ///
    /// # Errors
    /// [`QueryError::Encoding`].
    pub(crate) fn names(self, name: &'static str) -> Result<Option<Vec<String>>, QueryError> {
        let mut names = Vec::new();
        for value in self.all(name) {
            names.extend(split_list(&value?).into_iter().map(str::to_owned));
        }
        Ok(if names.is_empty() { None } else { Some(names) })
    }
}

/// Decodes one name or value; `None` when it is not percent-encoded UTF-8.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('+') {
        return percent::decode(&text.replace('+', " ")).map(|decoded| Cow::Owned(decoded.into_owned()));
    }
    percent::decode(text)
}

#[cfg(test)]
mod tests {
    use super::{Query, QueryError};
    use proptest::prelude::*;

    fn query(text: &str) -> Query<'_> {
        Query::new(Some(text))
    }

    #[test]
    fn h9_plus_is_a_space_and_2b_is_a_plus() {
        let filter = query("filter=DisplayName+eq+%22a%2Bb%22").one("filter").unwrap();
        assert_eq!(filter.as_deref(), Some("DisplayName eq \"a+b\""));
        let filter = query("filter=userName%20eq%20%22%C3%A9%22").one("filter").unwrap();
        assert_eq!(filter.as_deref(), Some("userName eq \"é\""));
    }

    #[test]
    fn h8_e21_unknown_parameters_are_ignored_whatever_they_hold() {
        let stray = query("aadOptscim062020&x=%ff&%zz=1&=&&count=5&api_key=%");
        assert_eq!(stray.number("count"), Ok(Some(5)));
        assert_eq!(stray.one("filter"), Ok(None));
        assert!(stray.has("aadoptscim062020") && !stray.has("filter"));
    }

    #[test]
    fn h9_names_match_in_any_case_and_values_keep_equal_signs() {
        assert_eq!(query("FILTER=a=b").one("filter").unwrap().as_deref(), Some("a=b"));
        assert_eq!(query("startindex=2").number("startIndex"), Ok(Some(2)));
        assert_eq!(query("st%61rtIndex=2").number("startIndex"), Ok(Some(2)));
    }

    #[test]
    fn h9_what_is_not_percent_encoded_utf8_is_an_error() {
        for text in ["filter=%ff", "filter=%", "filter=%2", "filter=%zz", "filter=%C3"] {
            assert_eq!(query(text).one("filter"), Err(QueryError::Encoding("filter")), "{text}");
        }
    }

    #[test]
    fn m6_a_filter_given_twice_is_never_half_applied() {
        assert_eq!(query("filter=a&Filter=b").one("filter"), Err(QueryError::Repeated("filter")));
        assert_eq!(
            query("filter=").one("filter").unwrap().as_deref(),
            Some(""),
            "an empty filter is not no filter"
        );
        assert_eq!(query("filter").one("filter").unwrap().as_deref(), Some(""));
    }

    #[test]
    fn l7_numbers_saturate_and_what_is_none_is_an_error() {
        assert_eq!(query("count=0").number("count"), Ok(Some(0)));
        assert_eq!(query("count=-7").number("count"), Ok(Some(-7)));
        assert_eq!(query("count=18446744073709551615").number("count"), Ok(Some(i64::MAX)));
        assert_eq!(query("count=-99999999999999999999").number("count"), Ok(Some(i64::MIN)));
        for text in ["", "abc", "1.5", "1e3", "+5", "%20 5", "5%20", "-", "--1", "٣", "0x10"] {
            let text = format!("count={text}");
            assert_eq!(query(&text).number("count"), Err(QueryError::Number("count")), "{text}");
        }
    }

    #[test]
    fn k3_attribute_lists_are_split_and_trimmed_and_repetition_adds() {
        let names = query("attributes=userName,+name.givenName%2Curn:a:b,,&attributes=id")
            .names("attributes")
            .unwrap();
        assert_eq!(names.unwrap(), ["userName", "name.givenName", "urn:a:b", "id"]);
        let bracketed =
            query("attributes=emails[type+eq+%22a,b%22],title").names("attributes").unwrap().unwrap();
        assert_eq!(bracketed, [r#"emails[type eq "a,b"]"#, "title"]);
        assert_eq!(query("attributes=").names("attributes"), Ok(None));
        assert_eq!(query("attributes=,+,").names("attributes"), Ok(None));
    }

    proptest! {
        #[test]
        fn h9_any_text_survives_encoding(text in any::<String>()) {
            use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
            let encoded = format!("a=1&filter={}", utf8_percent_encode(&text, NON_ALPHANUMERIC));
            let filter = query(&encoded).one("filter").unwrap().unwrap().into_owned();
            prop_assert_eq!(filter, text);
        }

        #[test]
        fn s10_no_query_panics(text in "[%&=+a-fA-F0-9,-]{0,40}") {
            let query = query(&text);
            let _ = (query.one("a"), query.number("a"), query.names("a"), query.has("a"));
        }
    }
}
