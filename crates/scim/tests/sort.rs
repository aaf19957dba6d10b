//! The order of results: conformance.md N1 to N4.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::cmp::Ordering;

use enroll_scim::ScimType;
use enroll_scim::sort::{Sort, SortKey, SortOrder};
use proptest::prelude::*;
use serde_json::{Value, json};

use support::{LAB, model};

fn key(by: &str, resource: &Value) -> Option<SortKey> {
    Sort::parse(&model("Device"), by).unwrap().key(resource.as_object().unwrap())
}

/// How two devices stand to each other, ascending.
fn order(by: &str, left: &Value, right: &Value) -> Ordering {
    SortOrder::Ascending.compare(key(by, left).as_ref(), key(by, right).as_ref())
}

#[test]
fn n3_numbers_order_by_value_and_exactly() {
    assert!(order("count", &json!({"count": 9}), &json!({"count": 10})).is_lt(), "not by their digits");
    assert!(order("count", &json!({"count": -1}), &json!({"count": 0})).is_lt());
    let large = 9_007_199_254_740_993_i64;
    assert!(
        order("count", &json!({"count": large - 1}), &json!({"count": large})).is_lt(),
        "alike as floating point"
    );
    assert!(order("ratio", &json!({"ratio": 0.5}), &json!({"ratio": 1})).is_lt());
}

#[test]
fn n3_dates_order_by_the_instant() {
    let (early, late) =
        (json!({"seen": "2026-01-01T12:00:00+02:00"}), json!({"seen": "2026-01-01T11:00:00Z"}));
    assert!(order("seen", &early, &late).is_lt(), "although its text is greater");
    assert!(order("seen", &early, &json!({"seen": "2026-01-01T10:00:00.000Z"})).is_eq());
}

#[test]
fn n3_text_orders_folded_or_by_code_point_as_the_schema_says() {
    assert!(order("label", &json!({"label": "b"}), &json!({"label": "C"})).is_lt());
    assert!(order("label", &json!({"label": "ABC"}), &json!({"label": "abc"})).is_eq());
    assert!(order("serial", &json!({"serial": "b"}), &json!({"serial": "C"})).is_gt(), "caseExact");
    assert!(order("link", &json!({"link": "b"}), &json!({"link": "C"})).is_gt(), "a reference");
    assert!(order("on", &json!({"on": false}), &json!({"on": true})).is_lt());
}

#[test]
fn n2_of_several_values_the_primary_one_counts_else_the_first() {
    let first = json!({"parts": [{"value": "b"}, {"value": "a"}]});
    let primary = json!({"parts": [{"value": "b"}, {"value": "a", "primary": true}]});
    assert_eq!(key("parts", &first), key("label", &json!({"label": "b"})));
    assert_eq!(key("parts.value", &primary), key("label", &json!({"label": "a"})));
    assert_eq!(key("tags", &json!({"tags": ["z", "a"]})), key("label", &json!({"label": "z"})));
    assert_eq!(key("parts.size", &first), None, "the part that counts has no size");
}

#[test]
fn n1_names_are_in_attribute_notation_in_any_case() {
    let device = json!({"box": {"height": 2}, LAB: {"room": "r1"}});
    assert_eq!(key("BOX.Height", &device), key("count", &json!({"count": 2})));
    assert_eq!(key(&format!("{}:ROOM", LAB.to_uppercase()), &device), key("label", &json!({"label": "R1"})));
    assert!(key("id", &json!({"id": "1"})).is_some());
}

#[test]
fn n4_what_has_no_order_is_invalid_value() {
    for by in ["", "nope", "box", "key", "secret", "box.code", "parts.nope", LAB, "a b"] {
        let error = Sort::parse(&model("Device"), by).unwrap_err();
        assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidValue)), "{by}");
    }
    assert_eq!(SortOrder::parse(None).unwrap(), SortOrder::Ascending);
    assert_eq!(SortOrder::parse(Some("DESCENDING")).unwrap(), SortOrder::Descending);
    assert!(SortOrder::parse(Some("down")).is_err());
}

/// Values of every kind, as two resource types with one name for two things would give them.
fn resource() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        any::<Option<i64>>()
            .prop_map(|value| ("count", value.map_or(json!({}), |value| json!({"count": value})))),
        (-1e300..1e300_f64).prop_map(|value| ("ratio", json!({"ratio": value}))),
        any::<bool>().prop_map(|value| ("on", json!({"on": value}))),
        "[a-cA-C]{0,3}".prop_map(|value| ("label", json!({"label": value}))),
        (0..4_u8).prop_map(|hour| ("seen", json!({"seen": format!("2026-01-01T0{hour}:00:00Z")}))),
    ]
}

proptest! {
    #[test]
    fn n3_whole_numbers_are_sorted_as_a_naive_sort_does(values in prop::collection::vec(any::<Option<i64>>(), 0..40)) {
        let device = |value: &Option<i64>| value.map_or(json!({}), |value| json!({"count": value}));
        let mut naive: Vec<i64> = values.iter().filter_map(|value| *value).collect();
        naive.sort_unstable();
        let missing = values.len() - naive.len();
        let mut sorted = values.clone();
        let compare = |order: SortOrder, left: &Option<i64>, right: &Option<i64>| {
            order.compare(key("count", &device(left)).as_ref(), key("count", &device(right)).as_ref())
        };
        sorted.sort_by(|left, right| compare(SortOrder::Ascending, left, right));
        let ascending = naive.iter().copied().map(Some).chain(vec![None; missing]);
        prop_assert_eq!(&sorted, &ascending.collect::<Vec<_>>());
        sorted.sort_by(|left, right| compare(SortOrder::Descending, left, right));
        let descending = vec![None; missing].into_iter().chain(naive.iter().rev().copied().map(Some));
        prop_assert_eq!(sorted, descending.collect::<Vec<_>>());
    }

    /// The standard library may panic on an order that is none.
    #[test]
    fn cp6_a_key_is_written_down_and_read_again_without_loss((by, resource) in resource(), bytes in 0_usize..20) {
        let Some(key) = key(by, &resource) else { return Ok(()) };
        let text = serde_json::to_string(&key).unwrap();
        prop_assert_eq!(serde_json::from_str::<SortKey>(&text).unwrap(), key.clone());
        let cut = key.cut(bytes);
        prop_assert!(cut.text_bytes() <= bytes);
        prop_assert!(SortOrder::Ascending.compare(Some(&cut), Some(&key)).is_le());
        prop_assert_eq!(key.cut(usize::MAX), key);
    }

    #[test]
    fn n4_keys_of_all_kinds_have_one_total_order(resources in prop::collection::vec(resource(), 3)) {
        let keys: Vec<_> = resources.iter().map(|(by, resource)| key(by, resource)).collect();
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let compare = |left: usize, right: usize| order.compare(keys[left].as_ref(), keys[right].as_ref());
            prop_assert_eq!(compare(0, 0), Ordering::Equal);
            prop_assert_eq!(compare(0, 1), compare(1, 0).reverse());
            if compare(0, 1).is_le() && compare(1, 2).is_le() {
                prop_assert!(compare(0, 2).is_le());
            }
        }
    }
}
