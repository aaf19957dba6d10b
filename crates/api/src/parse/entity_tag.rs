//! `If-Match` and `If-None-Match` (RFC 9110 §13.1; RFC 7644 §3.14): lists of entity tags, or `*`.

use axum::http::HeaderMap;
use axum::http::header::HeaderName;

/// The tags that a conditional header names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tags {
    /// `*`: any version, as long as there is one.
    Any,
    /// The opaque part of each tag, without `W/` and quotes: SCIM compares weakly (RFC 7644's examples put weak tags into
    /// `If-Match`).
    Listed(Vec<String>),
}

/// The header is not a list of entity tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a list of entity tags: write * or tags in quotes, for example W/\"3\", with commas between them"
)]
pub(crate) struct InvalidTags;

impl Tags {
    /// Reads all header lines of that name as one list; `None` when there is none.
    ///
    /// # Errors
    /// [`InvalidTags`] for anything but `*` or quoted tags. A condition that cannot be read must not be taken for none.
    pub(crate) fn read(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Self>, InvalidTags> {
        let mut tags = None;
        for value in headers.get_all(name) {
            let found = Self::parse(value.to_str().map_err(|_| InvalidTags)?)?;
            tags = Some(match (tags, found) {
                (None, found) => found,
                (Some(Self::Listed(mut all)), Self::Listed(more)) => {
                    all.extend(more);
                    Self::Listed(all)
                }
                _ => return Err(InvalidTags),
            });
        }
        Ok(tags)
    }

    fn parse(text: &str) -> Result<Self, InvalidTags> {
        let mut rest = text.trim();
        if rest == "*" {
            return Ok(Self::Any);
        }
        let mut tags = Vec::new();
        while !rest.is_empty() {
            let quoted = rest.strip_prefix("W/").or_else(|| rest.strip_prefix("w/")).unwrap_or(rest);
            let (tag, after) =
                quoted.strip_prefix('"').and_then(|inner| inner.split_once('"')).ok_or(InvalidTags)?;
            tags.push(tag.to_owned());
            let after = after.trim_start();
            rest = match after.strip_prefix(',') {
                Some(next) => next.trim_start_matches([' ', '\t', ',']),
                None if after.is_empty() => after,
                None => return Err(InvalidTags),
            };
        }
        if tags.is_empty() { Err(InvalidTags) } else { Ok(Self::Listed(tags)) }
    }

    /// Whether one of them is `version`, an entity tag such as `W/"3"`, by weak comparison (RFC 9110 §8.8.3.2).
    pub(crate) fn name(&self, version: &str) -> bool {
        let opaque = version.strip_prefix("W/").unwrap_or(version).trim_matches('"');
        match self {
            Self::Any => true,
            Self::Listed(tags) => tags.iter().any(|tag| tag == opaque),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidTags, Tags};
    use axum::http::header::IF_MATCH;
    use axum::http::{HeaderMap, HeaderValue};

    fn listed(tags: &[&str]) -> Result<Tags, InvalidTags> {
        Ok(Tags::Listed(tags.iter().map(|&tag| tag.to_owned()).collect()))
    }

    #[test]
    fn w4_lists_weak_and_strong_tags_are_read() {
        assert_eq!(Tags::parse(r#"W/"3""#), listed(&["3"]));
        assert_eq!(Tags::parse(r#""3""#), listed(&["3"]));
        assert_eq!(Tags::parse(r#"W/"a,b" ,"c",, w/"""#), listed(&["a,b", "c", ""]));
        assert_eq!(Tags::parse(" * "), Ok(Tags::Any));
    }

    #[test]
    fn w3_what_is_no_tag_is_an_error_and_not_no_condition() {
        for text in ["", "3", "W/3", r#""3"#, r#""3" "4""#, r#"*, "3""#, ","] {
            assert_eq!(Tags::parse(text), Err(InvalidTags), "{text:?}");
        }
    }

    #[test]
    fn w4_comparison_is_weak() {
        let tags = Tags::parse(r#""2", W/"3""#).unwrap();
        assert!(tags.name(r#"W/"3""#) && tags.name(r#"W/"2""#) && tags.name(r#""3""#));
        assert!(!tags.name(r#"W/"33""#));
        assert!(Tags::Any.name(r#"W/"1""#));
    }

    #[test]
    fn w4_several_header_lines_are_one_list() {
        let mut headers = HeaderMap::new();
        assert_eq!(Tags::read(&headers, &IF_MATCH), Ok(None));
        headers.append(IF_MATCH, HeaderValue::from_static("\"1\""));
        headers.append(IF_MATCH, HeaderValue::from_static("\"2\""));
        assert_eq!(Tags::read(&headers, &IF_MATCH), listed(&["1", "2"]).map(Some));
        headers.append(IF_MATCH, HeaderValue::from_static("*"));
        assert_eq!(Tags::read(&headers, &IF_MATCH), Err(InvalidTags));
    }
}
