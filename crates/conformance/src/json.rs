//! Reading JSON as SCIM does: names of attributes match in any case (RFC 7643 §2.1).

use serde_json::Value;

static NULL: Value = Value::Null;

/// The attribute of that name, or null.
pub(crate) fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    let Some(object) = value.as_object() else { return &NULL };
    object
        .get(name)
        .or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
        .unwrap_or(&NULL)
}

/// What is at a path such as `name/givenName` or `emails/0/value`, or null. Names of attributes have no slash;
/// extension URNs have dots.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('/').fold(value, |value, step| match value {
        Value::Array(elements) => {
            step.parse::<usize>().ok().and_then(|index| elements.get(index)).unwrap_or(&NULL)
        }
        other => member(other, step),
    })
}

/// The elements of an array; none if it is no array.
pub(crate) fn elements(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The texts of an array.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    elements(value).iter().filter_map(Value::as_str).collect()
}

/// Whether the attribute has a value: null and `[]` are unassigned (RFC 7643 §2.5).
pub(crate) fn assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

/// Whether any name or text anywhere in the value contains `text`.
pub(crate) fn mentions(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string.contains(text),
        Value::Array(elements) => elements.iter().any(|element| mentions(element, text)),
        Value::Object(members) => {
            members.iter().any(|(name, value)| name.contains(text) || mentions(value, text))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{assigned, at, mentions};

    #[test]
    fn a1_names_match_in_any_case() {
        let user = json!({"Name": {"givenname": "Ada"}, "emails": [{"VALUE": "a@x"}]});
        assert_eq!(at(&user, "name/givenName"), "Ada");
        assert_eq!(at(&user, "emails/0/value"), "a@x");
        assert!(at(&user, "emails/1/value").is_null());
    }

    #[test]
    fn a19_null_and_empty_are_unassigned() {
        assert!(!assigned(&json!(null)) && !assigned(&json!([])) && !assigned(&json!({})));
        assert!(assigned(&json!(false)) && assigned(&json!("")));
    }

    #[test]
    fn a_text_is_found_at_any_depth_and_in_names() {
        assert!(mentions(&json!({"a": [{"b": "the secret"}]}), "secret"));
        assert!(mentions(&json!({"secret": 1}), "secret"));
        assert!(!mentions(&json!({"a": 1}), "secret"));
    }
}
