//! Reading JSON bodies.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use enroll_scim::{Limits, ScimType, json};
use proptest::prelude::*;
use serde_json::{Value, json};

fn refused(bytes: &[u8]) -> String {
    let error = json::parse_object(bytes, &Limits::default()).expect_err("refused");
    assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidSyntax)));
    error.detail().to_owned()
}

/// `levels` objects inside each other.
fn nested(levels: usize) -> Vec<u8> {
    format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels)).into_bytes()
}

#[test]
fn h3_a_body_that_is_not_utf8_is_refused() {
    assert!(refused(b"{\"userName\": \"\xff\"}").contains("UTF-8"));
}

#[test]
fn h3_a_byte_order_mark_is_skipped() {
    assert!(json::parse_object(b"\xef\xbb\xbf{}", &Limits::default()).is_ok());
}

#[test]
fn j6_what_is_not_one_json_object_is_refused() {
    assert!(refused(b"").contains("empty"));
    assert!(refused(b" \n").contains("empty"));
    assert!(refused(b"[{}]").contains("array"));
    assert!(refused(b"\"{}\"").contains("string"));
    assert!(refused(b"null").contains("null"));
    assert!(refused(b"{} {}").contains("line 1 column 4"), "{}", refused(b"{} {}"));
    assert!(refused(b"{\n  \"a\": tru }").contains("line 2"));
    for junk in
        ["{", "{a: 1}", "{'a': 1}", r#"{"a": 1,}"#, r#"{"a": "\ud800"}"#, r#"{"a": 1e999}"#, r#"{"a": NaN}"#]
    {
        refused(junk.as_bytes());
    }
}

#[test]
fn j9_names_that_differ_only_in_case_are_duplicates() {
    let detail = refused(br#"{"userName": "a", "username": "b"}"#);
    assert!(detail.contains("\"username\"") && detail.contains("line 1"), "{detail}");
    refused(br#"{"a": "a", "a": "a"}"#);
    refused(br#"{"emails": [{"value": "a"}, {"value": "b", "VALUE": "c"}]}"#);
    refused(br#"{"a": {"b": 1}, "c": {"B": 1, "b": 2}}"#);
    assert!(json::parse_object(br#"{"a": {"x": 1}, "b": {"x": 1}}"#, &Limits::default()).is_ok());
    let long = "x".repeat(10_000);
    assert!(refused(format!(r#"{{"{long}": 1, "{long}": 1}}"#).as_bytes()).len() < 300);
}

#[test]
fn s27_nesting_is_bounded_while_reading() {
    assert!(json::parse_object(&nested(64), &Limits::default()).is_ok());
    assert!(refused(&nested(65)).contains("64 levels"));
    refused(&nested(100_000));
    refused("[".repeat(1_000_000).as_bytes());
}

#[test]
fn s25_the_deepest_body_fits_a_small_stack() {
    let read = || {
        assert!(json::parse_object(&nested(64), &Limits::default()).is_ok());
        refused("{\"a\":[".repeat(50_000).as_bytes());
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(read).unwrap().join().unwrap();
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Where no name occurs twice, the result is that of serde_json.
    #[test]
    fn a_body_reads_as_serde_json_reads_it(value in any_value()) {
        let bytes = serde_json::to_vec(&value).unwrap();
        let read = json::parse(&bytes, &Limits::default()).unwrap();
        prop_assert_eq!(read, serde_json::from_slice::<Value>(&bytes).unwrap());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = json::parse_object(&bytes, &Limits::default());
    }
}

#[test]
fn a7_a_decimal_is_kept_to_its_last_digit() {
    for text in ["4.4444444444444446e+111", "7.042055707759459e-111", "0.30000000000000004"] {
        let body = json::parse_object(format!("{{\"a\":{text}}}").as_bytes(), &Limits::default()).unwrap();
        assert_eq!(body["a"].to_string(), text);
    }
}
