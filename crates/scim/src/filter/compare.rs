//! Compares one stored value with the value of a filter.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{CompareOp, TypedValue};
use crate::{Folded, datetime};

/// Whether `found op value` holds. A value of another type than the schema says compares with nothing.
pub(super) fn compares(found: &Value, op: CompareOp, value: &TypedValue) -> bool {
    match (value, found) {
        (TypedValue::Boolean(value), Value::Bool(found)) => ordered(found.cmp(value), op),
        (TypedValue::Number(value), Value::Number(found)) => {
            compare_numbers(found, value).is_some_and(|ordering| ordered(ordering, op))
        }
        (TypedValue::Exact(value), Value::String(found)) => texts(found, op, value),
        (TypedValue::Folded(value), Value::String(found)) if found.is_ascii() => {
            ascii(found, op, value.as_str())
        }
        (TypedValue::Folded(value), Value::String(found)) => {
            texts(Folded::new(found).as_str(), op, value.as_str())
        }
        (TypedValue::DateTime(value), Value::String(found)) => {
            datetime::parse(found).is_some_and(|found| ordered(found.cmp(value), op))
        }
        _ => false,
    }
}

/// What an operator makes of an order; substrings have none.
fn ordered(ordering: Ordering, op: CompareOp) -> bool {
    match op {
        CompareOp::Equal => ordering.is_eq(),
        CompareOp::NotEqual => ordering.is_ne(),
        CompareOp::Greater => ordering.is_gt(),
        CompareOp::GreaterOrEqual => ordering.is_ge(),
        CompareOp::Less => ordering.is_lt(),
        CompareOp::LessOrEqual => ordering.is_le(),
        CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith => false,
    }
}

/// Whole numbers compare exactly, however large; others as floating point.
fn compare_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// By code point, which is the order of the bytes of UTF-8.
fn texts(found: &str, op: CompareOp, value: &str) -> bool {
    match op {
        CompareOp::Contains => found.contains(value),
        CompareOp::StartsWith => found.starts_with(value),
        CompareOp::EndsWith => found.ends_with(value),
        _ => ordered(found.cmp(value), op),
    }
}

/// Folds an ASCII text while comparing it with a folded one, without a copy where none is needed.
fn ascii(found: &str, op: CompareOp, value: &str) -> bool {
    let same = |part: &[u8]| part.eq_ignore_ascii_case(value.as_bytes());
    let (bytes, length) = (found.as_bytes(), value.len());
    match op {
        CompareOp::Equal => same(bytes),
        CompareOp::NotEqual => !same(bytes),
        CompareOp::StartsWith => bytes.get(..length).is_some_and(same),
        CompareOp::EndsWith => {
            bytes.len().checked_sub(length).and_then(|at| bytes.get(at..)).is_some_and(same)
        }
        // The search of the standard library is linear however much the texts repeat themselves.
        CompareOp::Contains => found.to_ascii_lowercase().contains(value),
        _ => ordered(bytes.iter().map(u8::to_ascii_lowercase).cmp(value.bytes()), op),
    }
}
