//! Percent-encoding (RFC 3986 §2.1), without guessing: what is not clean is an error.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The decoded text; `None` for a `%` without two hexadecimal digits and for bytes that are not UTF-8.
pub(super) fn decode(text: &str) -> Option<Cow<'_, str>> {
    let two_digits =
        |after: &str| after.len() >= 2 && after.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if text.split('%').skip(1).all(two_digits) { percent_decode_str(text).decode_utf8().ok() } else { None }
}
