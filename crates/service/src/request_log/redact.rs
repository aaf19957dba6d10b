//! Takes secrets out of bodies and URLs before they are kept (threat S15).

use enroll_scim::schema::{Attribute, Mutability, Returned, Schema};
use serde_json::Value;

use crate::models::Models;

/// What stands where a secret was.
const REDACTED: &str = "[redacted]";

/// Longest text of a body that is kept.
const KEPT_TEXT: usize = 8 * 1024;

/// Words in the name of an attribute that make its value a secret, whether a schema says so or not.
const SECRET_WORDS: [&str; 5] = ["password", "passwd", "secret", "token", "credential"];

/// The attributes of a directory whose values are never shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// Those that the schemas of a directory have as writeOnly or never returned.
    pub(super) fn of(models: &Models) -> Self {
        let mut names = Vec::new();
        for schema in models.registry().schemas() {
            collect(schema, &mut names);
        }
        Self(names)
    }

    fn hides(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        // The name behind a schema URI, or the last part of a path.
        let last = name.rsplit([':', '.']).next().unwrap_or(&name);
        let first = name.rsplit(':').next().unwrap_or(&name).split(['.', '[']).next().unwrap_or(&name);
        [last, first].iter().any(|part| {
            self.0.iter().any(|secret| secret == part) || SECRET_WORDS.iter().any(|word| part.contains(word))
        })
    }
}

fn collect(schema: &Schema, names: &mut Vec<String>) {
    fn each(attributes: &[Attribute], names: &mut Vec<String>) {
        for attribute in attributes {
            if attribute.returned == Returned::Never || attribute.mutability == Mutability::WriteOnly {
                names.push(attribute.name.as_str().to_ascii_lowercase());
            }
            each(&attribute.sub_attributes, names);
        }
    }
    each(&schema.attributes, names);
}

/// A body without its secrets, cut to what is kept; `None` for none. What is no JSON is not kept: nobody could tell what in it
/// is a secret.
pub(super) fn body(bytes: &[u8], secrets: &Secrets) -> Option<String> {
    if bytes.is_empty() {
        return None;
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(bytes) else {
        return Some(format!("[{} bytes that are not JSON]", bytes.len()));
    };
    clean(&mut value, secrets);
    let mut text = value.to_string();
    if text.len() > KEPT_TEXT {
        let mut end = KEPT_TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str("… [cut]");
    }
    Some(text)
}

fn clean(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::Object(object) => {
            // An operation of a PATCH: the path says what the value is.
            let path = object.iter().find(|(key, _)| key.eq_ignore_ascii_case("path"));
            let of_secret = path.is_some_and(|(_, path)| {
                path.as_str().is_some_and(|path| secrets.hides(path) || hidden_in_filter(path, secrets))
            });
            for (key, value) in object.iter_mut() {
                let hidden = secrets.hides(key) || (of_secret && !key.eq_ignore_ascii_case("op"));
                if hidden && !(value.is_null() || value.is_boolean()) {
                    *value = Value::from(REDACTED);
                } else {
                    clean(value, secrets);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| clean(element, secrets)),
        // The value of an operation may be JSON inside a string; a path inside a Bulk operation may have a filter.
        Value::String(text) => {
            let inner = text.trim_start();
            if inner.starts_with(['{', '['])
                && let Ok(mut value) = serde_json::from_str::<Value>(inner)
            {
                clean(&mut value, secrets);
                *text = value.to_string();
            } else if text.contains('?') && text.starts_with(['/', 'h']) {
                *text = target(text, secrets);
            }
        }
        _ => {}
    }
}

fn hidden_in_filter(text: &str, secrets: &Secrets) -> bool {
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | ':' | '_' | '-')));
    words.into_iter().any(|word| secrets.hides(word))
}

/// Path and query without secrets: a query that names a secret attribute, or carries a token, is not kept.
pub(super) fn target(text: &str, secrets: &Secrets) -> String {
    let Some((path, query)) = text.split_once('?') else { return cut(text) };
    let decoded = percent(query);
    if hidden_in_filter(&decoded, secrets) || decoded.contains("enr_") {
        return format!("{}?{REDACTED}", cut(path));
    }
    cut(text)
}

/// Replaces what percent-encodes ASCII, so that a name cannot hide.
pub(super) fn percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let digits = (byte == b'%').then(|| bytes.get(index + 1..index + 3)).flatten();
        let number = digits.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        match number {
            Some(number) => {
                decoded.push(number);
                index += 3;
            }
            None => {
                decoded.push(if byte == b'+' { b' ' } else { byte });
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A URL of a length that fits into a list.
fn cut(text: &str) -> String {
    match text.char_indices().nth(1024) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Secrets, body, target};

    fn secrets() -> Secrets {
        Secrets(vec!["pin".to_owned()])
    }

    fn kept(value: &Value) -> String {
        body(value.to_string().as_bytes(), &secrets()).unwrap()
    }

    #[test]
    fn threat_s15_a_password_is_nowhere_in_what_is_kept() {
        let hidden = "hunter2";
        let bodies = [
            json!({ "userName": "ada", "password": hidden }),
            json!({ "userName": "ada", "PassWord": hidden, "pin": hidden }),
            json!({ "urn:ietf:params:scim:schemas:core:2.0:User:password": hidden }),
            json!({ "urn:x:User": { "pin": [hidden] } }),
            json!({ "Operations": [{ "op": "Replace", "path": "password", "value": hidden }] }),
            json!({ "Operations": [{ "op": "add", "path": "urn:x:User:pin", "value": { "value": hidden } }] }),
            json!({ "Operations": [{ "op": "add", "Path": "pin.value", "value": hidden }] }),
            json!({ "Operations": [{ "op": "add", "value": { "password": hidden } }] }),
            json!({ "Operations": [{ "op": "add", "value": "{\"password\":\"hunter2\"}" }] }),
            json!({ "Operations": [{ "method": "POST", "data": { "password": hidden } }] }),
            json!({ "Operations": [{ "method": "GET", "path": "/Users?filter=password eq \"hunter2\"" }] }),
            json!({ "clientSecret": hidden, "accessToken": hidden }),
            json!({ "filter": "x", "path": "emails[password eq \"hunter2\"]", "value": hidden }),
        ];
        for body in bodies {
            let text = kept(&body);
            assert!(!text.contains(hidden), "{text}");
            assert!(text.contains("[redacted]"), "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        let body = json!({ "userName": "ada", "active": true, "emails": [{ "value": "ada@example.com" }], "password": null });
        assert_eq!(kept(&body), body.to_string());
    }

    #[test]
    fn a_long_body_is_cut_and_one_that_is_no_json_is_not_kept() {
        let long = kept(&json!({ "x": "ä".repeat(10_000) }));
        assert!(long.len() < 9_000 && long.ends_with("… [cut]"));
        assert_eq!(body(b"password=hunter2", &secrets()).unwrap(), "[16 bytes that are not JSON]");
        assert_eq!(body(b"", &secrets()), None);
    }

    #[test]
    fn threat_s15_a_query_with_a_secret_is_not_kept() {
        for query in [
            "filter=password+eq+%22x%22",
            "filter=%70assword%20eq%20x",
            "access_token=x",
            "filter=pin eq 1",
            "q=enr_scim_1",
        ] {
            assert_eq!(
                target(&format!("/scim/v2/Users?{query}"), &secrets()),
                "/scim/v2/Users?[redacted]",
                "{query}"
            );
        }
        let harmless = "/scim/v2/Users?filter=userName+eq+%22ada%22";
        assert_eq!(target(harmless, &secrets()), harmless);
    }
}
