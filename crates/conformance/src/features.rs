//! What the server says of itself: ServiceProviderConfig, ResourceTypes and Schemas.

use serde_json::Value;

use crate::check::{Verdict, skip};
use crate::json::{at, elements, member};
use crate::urn;

/// The three documents, null or empty where they could not be read.
#[derive(Debug, Default)]
pub(crate) struct Features {
    pub(crate) config: Value,
    pub(crate) resource_types: Vec<Value>,
    pub(crate) schemas: Vec<Value>,
}

impl Features {
    /// Whether ServiceProviderConfig says that the feature is supported (RFC 7643 §5). What it does not say is not.
    pub(crate) fn supports(&self, feature: &str) -> bool {
        at(&self.config, feature).get("supported").and_then(Value::as_bool).unwrap_or_default()
    }

    /// Skips the check unless the feature is supported.
    pub(crate) fn need(&self, feature: &str) -> Verdict {
        if self.supports(feature) {
            return Ok(());
        }
        skip(if self.config.is_null() {
            format!("ServiceProviderConfig cannot be read, so {feature} is taken as not supported")
        } else {
            format!("ServiceProviderConfig says that {feature} is not supported")
        })
    }

    /// The endpoint of the resource type whose schema this is, such as `/Users`.
    pub(crate) fn endpoint(&self, schema: &str) -> Option<&str> {
        self.resource_type(schema).and_then(|known| member(known, "endpoint").as_str())
    }

    /// The resource type whose schema this is.
    pub(crate) fn resource_type(&self, schema: &str) -> Option<&Value> {
        self.resource_types.iter().find(|known| {
            member(known, "schema").as_str().is_some_and(|uri| uri.eq_ignore_ascii_case(schema))
        })
    }

    /// The schema of this URI.
    pub(crate) fn schema(&self, uri: &str) -> Option<&Value> {
        self.schemas
            .iter()
            .find(|known| member(known, "id").as_str().is_some_and(|id| id.eq_ignore_ascii_case(uri)))
    }

    /// The definition of an attribute such as `name/givenName`.
    pub(crate) fn attribute(&self, schema: &str, path: &str) -> Option<&Value> {
        let mut known = self.schema(schema)?;
        for (depth, name) in path.split('/').enumerate() {
            let list = if depth == 0 { "attributes" } else { "subAttributes" };
            known = elements(member(known, list)).iter().find(|attribute| {
                member(attribute, "name").as_str().is_some_and(|known| known.eq_ignore_ascii_case(name))
            })?;
        }
        Some(known)
    }

    /// Whether the schema has the attribute. Where the schema cannot be read, the attributes of RFC 7643 are assumed.
    pub(crate) fn has(&self, schema: &str, path: &str) -> bool {
        self.schema(schema).is_none() || self.attribute(schema, path).is_some()
    }

    /// Skips the check unless users have the attribute.
    pub(crate) fn need_attribute(&self, path: &str) -> Verdict {
        if self.has(urn::USER, path) {
            return Ok(());
        }
        skip(format!("the server's User schema has no {}", path.replace('/', ".")))
    }

    /// The schemas of the extensions of a resource type, each with whether it is required.
    pub(crate) fn extensions(&self, schema: &str) -> Vec<(&str, bool)> {
        let known = self.resource_type(schema).map(|known| elements(member(known, "schemaExtensions")));
        known
            .unwrap_or_default()
            .iter()
            .filter_map(|extension| {
                let required = member(extension, "required").as_bool().unwrap_or_default();
                Some((member(extension, "schema").as_str()?, required))
            })
            .collect()
    }

    /// Skips the check unless users have the enterprise extension.
    pub(crate) fn need_enterprise(&self) -> Verdict {
        if self.extensions(urn::USER).iter().any(|(schema, _)| schema.eq_ignore_ascii_case(urn::ENTERPRISE)) {
            return Ok(());
        }
        skip("the server's User has no enterprise extension")
    }
}
