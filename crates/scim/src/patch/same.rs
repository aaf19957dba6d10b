//! When two elements of a multi-valued attribute say the same, and finding them.
//!
//! An element of a request is the same as one of the resource when its `value` is, and its `type` where it has one
//! (RFC 7643 §2.4). A `value` that is required identifies an element alone: a member of a group is one whatever its type. An
//! element without `value`, such as an address, is the same as one that equals it in everything. Strings compare as the
//! schema says, with or without regard to case.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::validate::comparable;
use crate::{Attribute, Folded, Object};

/// For so many elements or fewer, looking at each of the others is quicker than an index of them.
const FEW: usize = 8;

/// Finds the elements of a resource that are the same as those of a request.
#[derive(Debug)]
pub(super) struct Finder<'a> {
    attribute: &'a Attribute,
    /// Where each key is found first; `None` when few elements are looked for.
    positions: Option<HashMap<String, usize>>,
}

impl<'a> Finder<'a> {
    /// Prepares to look for `sought` elements among `elements`.
    pub(super) fn new(attribute: &'a Attribute, elements: &[Value], sought: usize) -> Self {
        let mut finder = Self { attribute, positions: (sought > FEW).then(HashMap::new) };
        for (position, element) in elements.iter().enumerate() {
            finder.insert(position, element);
        }
        finder
    }

    /// Makes known that `element` has been put at `position`.
    pub(super) fn insert(&mut self, position: usize, element: &Value) {
        if let Some(positions) = &mut self.positions {
            for key in known_as(self.attribute, element) {
                positions.entry(key).or_insert(position);
            }
        }
    }

    /// The position of the first of the `elements` that is the same as `element`.
    pub(super) fn find(&self, elements: &[Value], element: &Value) -> Option<usize> {
        match &self.positions {
            Some(positions) => positions.get(&sought_as(self.attribute, element)).copied(),
            None => elements.iter().position(|existing| is_same(self.attribute, existing, element)),
        }
    }
}

/// Takes out of `elements` those that are the same as one of the `listed`.
pub(super) fn remove_listed(attribute: &Attribute, elements: &mut Vec<Value>, listed: &[Value]) {
    if listed.len() <= FEW {
        elements.retain(|existing| !listed.iter().any(|element| is_same(attribute, existing, element)));
        return;
    }
    let keys: HashSet<_> = listed.iter().map(|element| sought_as(attribute, element)).collect();
    elements.retain(|existing| !known_as(attribute, existing).iter().any(|key| keys.contains(key)));
}

/// Whether `element` of a request is the same as `existing` of the resource.
fn is_same(attribute: &Attribute, existing: &Value, element: &Value) -> bool {
    let (Some(ours), Some(theirs)) = (existing.as_object(), element.as_object()) else {
        return is_equal(attribute, existing, element);
    };
    let part_is_equal = |name: &str| match (attribute.sub_attribute(name), ours.get(name), theirs.get(name)) {
        (Some(sub), Some(one), Some(other)) => is_equal(sub, one, other),
        (_, one, other) => one == other,
    };
    match (ours.contains_key("value"), theirs.contains_key("value")) {
        (true, true) => {
            part_is_equal("value")
                && (identifies(attribute) || !theirs.contains_key("type") || part_is_equal("type"))
        }
        (false, false) => ours.len() == theirs.len() && theirs.keys().all(|name| part_is_equal(name)),
        _ => false,
    }
}

fn is_equal(attribute: &Attribute, one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) if attribute.compares_exact() => one == other,
        (Value::String(one), Value::String(other)) if one.is_ascii() && other.is_ascii() => {
            one.eq_ignore_ascii_case(other)
        }
        (Value::String(one), Value::String(other)) => Folded::new(one) == Folded::new(other),
        _ => comparable(attribute, one) == comparable(attribute, other),
    }
}

/// Whether a `value` alone says which element is meant.
fn identifies(attribute: &Attribute) -> bool {
    attribute.sub_attribute("value").is_some_and(|value| value.required)
}

/// Every key under which an element of a resource is found.
fn known_as(attribute: &Attribute, element: &Value) -> Vec<String> {
    let exact = sought_as(attribute, element);
    match element.as_object() {
        Some(object) if object.contains_key("value") && object.contains_key("type") => {
            vec![key_of(attribute, object, &["value"]), exact]
        }
        _ => vec![exact],
    }
}

/// The one key by which an element of a request is looked for.
fn sought_as(attribute: &Attribute, element: &Value) -> String {
    match element.as_object() {
        Some(object) if object.contains_key("value") => {
            key_of(attribute, object, if identifies(attribute) { &["value"] } else { &["value", "type"] })
        }
        _ => comparable(attribute, element),
    }
}

fn key_of(attribute: &Attribute, object: &Object, names: &[&str]) -> String {
    let parts = names.iter().filter_map(|name| {
        let (value, sub) = (object.get(*name)?, attribute.sub_attribute(name)?);
        Some(format!("{name}={}", comparable(sub, value)))
    });
    parts.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{FEW, Finder, is_same, remove_listed};
    use crate::{Attribute, Registry};

    fn attribute(of: &str, name: &str) -> Attribute {
        Registry::core().model(of).unwrap().attribute(name).unwrap().clone()
    }

    fn elements() -> impl Strategy<Value = Vec<Value>> {
        let element = (
            proptest::sample::select(vec![
                None,
                Some("a"),
                Some("A"),
                Some("é"),
                Some("É"),
                Some("a\"&type="),
            ]),
            proptest::sample::select(vec![None, Some("work"), Some("WORK"), Some("home")]),
            proptest::option::of(any::<bool>()),
        );
        let element = element.prop_map(|(value, kind, primary)| {
            let mut object = crate::Object::new();
            object.extend(value.map(|value| ("value".into(), json!(value))));
            object.extend(kind.map(|kind| ("type".into(), json!(kind))));
            object.extend(primary.map(|primary| ("primary".into(), json!(primary))));
            Value::Object(object)
        });
        proptest::collection::vec(element, 0..12)
    }

    proptest! {
        #[test]
        fn an_index_finds_what_looking_at_each_element_finds(known in elements(), sought in elements()) {
            for attribute in [attribute("User", "emails"), attribute("Group", "members")] {
                let (scan, index) =
                    (Finder::new(&attribute, &known, 1), Finder::new(&attribute, &known, FEW + 1));
                for element in &sought {
                    prop_assert_eq!(scan.find(&known, element), index.find(&known, element));
                }
                let mut many = sought.clone();
                many.resize(FEW + sought.len() + 1, json!({"value": "not there"}));
                let mut removed = known.clone();
                remove_listed(&attribute, &mut removed, &many);
                let is_listed =
                    |existing: &Value| sought.iter().any(|element| is_same(&attribute, existing, element));
                let kept: Vec<Value> = known.iter().filter(|known| !is_listed(known)).cloned().collect();
                prop_assert_eq!(removed, kept);
            }
        }
    }
}
