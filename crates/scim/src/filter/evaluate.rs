//! Evaluates a filter on one representation. What a store's query language makes of a filter is tested against this.

use serde_json::{Map, Value};

use super::compare::compares;
use super::{CompareOp, Target, TypedFilter, TypedValue};
use crate::Object;

impl TypedFilter {
    /// Whether `resource` meets the filter. It is a full representation: names are spelt as in the schema, extensions sit
    /// under their URI, and what the server computes (`id`, `meta`, `groups`, `schemas`) is there.
    pub fn matches(&self, resource: &Object) -> bool {
        self.holds(Scope::Resource(resource))
    }

    /// Whether `element`, one value of a multi-valued complex attribute, meets the filter: the inner one of an
    /// [`Element`](TypedFilter::Element), or else one that was read as such.
    pub fn matches_element(&self, element: &Value) -> bool {
        let filter = if let Self::Element { filter, .. } = self { filter } else { self };
        filter.holds(Scope::Element(element))
    }

    fn holds(&self, scope: Scope<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(scope)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(scope)),
            Self::Not(part) => !part.holds(scope),
            Self::Never => false,
            Self::Present(target) => scope.any(target, &mut has_value),
            Self::Compare { target, op: CompareOp::NotEqual, value } => differs(scope, target, value),
            Self::Compare { target, op, value } => {
                scope.any(target, &mut |found| compares(found, *op, value))
            }
            Self::Element { target, filter } => {
                scope.any(target, &mut |element| filter.holds(Scope::Element(element)))
            }
        }
    }
}

/// Whether there is no value, or any that is not `value`.
fn differs(scope: Scope<'_>, target: &Target, value: &TypedValue) -> bool {
    let mut assigned = false;
    let differs = scope.any(target, &mut |found| {
        assigned = true;
        !compares(found, CompareOp::Equal, value)
    });
    differs || !assigned
}

/// RFC 7644 Table 3, `pr`: neither null nor empty; of a complex value, any part. Parts have no parts (RFC 7643 §2.3.8).
fn has_value(value: &Value) -> bool {
    match value {
        Value::Object(parts) => parts.values().any(is_assigned),
        simple => is_assigned(simple),
    }
}

fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(parts) => !parts.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// What the targets of a filter are looked up in.
#[derive(Debug, Clone, Copy)]
enum Scope<'v> {
    /// A whole resource.
    Resource(&'v Map<String, Value>),
    /// One value of a multi-valued attribute.
    Element(&'v Value),
}

impl Scope<'_> {
    /// Whether `holds` is true of any value of the target. Values that are `null` are not asked about.
    fn any(self, target: &Target, holds: &mut dyn FnMut(&Value) -> bool) -> bool {
        match self {
            Self::Element(element) => any_part(element, target.sub.as_deref(), holds),
            Self::Resource(resource) => {
                let container = match &target.extension {
                    Some(uri) => resource.get(uri.as_str()).and_then(Value::as_object),
                    None => Some(resource),
                };
                let value = container.and_then(|container| container.get(&target.attribute));
                value.is_some_and(|value| {
                    any_value(value, &mut |value| any_part(value, target.sub.as_deref(), holds))
                })
            }
        }
    }
}

fn any_part(value: &Value, sub: Option<&str>, holds: &mut dyn FnMut(&Value) -> bool) -> bool {
    let part = match sub {
        Some(sub) => value.as_object().and_then(|parts| parts.get(sub)),
        None => Some(value),
    };
    part.is_some_and(|part| any_value(part, holds))
}

/// Asks about each value of a list, or about the one value.
fn any_value(value: &Value, holds: &mut dyn FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Null => false,
        Value::Array(values) => values.iter().any(|value| !value.is_null() && holds(value)),
        value => holds(value),
    }
}
