//! `application/x-www-form-urlencoded`: bodies of the OpenID Provider, and its queries, whose names are exact (RFC 6749 §B).

use std::borrow::Cow;

use super::percent;

/// The names and values, decoded, in their order; `None` for what is not percent-encoded UTF-8.
pub(crate) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

/// One text that was encoded as a value (RFC 6749 §2.3.1).
pub(crate) fn decode(text: &str) -> Option<String> {
    percent::decode(&text.replace('+', " ")).map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn pairs_are_decoded_in_order_and_what_is_not_clean_is_none() {
        let read = pairs("scope=openid+email&state=%C3%A9%26&&a").unwrap();
        let expected = [("scope", "openid email"), ("state", "é&"), ("a", "")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(pairs(""), Some(Vec::new()));
        for bad in ["a=%", "a=%zz", "a=%ff", "%=1"] {
            assert_eq!(pairs(bad), None, "{bad}");
        }
    }
}
