//! Compares what was sent with what came back.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Attributes that a server need not echo: it decides them itself, or must never return them.
const NOT_ECHOED: &[&str] = &["schemas", "id", "meta", "groups", "password", "$ref", "display"];

/// A string attribute of an object.
pub(crate) fn text<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    object.get(name).and_then(Value::as_str)
}

/// The ids of a group's members; no members when the attribute is absent.
pub(crate) fn member_ids(group: &Value) -> BTreeSet<String> {
    let members = group.get("members").and_then(Value::as_array);
    members.into_iter().flatten().filter_map(|member| text(member, "value")).map(str::to_owned).collect()
}

/// What of `sent` is missing or different in `back`, one phrase each.
///
/// `null`, empty strings and empty arrays count as "no value". The words "True" and "False" match the real
/// booleans (E-2). An element of an array must have an element with the same values.
pub(crate) fn differences(sent: &Value, back: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", sent, back, &mut found);
    found
}

fn compare(path: &str, sent: &Value, back: &Value, found: &mut Vec<String>) {
    match sent {
        _ if is_no_value(sent) => {}
        Value::Object(attributes) => compare_objects(path, attributes, back, found),
        Value::Array(elements) => compare_arrays(path, elements, back, found),
        _ if same(sent, back) => {}
        _ => found.push(format!("{path} was {sent} and came back as {back}")),
    }
}

fn compare_objects(path: &str, sent: &Map<String, Value>, back: &Value, found: &mut Vec<String>) {
    for (name, value) in sent {
        if NOT_ECHOED.contains(&name.as_str()) {
            continue;
        }
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        compare(&path, value, back.get(name).unwrap_or(&Value::Null), found);
    }
}

fn compare_arrays(path: &str, sent: &[Value], back: &Value, found: &mut Vec<String>) {
    let elements = back.as_array().map(Vec::as_slice).unwrap_or_default();
    for element in sent {
        let echoed = elements.iter().any(|candidate| differences(element, candidate).is_empty());
        if !echoed {
            found.push(format!("{path} lacks the element {element}"));
        }
    }
}

fn same(sent: &Value, back: &Value) -> bool {
    match (sent, back) {
        (Value::String(word), Value::Bool(truth)) => word.eq_ignore_ascii_case(&truth.to_string()),
        _ => sent == back,
    }
}

fn is_no_value(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(attributes) => attributes.values().all(is_no_value),
        _ => false,
    }
}

/// The places where `active` or `primary` is not a JSON boolean.
pub(crate) fn unreal_booleans(resource: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if resource.get("active").is_some_and(|active| !active.is_boolean()) {
        found.push("active".to_owned());
    }
    let attributes = resource.as_object().into_iter().flatten();
    for (name, value) in attributes {
        let elements = value.as_array().into_iter().flatten();
        let mut primaries = elements.filter_map(|element| element.get("primary"));
        if primaries.any(|primary| !primary.is_boolean()) {
            found.push(format!("{name}.primary"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{differences, member_ids, unreal_booleans};

    #[test]
    fn a_reformatted_value_is_a_difference_e12() {
        let sent = json!({"phoneNumbers": [{"type": "work", "value": "+49 (30) 1234"}]});
        assert!(differences(&sent, &sent).is_empty());
        let back = json!({"phoneNumbers": [{"type": "work", "value": "+49301234"}]});
        assert_eq!(differences(&sent, &back).len(), 1);
    }

    #[test]
    fn more_in_the_answer_is_no_difference() {
        let sent = json!({"userName": "a", "emails": [{"value": "b"}], "roles": [], "title": null});
        let back =
            json!({"id": "1", "userName": "a", "emails": [{"value": "x"}, {"value": "b", "type": "work"}]});
        assert!(differences(&sent, &back).is_empty());
    }

    #[test]
    fn a_lost_sub_attribute_is_named_with_its_path() {
        let back = json!({"name": {}});
        let found = differences(&json!({"name": {"givenName": "Ana"}}), &back);
        assert_eq!(found, [r#"name.givenName was "Ana" and came back as null"#]);
    }

    #[test]
    fn boolean_words_match_real_booleans_only_by_meaning_e2() {
        assert!(differences(&json!({"active": "False"}), &json!({"active": false})).is_empty());
        assert_eq!(differences(&json!({"active": "False"}), &json!({"active": true})).len(), 1);
    }

    #[test]
    fn quoted_booleans_in_an_answer_are_found() {
        let user = json!({"active": "True", "emails": [{"primary": true}], "roles": [{"primary": "True"}]});
        assert_eq!(unreal_booleans(&user), ["active", "roles.primary"]);
    }

    #[test]
    fn absent_members_are_no_members() {
        assert!(member_ids(&json!({})).is_empty());
        assert_eq!(member_ids(&json!({"members": [{"value": "b"}, {"value": "a"}]})).len(), 2);
    }
}
