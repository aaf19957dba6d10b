//! Which attribute a path of a filter means.

use crate::quirks::unqualified_extension;
use crate::schema::{AttributeRef, AttributeType, Returned};
use crate::{Attribute, AttributePath, Dialect, Notes, Quirk, ResourceModel, SchemaUri, ScimError};

use super::Target;
use super::syntax_error::excerpt;

/// An attribute that a path names, and its sub-attribute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'m> {
    pub(super) extension: Option<&'m SchemaUri>,
    pub(super) attribute: &'m Attribute,
    pub(super) sub: Option<&'m Attribute>,
}

impl<'m> Found<'m> {
    /// What is compared in the end: the sub-attribute, else the attribute.
    pub(super) fn leaf(&self) -> &'m Attribute {
        self.sub.unwrap_or(self.attribute)
    }

    /// The same attribute with what a comparison without a sub-attribute means: the `value` of a complex attribute that has
    /// one (`emails co "x"`, `manager eq "x"`).
    pub(super) fn compared(mut self) -> Self {
        if self.sub.is_none() && self.attribute.is_complex() {
            self.sub = self.attribute.sub_attribute("value");
        }
        self
    }

    pub(super) fn target(&self) -> Target {
        let leaf = self.leaf();
        Target {
            extension: self.extension.cloned(),
            attribute: self.attribute.name.to_string(),
            sub: self.sub.map(|sub| sub.name.to_string()),
            kind: leaf.kind,
            case_exact: leaf.compares_exact() && !self.names_schemas(),
            multi_valued: self.attribute.multi_valued,
        }
    }

    /// Whether this is `schemas`. Its values are URIs of schemas, and those compare without regard to case everywhere else
    /// (RFC 7644 §3.10), unlike other references.
    fn names_schemas(&self) -> bool {
        self.extension.is_none()
            && self.attribute.name.is("schemas")
            && self.leaf().kind == AttributeType::Reference
    }
}

/// What `path` names; `None` when the resource type has no such attribute.
///
/// # Errors
/// 400 `invalidFilter` when it names a whole extension, or what is never returned (threat S20: a filter must not tell what a
/// representation does not).
pub(super) fn find<'m>(
    model: &'m ResourceModel,
    dialect: &Dialect,
    notes: &mut Notes,
    path: &AttributePath,
) -> Result<Option<Found<'m>>, ScimError> {
    let dotted = is_dotted(model, path);
    let found = match model.resolve(path) {
        Some(AttributeRef::Extension(schema)) => {
            let detail = format!("filter: {} is a whole extension; name one of its attributes", schema.id);
            return Err(ScimError::invalid_filter(detail));
        }
        Some(AttributeRef::Attribute { .. }) if dotted && !dialect.allows(Quirk::DottedUrn) => None,
        Some(AttributeRef::Attribute { extension, attribute, sub }) => {
            if dotted {
                notes.quirk(Quirk::DottedUrn, format!("filter: {path}: the dot read as a colon"));
            }
            Some(Found { extension, attribute, sub })
        }
        None => unqualified(model, dialect, notes, path),
    };
    found.map(visible).transpose()
}

/// The same attribute, when a filter may look at it.
pub(super) fn visible(found: Found<'_>) -> Result<Found<'_>, ScimError> {
    let hidden = |attribute: &&Attribute| attribute.returned == Returned::Never;
    match [Some(found.attribute), found.sub].into_iter().flatten().find(hidden) {
        Some(attribute) => {
            let detail = format!("filter: {} is never returned and cannot be compared", attribute.name);
            Err(ScimError::invalid_filter(detail))
        }
        None => Ok(found),
    }
}

/// Whether a dot stands where the colon after the schema's URI belongs.
fn is_dotted(model: &ResourceModel, path: &AttributePath) -> bool {
    path.prefix
        .as_ref()
        .is_some_and(|prefix| !model.base().id.is(prefix) && model.extension(prefix).is_none())
}

fn unqualified<'m>(
    model: &'m ResourceModel,
    dialect: &Dialect,
    notes: &mut Notes,
    path: &AttributePath,
) -> Option<Found<'m>> {
    if path.prefix.is_some() || model.attribute(&path.name).is_some() {
        return None;
    }
    let schema = unqualified_extension::find(dialect, notes, model, &path.name)?;
    let attribute = schema.attribute(&path.name)?;
    let sub = match &path.sub {
        Some(sub) => Some(attribute.sub_attribute(sub)?),
        None => None,
    };
    Some(Found { extension: Some(&schema.id), attribute, sub })
}

/// The sentence for a path that names nothing.
pub(super) fn unknown(model: &ResourceModel, path: &AttributePath) -> ScimError {
    let name = &model.resource_type().name;
    let mut homes = model.extensions().filter(|extension| extension.attribute(&path.name).is_some());
    let hint = match homes.next() {
        Some(home) if path.prefix.is_none() && model.attribute(&path.name).is_none() => {
            format!("; write {}:{path}", home.id)
        }
        _ => String::new(),
    };
    ScimError::invalid_filter(format!("filter: {name} has no attribute {}{hint}", excerpt(&path.to_string())))
}

/// The sentence for a name in the brackets behind an attribute that is not one of its sub-attributes.
pub(super) fn unknown_part(attribute: &Attribute, path: &AttributePath) -> ScimError {
    let detail = format!(
        "filter: {} has no sub-attribute {} (it has {})",
        attribute.name,
        excerpt(&path.to_string()),
        part_names(attribute)
    );
    ScimError::invalid_filter(detail)
}

/// The names of an attribute's parts, for a message.
pub(super) fn part_names(attribute: &Attribute) -> String {
    let names: Vec<_> = attribute.sub_attributes.iter().map(|sub| sub.name.as_str()).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}
