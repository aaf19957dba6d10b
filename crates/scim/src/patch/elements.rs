//! The elements of a multi-valued attribute: which are the same, and which one is primary.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::Object;
use crate::schema::{Attribute, Mutability};
use crate::validate::comparable;

/// Finds elements that say the same.
///
/// Two elements are the same when their `value` is, and their `type` where the one looked for has a type
/// (RFC 7643 §2.4); an element without `value`, such as an address, is the same as one that equals it in everything.
/// Strings compare as the schema says, with or without regard to case.
#[derive(Debug)]
pub(super) struct Index<'a> {
    attribute: &'a Attribute,
    positions: HashMap<String, usize>,
}

impl<'a> Index<'a> {
    pub(super) fn new(attribute: &'a Attribute, elements: &[Value]) -> Self {
        let mut index = Self { attribute, positions: HashMap::with_capacity(elements.len() * 2) };
        for (position, element) in elements.iter().enumerate() {
            index.insert(position, element);
        }
        index
    }

    /// Makes one more element known; where two are the same the first stays.
    pub(super) fn insert(&mut self, position: usize, element: &Value) {
        for key in known_as(self.attribute, element) {
            self.positions.entry(key).or_insert(position);
        }
    }

    /// The position of the first element that is the same as `element`.
    pub(super) fn find(&self, element: &Value) -> Option<usize> {
        self.positions.get(&sought_as(self.attribute, element)).copied()
    }
}

/// A set of elements to be recognised among others.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    attribute: &'a Attribute,
    keys: HashSet<String>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(attribute: &'a Attribute, elements: &[Value]) -> Self {
        let keys = elements.iter().map(|element| sought_as(attribute, element)).collect();
        Self { attribute, keys }
    }

    /// Whether `element` is the same as one of the set.
    pub(super) fn contains(&self, element: &Value) -> bool {
        known_as(self.attribute, element).iter().any(|key| self.keys.contains(key))
    }
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
            // A `value` that is required identifies an element alone: a member of a group is one whatever its type.
            let identifies = attribute.sub_attribute("value").is_some_and(|value| value.required);
            key_of(attribute, object, if identifies { &["value"] } else { &["value", "type"] })
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

/// Adds elements to a list; one that is there already gets what the new one says besides. Gives the position of the last
/// one that the request has made primary.
pub(super) fn append(attribute: &Attribute, elements: &mut Vec<Value>, added: &[Value]) -> Option<usize> {
    let mut index = Index::new(attribute, elements);
    let mut primary = None;
    for element in added {
        let position = match index.find(element) {
            Some(position) => {
                if let Some(existing) = elements.get_mut(position) {
                    complete(attribute, existing, element);
                }
                position
            }
            None => {
                index.insert(elements.len(), element);
                elements.push(element.clone());
                elements.len() - 1
            }
        };
        if is_primary(element) {
            primary = Some(position);
        }
    }
    primary
}

/// Gives an element what the same element of a request says; what can be set once stays as it is.
fn complete(attribute: &Attribute, existing: &mut Value, element: &Value) {
    let (Some(existing), Some(element)) = (existing.as_object_mut(), element.as_object()) else { return };
    for (name, value) in element {
        let immutable =
            attribute.sub_attribute(name).is_some_and(|sub| sub.mutability == Mutability::Immutable);
        if !(immutable && existing.contains_key(name)) {
            existing.insert(name.clone(), value.clone());
        }
    }
}

/// Whether the element says `"primary": true`.
pub(super) fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}

/// Leaves one element primary: the one a request has just made so (RFC 7644 §3.5.2). Without one, nothing changes.
pub(super) fn keep_one_primary(elements: &mut [Value], latest: Option<usize>) {
    let Some(latest) = latest else { return };
    for (position, element) in elements.iter_mut().enumerate() {
        if position != latest
            && is_primary(element)
            && let Some(object) = element.as_object_mut()
        {
            object.insert("primary".into(), Value::Bool(false));
        }
    }
}
