//! S28: what one request may cost.

use std::time::{Duration, Instant};

use enroll_scim::patch::PatchRequest;
use enroll_scim::{Limits, Notes};
use serde_json::{Value, json};

use crate::support::*;

fn many(count: usize, operation: impl Fn(usize) -> Value) -> Value {
    (0..count).map(operation).collect()
}

#[test]
fn s28_more_operations_than_the_limit_are_refused() {
    let operations =
        |count| many(count, |n| json!({"op": "replace", "path": "title", "value": n.to_string()}));
    assert_eq!(patched(&strict(), &barbara(), operations(1000))["title"], "999");
    let error = patch(&strict(), &barbara(), operations(1001)).unwrap_err();
    assert_eq!(error.status(), 413);
    assert!(error.detail().contains("1001") && error.detail().contains("1000"), "{error}");
}

#[test]
fn s28_a_path_longer_than_the_limit_is_refused() {
    let path = format!("emails[type eq \"{}\"]", "x".repeat(1007));
    assert_eq!(path.len(), 1025);
    assert_eq!(refused_by_both(&barbara(), json!([{"op": "remove", "path": path}])), "invalidPath");
    let shorter = path.replacen("xx", "x", 1);
    assert_eq!(in_both(&barbara(), json!([{"op": "remove", "path": shorter}])), barbara());
    let segments = "a.".repeat(100_000);
    assert_eq!(refused_by_both(&barbara(), json!([{"op": "remove", "path": segments}])), "invalidPath");
    let key = patched(&compat(), &barbara(), json!([{"op": "add", "value": {segments: 1}}]));
    assert_eq!(key, barbara());
}

#[test]
fn s28_deep_nesting_is_an_error_and_no_overflow() {
    let deep = format!("emails[{}type eq \"x\"{}]", "(".repeat(450), ")".repeat(450));
    assert_eq!(refused_by_both(&barbara(), json!([{"op": "remove", "path": deep}])), "invalidFilter");
    let text = "[".repeat(100_000);
    assert_eq!(refused_by_both(&barbara(), json!([{"op": "add", "value": text}])), "invalidValue");
}

fn hundred_emails() -> Value {
    let emails = many(100, |n| json!({"value": format!("{n}@example.com"), "type": "work"}));
    json!({"userName": "bjensen", "emails": emails})
}

#[test]
fn s28_a_thousand_operations_on_a_hundred_values_are_quick() {
    let start = Instant::now();
    let adding = many(
        1000,
        |n| json!({"op": "add", "path": "emails", "value": {"value": format!("{n}@example.org")}}),
    );
    let result = patched(&compat(), &hundred_emails(), adding);
    assert_eq!(result["emails"].as_array().unwrap().len(), 1100);
    let selecting = many(
        1000,
        |n| json!({"op": "replace", "path": format!("emails[value eq \"{}@example.com\"].display", n % 100), "value": n.to_string()}),
    );
    patched(&compat(), &hundred_emails(), selecting);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn s28_a_thousand_operations_on_tens_of_thousands_of_values_are_refused() {
    let emails = many(20_000, |n| json!({"value": format!("{n}@example.com")}));
    let user_before = json!({"userName": "bjensen", "emails": emails});
    let operations = many(1000, |n| json!({"op": "remove", "path": format!("emails[value eq \"{n}\"]")}));
    let start = Instant::now();
    let error = patch(&compat(), &user_before, operations).unwrap_err();
    assert_eq!(error.status(), 413);
    assert!(error.detail().contains("split"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn s28_long_lists_in_one_operation_are_quick() {
    let roles = many(9_000, |n| json!({"value": n.to_string(), "type": "x"}));
    let operations = json!([
        {"op": "add", "path": "roles", "value": roles},
        {"op": "add", "path": "roles", "value": [{"value": "8999"}]},
        {"op": "remove", "path": "roles[type eq \"x\"].type"}
    ]);
    let start = Instant::now();
    let result = patched(&compat(), &barbara(), operations);
    assert_eq!(result["roles"].as_array().unwrap().len(), 9_000);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn limits_are_the_ones_that_were_given() {
    let limits = Limits { patch_operations: 1, path_bytes: 4, ..Limits::default() };
    let parse = |operations| {
        PatchRequest::parse(body(operations), &user(), &strict(), &limits, &mut Notes::default())
    };
    let one = json!({"op": "replace", "path": "name", "value": {}});
    assert!(parse(json!([one])).is_ok());
    assert_eq!(parse(json!([one, one])).unwrap_err().status(), 413);
    let longer = json!({"op": "replace", "path": "title", "value": "x"});
    assert_eq!(keyword(&parse(json!([longer])).unwrap_err()), "invalidPath");
}
