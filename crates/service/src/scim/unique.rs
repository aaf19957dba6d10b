//! Attributes that custom schemas declare unique (RFC 7643 §2.2, RFC 7644 §3.12): no two resources of a directory have one value.
//!
//! `server` and `global` mean the same: what is unique in the world cannot be checked here. The unique attributes of the core
//! schemas are not among them; those have indexes of their own.

use enroll_domain::DirectoryId;
use enroll_scim::schema::{AttributeType, Uniqueness};
use enroll_scim::{Attribute, Folded, Resource, ResourceModel, Schema, ScimError, datetime};
use enroll_store::Tx;
use enroll_store::unique_value::{self, UniqueValue};
use serde_json::{Number, Value};
use uuid::Uuid;

use super::ResourceKind;
use crate::Error;
use crate::admin::each_resource;
use crate::models::Models;

/// Keeps the unique values of a resource that is about to be stored.
///
/// # Errors
/// 409 `uniqueness` that names the attribute, when another resource has the value.
pub(crate) fn keep(
    tx: &Tx<'_>,
    directory: DirectoryId,
    (kind, model): (&ResourceKind, &ResourceModel),
    owner: Uuid,
    resource: &Resource,
) -> Result<(), Error> {
    let schemas = schemas(kind, model);
    if schemas.is_empty() {
        return Ok(());
    }
    match unique_value::set(tx, directory, owner, &all(&schemas, resource))? {
        None => Ok(()),
        Some(UniqueValue { attribute, .. }) => Err(ScimError::uniqueness(format!(
            "another resource of this directory has this value of {attribute}, which is unique"
        ))
        .into()),
    }
}

/// Resources whose unique values are not those that their documents have, a sentence each; at most `most`.
///
/// # Errors
/// The store fails.
pub(crate) fn inconsistencies(
    tx: &Tx<'_>,
    directory: DirectoryId,
    models: &Models,
    most: usize,
) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for kind in models.kinds() {
        let schemas = schemas(&kind, models.model(&kind));
        if schemas.is_empty() {
            continue;
        }
        each_resource(tx, directory, &kind, |id, document| {
            let mut expected = all(&schemas, &Resource::from_stored(document));
            expected.sort_unstable();
            if found.len() < most && unique_value::of(tx, directory, id)? != expected {
                found.push(format!("the unique values of {} {id} do not fit its document", kind.name()));
            }
            Ok(())
        })?;
    }
    Ok(found)
}

fn all(schemas: &[Unique<'_>], resource: &Resource) -> Vec<UniqueValue> {
    schemas.iter().flat_map(|unique| values(unique, resource)).collect()
}

/// Gives up the unique values of a resource that is deleted.
///
/// # Errors
/// The store fails.
pub(super) fn release(
    tx: &Tx<'_>,
    directory: DirectoryId,
    (kind, model): (&ResourceKind, &ResourceModel),
    owner: Uuid,
) -> Result<(), Error> {
    if schemas(kind, model).is_empty() {
        return Ok(());
    }
    unique_value::clear(tx, directory, owner).map_err(Error::from)
}

/// How the attributes of a schema are found in a resource.
type Container = for<'r> fn(&'r Resource, &Schema) -> Option<&'r serde_json::Map<String, Value>>;

/// The unique attributes of one schema.
struct Unique<'m> {
    schema: &'m Schema,
    attributes: Vec<&'m Attribute>,
    container: Container,
}

/// The schemas with unique attributes. What a base schema says about a common attribute has no effect (RFC 7643 §3.1).
fn schemas<'m>(kind: &ResourceKind, model: &'m ResourceModel) -> Vec<Unique<'m>> {
    let inside: Container = |resource, schema| resource.get(schema.id.as_str())?.as_object();
    let whole: Container = |resource, _| Some(resource.as_object());
    let unique = |schema: &'m Schema, container| Unique {
        schema,
        attributes: schema.attributes.iter().filter(|attribute| has_unique(attribute)).collect(),
        container,
    };
    let base = matches!(kind, ResourceKind::Custom(_)).then(|| {
        let mut base = unique(model.base(), whole);
        base.attributes.retain(|attribute| model.common().attribute(attribute.name.as_str()).is_none());
        base
    });
    let all = model.extensions().map(|schema| unique(schema, inside)).chain(base);
    all.filter(|schema| !schema.attributes.is_empty()).collect()
}

fn has_unique(attribute: &Attribute) -> bool {
    attribute.uniqueness != Uniqueness::None || attribute.sub_attributes.iter().any(has_unique)
}

fn values(Unique { schema, attributes, container }: &Unique<'_>, resource: &Resource) -> Vec<UniqueValue> {
    let container = container(resource, schema);
    let mut found = Vec::new();
    for attribute in attributes {
        let Some(value) = container.and_then(|container| container.get(attribute.name.as_str())) else {
            continue;
        };
        let elements = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for element in elements {
            let path = format!("{}:{}", schema.id, attribute.name);
            add(&mut found, attribute, &path, element);
            for sub in &attribute.sub_attributes {
                if let Some(part) = element.get(sub.name.as_str()) {
                    add(&mut found, sub, &format!("{path}.{}", sub.name), part);
                }
            }
        }
    }
    found
}

/// Adds a value, unless the resource has it twice itself.
fn add(found: &mut Vec<UniqueValue>, attribute: &Attribute, path: &str, value: &Value) {
    let key = match value {
        _ if attribute.uniqueness == Uniqueness::None => return,
        Value::String(text) if attribute.kind == AttributeType::DateTime => instant(text),
        Value::String(text) if attribute.compares_exact() => text.clone(),
        Value::String(text) => Folded::new(text).as_str().to_owned(),
        Value::Number(number) => whole(number),
        _ => return,
    };
    let value = UniqueValue { attribute: path.to_ascii_lowercase(), value_key: key };
    if !found.contains(&value) {
        found.push(value);
    }
}

/// One text for one point in time, however it is written (RFC 7643 §2.3.5).
fn instant(text: &str) -> String {
    datetime::parse(text).map_or_else(|| text.to_owned(), |time| time.to_string())
}

/// One text for one number, however it is written: `1` and `1.0` are the same (RFC 7643 §2.3.3).
fn whole(number: &Number) -> String {
    match number.as_f64() {
        // Adding 0 makes 0 of -0.
        Some(float) if number.is_f64() && float.fract() == 0.0 => format!("{:.0}", float + 0.0),
        _ => number.to_string(),
    }
}
