//! One resource type with all its attributes: what validation, filters, PATCH and projection ask.

use std::sync::Arc;

use super::{Attribute, ResourceType, Returned, Schema};
use crate::{AttributePath, SchemaUri};

/// One resource type with its base schema, its extensions and the common attributes (RFC 7643 §3.1).
#[derive(Debug, Clone)]
pub struct ResourceModel {
    resource_type: ResourceType,
    base: Arc<Schema>,
    extensions: Vec<Arc<Schema>>,
    /// `schemas`, `id`, `externalId` and `meta`, which no schema document lists.
    common: Arc<Schema>,
    /// Whether some attribute is hidden although nobody asks for a projection (`returned` never or request).
    hides: bool,
    unknown_extensions: UnknownExtensions,
}

/// What happens to an extension object in a body whose URI the resource type does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum UnknownExtensions {
    /// It is left out, with a note.
    #[default]
    Ignore,
    /// It is stored as it is and given back. No schema tells its attributes, so filters and PATCH paths cannot name them.
    Keep,
    /// The request is refused.
    Refuse,
}

impl UnknownExtensions {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ignore, Self::Keep, Self::Refuse];

    /// The word in configuration: `ignore`, `keep` or `refuse`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Keep => "keep",
            Self::Refuse => "refuse",
        }
    }
}

/// What an [`AttributePath`] means for one resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeRef<'m> {
    /// A whole extension, named by its URI alone.
    Extension(&'m Schema),
    /// An attribute, or a sub-attribute of it.
    Attribute {
        /// The extension the attribute belongs to; `None` for the base schema and the common attributes.
        extension: Option<&'m SchemaUri>,
        /// The attribute.
        attribute: &'m Attribute,
        /// Its sub-attribute, where the path names one.
        sub: Option<&'m Attribute>,
    },
}

fn is_hidden(attribute: &Attribute) -> bool {
    matches!(attribute.returned, Returned::Never | Returned::Request)
        || attribute.sub_attributes.iter().any(is_hidden)
}

impl ResourceModel {
    pub(crate) fn new(
        resource_type: ResourceType,
        base: Arc<Schema>,
        extensions: Vec<Arc<Schema>>,
        common: Arc<Schema>,
    ) -> Self {
        let schemas = extensions.iter().chain([&base, &common]);
        let hides = schemas.flat_map(|schema| &schema.attributes).any(is_hidden);
        Self {
            resource_type,
            base,
            extensions,
            common,
            hides,
            unknown_extensions: UnknownExtensions::default(),
        }
    }

    /// The same with another rule for extensions that it does not have.
    #[must_use]
    pub fn with_unknown_extensions(mut self, rule: UnknownExtensions) -> Self {
        self.unknown_extensions = rule;
        self
    }

    /// What happens to extensions that it does not have.
    pub fn unknown_extensions(&self) -> UnknownExtensions {
        self.unknown_extensions
    }

    /// The members of a stored document that belong to extensions which were kept though nobody knows them.
    pub fn kept_extensions<'d>(&self, document: &'d crate::Object) -> impl Iterator<Item = &'d str> {
        let kept = document.keys().filter(|key| is_extension_uri(key) && self.extension(key).is_none());
        kept.map(String::as_str)
    }

    /// Whether some attribute is hidden although nobody asks for a projection (`returned` never or request).
    pub(crate) fn hides(&self) -> bool {
        self.hides
    }

    /// The resource type.
    pub fn resource_type(&self) -> &ResourceType {
        &self.resource_type
    }

    /// The base schema.
    pub fn base(&self) -> &Schema {
        &self.base
    }

    /// The extensions, in the order of the resource type.
    pub fn extensions(&self) -> impl Iterator<Item = &Schema> {
        self.extensions.iter().map(AsRef::as_ref)
    }

    /// The extension with that URI, in any case.
    pub fn extension(&self, uri: &str) -> Option<&Schema> {
        self.extensions().find(|schema| schema.id.is(uri))
    }

    /// The common attributes: `schemas`, `id`, `externalId`, `meta`.
    pub fn common(&self) -> &Schema {
        &self.common
    }

    /// The top-level attribute of that name among common and base attributes, in any case. A common attribute is the same
    /// for every resource type, whatever a base schema says about it (RFC 7643 §3.1).
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.common.attribute(name).or_else(|| self.base.attribute(name))
    }

    /// What `path` means here; `None` when this resource type has no such attribute.
    ///
    /// Case does not matter in any part. A prefix is the URI of the base schema or of an extension; `prefix:name` may be
    /// the URI of an extension as a whole, and, as older Entra jobs write it, of a schema followed by `.attribute`
    /// (`urn:…:enterprise:2.0:User.manager`).
    pub fn resolve(&self, path: &AttributePath) -> Option<AttributeRef<'_>> {
        let Some(prefix) = &path.prefix else {
            return self.member(None, &path.name, path.sub.as_deref());
        };
        if let Some(scope) = self.scope(prefix) {
            return self.member(scope, &path.name, path.sub.as_deref());
        }
        if let Some(extension) = self.extension(&path.to_string()) {
            return Some(AttributeRef::Extension(extension));
        }
        let scope = self.scope(&format!("{prefix}:{}", path.name))?;
        let dotted = path.sub.as_deref()?;
        match dotted.split_once('.') {
            Some((name, sub)) => self.member(scope, name, Some(sub)),
            None => self.member(scope, dotted, None),
        }
    }

    /// The schema a prefix names: `Some(None)` for the base schema, `Some(Some(_))` for an extension.
    fn scope(&self, uri: &str) -> Option<Option<&Schema>> {
        if self.base.id.is(uri) { Some(None) } else { self.extension(uri).map(Some) }
    }

    fn member<'m>(
        &'m self,
        extension: Option<&'m Schema>,
        name: &str,
        sub: Option<&str>,
    ) -> Option<AttributeRef<'m>> {
        let attribute = match extension {
            Some(schema) => schema.attribute(name),
            None => self.attribute(name),
        }?;
        let sub = match sub {
            Some(sub) => Some(attribute.sub_attribute(sub)?),
            None => None,
        };
        Some(AttributeRef::Attribute { extension: extension.map(|schema| &schema.id), attribute, sub })
    }
}

/// Whether the name of a member is the URI of a schema: no attribute has a colon in its name (RFC 7643 §2.1).
pub fn is_extension_uri(name: &str) -> bool {
    name.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:"))
}
