//! When two values of an attribute are the same.

use serde_json::Value;

use crate::{Attribute, Folded};

/// A text that is equal for equal values of the attribute and differs for different ones: strings are compared as their
/// attribute says (`caseExact`), the order of list elements and of object members does not matter.
pub(crate) fn comparable(attribute: &Attribute, value: &Value) -> String {
    match value {
        Value::String(text) if !attribute.compares_exact() => format!("{:?}", Folded::new(text).as_str()),
        Value::Array(elements) => {
            let mut texts: Vec<_> = elements.iter().map(|element| comparable(attribute, element)).collect();
            texts.sort_unstable();
            format!("[{}]", texts.join(","))
        }
        Value::Object(object) => {
            let part = |(name, value): (&String, &Value)| match attribute.sub_attribute(name) {
                Some(sub) => format!("{name:?}:{}", comparable(sub, value)),
                None => format!("{name:?}:{value}"),
            };
            let mut texts: Vec<_> = object.iter().map(part).collect();
            texts.sort_unstable();
            format!("{{{}}}", texts.join(","))
        }
        Value::String(text) => format!("{text:?}"),
        simple => simple.to_string(),
    }
}
