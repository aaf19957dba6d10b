//! What a client sees of a resource: the stored document plus what the server computes.

use enroll_scim::{Object, ResourceModel};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::ResourceKind;

/// What the server knows of a resource besides its document.
#[derive(Debug, Clone)]
pub(crate) struct Facts<'a> {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) last_modified: Timestamp,
    pub(crate) version: i64,
    /// `members` of a group, `groups` of a user; `None` when nobody asks for them.
    pub(crate) related: Option<Vec<Value>>,
    pub(crate) scim_base: &'a str,
}

/// The ETag of a version (RFC 7644 §3.14): weak, because two representations of one version may differ in projection.
pub(crate) fn version_tag(version: impl std::fmt::Display) -> String {
    format!("W/\"{version}\"")
}

/// `meta.location` (RFC 7643 §3.1).
pub(crate) fn location(scim_base: &str, kind: &ResourceKind, id: &str) -> String {
    format!("{scim_base}{}/{id}", kind.endpoint())
}

/// The full representation, before projection: `schemas` and `id` first, `meta` last.
pub(crate) fn represent(
    model: &ResourceModel,
    kind: &ResourceKind,
    document: Object,
    facts: Facts<'_>,
) -> Object {
    let mut schemas = vec![json!(model.base().id.as_str())];
    schemas.extend(
        model
            .extensions()
            .map(|extension| extension.id.as_str())
            .filter(|uri| document.contains_key(*uri))
            .map(|uri| json!(uri)),
    );
    schemas.extend(model.kept_extensions(&document).map(|uri| json!(uri)));
    let mut representation = Object::new();
    representation.insert("schemas".into(), Value::Array(schemas));
    representation.insert("id".into(), Value::String(facts.id.clone()));
    representation.extend(document);
    match (kind, facts.related) {
        (ResourceKind::User, Some(groups)) if !groups.is_empty() => {
            representation.insert("groups".into(), Value::Array(groups));
        }
        // authentik takes an absent list for "unknown" and adds nobody, so an empty group says that it is empty.
        (ResourceKind::Group, Some(members)) => {
            representation.insert("members".into(), Value::Array(members));
        }
        _ => {}
    }
    representation.insert(
        "meta".into(),
        json!({
            "resourceType": kind.name(),
            "created": date_time(facts.created),
            "lastModified": date_time(facts.last_modified),
            "location": location(facts.scim_base, kind, &facts.id),
            "version": version_tag(facts.version),
        }),
    );
    representation
}

/// An `xsd:dateTime` in UTC with milliseconds, always three digits.
fn date_time(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// An element of `members` or `groups`: `value`, `$ref`, `type`, and `display` where there is one.
pub(crate) fn reference(
    scim_base: &str,
    kind: &ResourceKind,
    id: &str,
    kind_of_link: &str,
    display: Option<&str>,
) -> Value {
    let mut element = Object::new();
    element.insert("value".into(), Value::String(id.to_owned()));
    element.insert("$ref".into(), Value::String(location(scim_base, kind, id)));
    if let Some(display) = display {
        element.insert("display".into(), Value::String(display.to_owned()));
    }
    element.insert("type".into(), Value::String(kind_of_link.to_owned()));
    Value::Object(element)
}

#[cfg(test)]
mod tests {
    use super::date_time;

    #[test]
    fn a8_times_have_date_time_and_milliseconds() {
        for (milliseconds, text) in
            [(0, "1970-01-01T00:00:00.000Z"), (1_793_000_000_120, "2026-10-26T07:33:20.120Z")]
        {
            let time = jiff::Timestamp::from_millisecond(milliseconds).unwrap();
            assert_eq!(date_time(time), text);
        }
    }
}
