//! What a path means for a resource type (RFC 7644 §3.5.2, Figure 7, and §3.10).

use super::selection::Selection;
use super::step::Place;
use crate::filter::ValuePath;
use crate::quirks::{dotted_urn, unqualified_extension};
use crate::schema::{AttributeRef, Mutability, USER_SCHEMA};
use crate::validate::{Reading, shown};
use crate::{Attribute, AttributeName, AttributePath, Limits, Schema, ScimError};

/// What a path names.
#[derive(Debug)]
pub(super) enum Named<'m> {
    /// A whole extension.
    Extension(&'m Schema),
    /// An attribute, some of its elements, or a sub-attribute.
    Attribute(Box<Target<'m>>),
    /// Something that is accepted and not kept; the sentence says why.
    Ignored(String),
}

/// The target of an operation.
#[derive(Debug)]
pub(super) struct Target<'m> {
    /// Where the attribute stands.
    pub(super) place: Place,
    /// The attribute.
    pub(super) attribute: &'m Attribute,
    /// Which of its elements, where the path has a filter.
    pub(super) selection: Option<Selection>,
    /// The sub-attribute, where the path names one.
    pub(super) sub: Option<&'m Attribute>,
}

impl<'m> Target<'m> {
    /// An attribute as a whole.
    pub(super) fn whole(extension: Option<&Schema>, attribute: &'m Attribute, path: &str) -> Self {
        let place = Place {
            path: shown(path),
            extension: extension.map(|schema| schema.id.to_string()),
            attribute: Some(attribute.name.to_string()),
        };
        Self { place, attribute, selection: None, sub: None }
    }

    /// The name by which messages about a value call the target.
    pub(super) fn label(&self) -> String {
        let extension = self.place.extension.as_ref().map_or(String::new(), |uri| format!("{uri}:"));
        let sub = self.sub.map_or(String::new(), |sub| format!(".{}", sub.name));
        format!("{extension}{}{sub}", self.attribute.name)
    }

    /// Whether only the server writes it.
    pub(super) fn is_read_only(&self) -> bool {
        let read_only = |attribute: &Attribute| attribute.mutability == Mutability::ReadOnly;
        read_only(self.attribute) || self.sub.is_some_and(read_only)
    }
}

/// Reads a path and asks the schemas what it names.
///
/// # Errors
/// 400 `invalidPath` when it cannot be read or has a filter where there is only one value; `invalidFilter` when its filter
/// cannot be; `noTarget` when the resource type has no such attribute.
pub(super) fn resolve<'a>(cx: &mut Reading<'a>, limits: &Limits, text: &str) -> Result<Named<'a>, ScimError> {
    let model = cx.model;
    let mended = dotted_urn::mend(cx.dialect, cx.notes, model, text)?;
    let path = ValuePath::parse(mended.as_deref().unwrap_or(text), limits, cx.dialect, cx.notes)?;
    let (extension, attribute, sub) = match find(cx, &path.path) {
        Some(AttributeRef::Extension(extension)) if path.filter.is_none() => {
            return Ok(Named::Extension(extension));
        }
        Some(AttributeRef::Extension(_)) => {
            return Err(ScimError::invalid_path(
                "a filter in brackets belongs to an attribute, not to an extension",
            ));
        }
        Some(AttributeRef::Attribute { extension, attribute, sub }) => (extension, attribute, sub),
        None => return ignored(cx, &path).map(Named::Ignored).ok_or_else(|| unknown(cx, &path.path)),
    };
    if path.filter.is_some() && (!attribute.multi_valued || sub.is_some()) {
        let detail = format!("{} has one value: a filter in brackets selects from lists", path.path);
        return Err(ScimError::invalid_path(detail));
    }
    let sub = match &path.sub {
        Some(name) => match attribute.sub_attribute(name.as_str()) {
            Some(sub) => Some(sub),
            None => {
                let whole = AttributePath { sub: Some(name.to_string()), ..path.path.clone() };
                return ignored(cx, &path).map(Named::Ignored).ok_or_else(|| unknown(cx, &whole));
            }
        },
        None => sub,
    };
    let extension = extension.map(ToString::to_string);
    let list = AttributePath { prefix: extension.clone(), name: attribute.name.to_string(), sub: None };
    let selection = path.filter.map(|filter| Selection::new(cx, attribute, &list, filter)).transpose()?;
    let place = Place { path: shown(text), extension, attribute: Some(list.name) };
    Ok(Named::Attribute(Box::new(Target { place, attribute, selection, sub })))
}

fn find<'a>(cx: &mut Reading<'a>, path: &AttributePath) -> Option<AttributeRef<'a>> {
    let model = cx.model;
    if let Some(found) = model.resolve(path) {
        return Some(found);
    }
    if path.prefix.is_some() || model.attribute(&path.name).is_some() {
        return None;
    }
    let extension = unqualified_extension::find(cx.dialect, cx.notes, model, &path.name)?;
    model.resolve(&AttributePath { prefix: Some(extension.id.to_string()), ..path.clone() })
}

/// Why a path that names nothing is no error.
///
/// A `password` is accepted and dropped. The sub-attributes that multi-valued attributes have by default (RFC 7643 §2.4) may
/// be sent for one whose schema leaves them out: RFC 7644 itself sets the `primary` of an address.
fn ignored(cx: &Reading<'_>, path: &ValuePath) -> Option<String> {
    const DEFAULTS: [&str; 5] = ["type", "primary", "display", "value", "$ref"];
    let AttributePath { prefix, name, sub } = &path.path;
    let base = cx.model.base();
    let in_base = prefix.as_ref().is_none_or(|prefix| base.id.is(prefix));
    if in_base && name.eq_ignore_ascii_case("password") && sub.is_none() && base.id.is(USER_SCHEMA) {
        return Some("password ignored: passwords are not kept".into());
    }
    let sub = path.sub.as_ref().map(AttributeName::as_str).or(sub.as_deref())?;
    let whole = AttributePath { sub: None, ..path.path.clone() };
    let Some(AttributeRef::Attribute { attribute, .. }) = cx.model.resolve(&whole) else { return None };
    let by_default = attribute.multi_valued
        && attribute.is_complex()
        && DEFAULTS.iter().any(|default| default.eq_ignore_ascii_case(sub));
    by_default.then(|| format!("{}.{sub} ignored: not in the schema", attribute.name))
}

fn unknown(cx: &Reading<'_>, path: &AttributePath) -> ScimError {
    let kind = &cx.model.resource_type().name;
    ScimError::no_target(format!(
        "{} is not an attribute of a {kind}: see /Schemas",
        shown(&path.to_string())
    ))
}
