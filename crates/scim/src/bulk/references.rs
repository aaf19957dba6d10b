//! `bulkId:…` in the data and the path of an operation (RFC 7644 §3.7.2).

use std::ops::Range;

use serde_json::Value;

use super::REFERENCE;
use super::operation::{Action, Operation};
use crate::Object;

impl Operation {
    /// The same operation with every `bulkId:…` replaced by what `id` gives for it; what it gives nothing for stays.
    ///
    /// References are whole strings anywhere in the data, the id in the path, and string literals in the filter of a PATCH
    /// path: `members[value eq "bulkId:ann"]` (RFC 7644 §3.7.2).
    #[must_use]
    pub fn resolved<'i>(&self, id: impl Fn(&str) -> Option<&'i str>) -> Self {
        let mut operation = self.clone();
        let (target, data) = match &mut operation.action {
            Action::Post(data) => (None, Some((data, false))),
            Action::Put(target, data) => (Some(target), Some((data, false))),
            Action::Patch(target, data) => (Some(target), Some((data, true))),
            Action::Delete(target) => (Some(target), None),
        };
        if let Some(target) = target {
            replace_text(target, &id);
        }
        if let Some((data, patch)) = data {
            replace_in(data, patch, &id);
        }
        operation
    }

    /// Calls `visit` with every string that stands where an id could stand: the id in the path, strings in the data, literals
    /// in the filter of a PATCH path.
    pub(super) fn each_text(&self, visit: &mut dyn FnMut(&str)) {
        if let Some(id) = self.action.id() {
            visit(id);
        }
        if let Some(data) = self.action.data() {
            visit_in(data, matches!(self.action, Action::Patch(..)), visit);
        }
    }
}

/// The bulkId that a string refers to.
pub(super) fn referred(text: &str) -> Option<&str> {
    text.strip_prefix(REFERENCE)
}

fn visit_in(object: &Object, patch: bool, visit: &mut dyn FnMut(&str)) {
    for (name, value) in object {
        if let Value::String(path) = value
            && is_path(name, patch)
        {
            for (_, text) in literals(path) {
                visit(&text);
            }
        }
        visit_value(value, patch, visit);
    }
}

fn visit_value(value: &Value, patch: bool, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(elements) => elements.iter().for_each(|element| visit_value(element, patch, visit)),
        Value::Object(object) => visit_in(object, patch, visit),
        _ => {}
    }
}

fn replace_in<'i>(object: &mut Object, patch: bool, id: &impl Fn(&str) -> Option<&'i str>) {
    for (name, value) in object.iter_mut() {
        if let Value::String(path) = value
            && is_path(name, patch)
        {
            replace_literals(path, id);
        }
        replace_value(value, patch, id);
    }
}

fn replace_value<'i>(value: &mut Value, patch: bool, id: &impl Fn(&str) -> Option<&'i str>) {
    match value {
        Value::String(text) => replace_text(text, id),
        Value::Array(elements) => elements.iter_mut().for_each(|element| replace_value(element, patch, id)),
        Value::Object(object) => replace_in(object, patch, id),
        _ => {}
    }
}

fn replace_text<'i>(text: &mut String, id: &impl Fn(&str) -> Option<&'i str>) {
    if let Some(id) = referred(text).and_then(id) {
        *text = id.to_owned();
    }
}

/// From the end, so that the places before stay where they are. Ids need no escape.
fn replace_literals<'i>(path: &mut String, id: &impl Fn(&str) -> Option<&'i str>) {
    for (place, text) in literals(path).into_iter().rev() {
        if let Some(id) = referred(&text).and_then(id) {
            path.replace_range(place, &format!("\"{id}\""));
        }
    }
}

/// Whether a member of the data is the `path` of a PATCH operation.
fn is_path(name: &str, patch: bool) -> bool {
    patch && name.eq_ignore_ascii_case("path")
}

/// The references among the string literals of a filter, with their places, quotes included.
fn literals(path: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    let mut escaped = false;
    for (place, byte) in path.bytes().enumerate() {
        match (byte, open) {
            _ if escaped => escaped = false,
            (b'\\', Some(_)) => escaped = true,
            (b'"', None) => open = Some(place),
            (b'"', Some(start)) => {
                open = None;
                let literal = start..place + 1;
                let text =
                    path.get(literal.clone()).and_then(|text| serde_json::from_str::<String>(text).ok());
                if let Some(text) = text.filter(|text| referred(text).is_some()) {
                    found.push((literal, text));
                }
            }
            _ => {}
        }
    }
    found
}
