//! The attributes that a parameter names.

use std::borrow::Cow;

use crate::schema::AttributeRef;
use crate::{AttributePath, ResourceModel, SchemaUri};

/// What a parameter names, as the schema spells it, each once: so there are never more than a resource type has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names(Vec<Named>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Named {
    /// All of the base schema.
    Base,
    /// A whole extension.
    Extension(SchemaUri),
    /// An attribute, or a part of one.
    Attribute { extension: Option<SchemaUri>, name: String, sub: Option<String> },
}

impl Names {
    /// Reads names; those that the resource type does not have are ignored.
    pub(super) fn read<S: AsRef<str>>(model: &ResourceModel, texts: &[S]) -> Self {
        let mut names: Vec<Named> = Vec::new();
        for named in texts.iter().filter_map(|text| read(model, text.as_ref())) {
            if !names.contains(&named) {
                names.push(named);
            }
        }
        Self(names)
    }

    /// Whether an attribute is named as a whole, itself or with its schema.
    pub(super) fn whole(&self, extension: Option<&SchemaUri>, attribute: &str) -> bool {
        self.0.iter().any(|named| match named {
            Named::Base => extension.is_none(),
            Named::Extension(uri) => extension == Some(uri),
            Named::Attribute { extension: home, name, sub: None } => is(home, name, extension, attribute),
            Named::Attribute { .. } => false,
        })
    }

    /// Whether that part of an attribute is named.
    pub(super) fn part(&self, extension: Option<&SchemaUri>, attribute: &str, part: &str) -> bool {
        self.parts(extension, attribute).any(|sub| sub.eq_ignore_ascii_case(part))
    }

    /// Whether any part of an attribute is named.
    pub(super) fn any_part(&self, extension: Option<&SchemaUri>, attribute: &str) -> bool {
        self.parts(extension, attribute).next().is_some()
    }

    fn parts(&self, extension: Option<&SchemaUri>, attribute: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(move |named| match named {
            Named::Attribute { extension: home, name, sub } if is(home, name, extension, attribute) => {
                sub.as_deref()
            }
            _ => None,
        })
    }
}

fn is(home: &Option<SchemaUri>, name: &str, extension: Option<&SchemaUri>, attribute: &str) -> bool {
    home.as_ref() == extension && name.eq_ignore_ascii_case(attribute)
}

fn read(model: &ResourceModel, text: &str) -> Option<Named> {
    let text = &*without_filter(text.trim());
    if model.base().id.is(text) {
        return Some(Named::Base);
    }
    if let Some(schema) = model.extension(text) {
        return Some(Named::Extension(schema.id.clone()));
    }
    let path = AttributePath::parse(text).ok()?;
    let named = model.resolve(&path).or_else(|| in_an_extension(model, &path))?;
    match named {
        AttributeRef::Extension(schema) => Some(Named::Extension(schema.id.clone())),
        AttributeRef::Attribute { extension, attribute, sub } => Some(Named::Attribute {
            extension: extension.cloned(),
            name: attribute.name.to_string(),
            sub: sub.map(|sub| sub.name.to_string()),
        }),
    }
}

/// An attribute of an extension without its URI. Clients should qualify it (RFC 7644 §3.10); as unknown names are ignored, a
/// name that can only mean this is better understood.
fn in_an_extension<'m>(model: &'m ResourceModel, path: &AttributePath) -> Option<AttributeRef<'m>> {
    if path.prefix.is_some() {
        return None;
    }
    let mut found = model.extensions().filter_map(|schema| {
        model.resolve(&AttributePath { prefix: Some(schema.id.as_str().to_owned()), ..path.clone() })
    });
    found.next().filter(|_| found.next().is_none())
}

/// `emails[type eq "work"].value` as `emails.value`.
fn without_filter(text: &str) -> Cow<'_, str> {
    match (text.split_once('['), text.rsplit_once(']')) {
        (Some((before, _)), Some((_, after))) => Cow::Owned(format!("{before}{after}")),
        _ => Cow::Borrowed(text),
    }
}
