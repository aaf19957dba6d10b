//! Compares an answer with what the sender expects.

use std::collections::BTreeMap;

use serde_json::Value;

use super::exchange::Expect;
use super::placeholder::{Values, fill, fill_value};

/// An answer before anything in it was made stable.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) body: Value,
}

/// What is wrong with the answer, one sentence each.
pub(crate) fn failures(expect: &Expect, answer: &Answer, values: &Values) -> Vec<String> {
    let mut found = Vec::new();
    if !expect.status.contains(answer.status) {
        found.push(format!("expected status {}, got {}", expect.status, answer.status));
    }
    if answer.status == 200 && answer.text.is_empty() {
        found.push("200 with an empty body".to_owned());
    }
    for (name, beginning) in &expect.headers {
        // 204 has no body, so whatever is expected of one is not expected then.
        if answer.status == 204 && name == "content-type" {
            continue;
        }
        let beginning = fill(beginning, values);
        let got = answer.headers.get(name);
        if !got.is_some_and(|got| got.starts_with(&beginning)) {
            found.push(format!("expected the header {name}: {beginning}, got {got:?}"));
        }
    }
    if expect.empty && !answer.text.is_empty() {
        found.push("expected an empty body".to_owned());
    }
    if let Some(subset) = &expect.body_subset {
        compare("", &fill_value(subset, values), &answer.body, &mut found);
    }
    for pointer in &expect.absent {
        if let Some(value) = answer.body.pointer(pointer) {
            found.push(format!("{pointer} must be absent, got {value}"));
        }
    }
    for (pointer, count) in &expect.count {
        let got = answer.body.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len);
        if got != *count {
            found.push(format!("expected {count} elements in {pointer}, got {got}"));
        }
    }
    found
}

fn compare(path: &str, expected: &Value, got: &Value, found: &mut Vec<String>) {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => {
            for (name, value) in expected {
                compare(&format!("{path}/{name}"), value, got.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(expected), Value::Array(got)) => {
            for element in expected {
                if !got.iter().any(|candidate| matches(element, candidate)) {
                    found.push(format!("{path} lacks {element}"));
                }
            }
        }
        _ if expected == got => {}
        _ => found.push(format!("{path}: expected {expected}, got {got}")),
    }
}

fn matches(expected: &Value, got: &Value) -> bool {
    let mut found = Vec::new();
    compare("", expected, got, &mut found);
    found.is_empty()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::{Answer, failures};
    use crate::recorded::placeholder::Values;

    fn wrong(expect: Value, status: u16, body: Value) -> Vec<String> {
        let expect = serde_json::from_value(expect).unwrap();
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let headers = BTreeMap::from([("content-type".to_owned(), "application/scim+json".to_owned())]);
        failures(&expect, &Answer { status, headers, text, body }, &Values::new())
    }

    #[test]
    fn more_than_expected_is_right() {
        let expect = json!({"status": 200, "body_subset": {"a": [{"b": 1}]}, "headers": {"content-type": "application/scim"}});
        assert!(wrong(expect, 200, json!({"a": [{"b": 2}, {"b": 1, "c": 3}], "d": 4})).is_empty());
    }

    #[test]
    fn each_kind_of_expectation_can_fail() {
        let body = json!({"active": "true", "members": [1, 2]});
        assert_eq!(wrong(json!({"status": 201}), 200, body.clone()).len(), 1);
        assert_eq!(wrong(json!({"status": [200, 204]}), 200, Value::Null), ["200 with an empty body"]);
        assert_eq!(
            wrong(json!({"status": 200, "body_subset": {"active": true}}), 200, body.clone()).len(),
            1
        );
        assert_eq!(
            wrong(json!({"status": 200, "body_subset": {"members": [3]}}), 200, body.clone()).len(),
            1
        );
        assert_eq!(wrong(json!({"status": 200, "body_subset": {"x": []}}), 200, body.clone()).len(), 1);
        assert_eq!(wrong(json!({"status": 200, "absent": ["/members"]}), 200, body.clone()).len(), 1);
        assert_eq!(wrong(json!({"status": 200, "count": {"/members": 1}}), 200, body.clone()).len(), 1);
        assert_eq!(
            wrong(json!({"status": 200, "headers": {"location": "http"}}), 200, body.clone()).len(),
            1
        );
        assert_eq!(wrong(json!({"status": 204, "empty": true}), 204, body).len(), 1);
    }
}
