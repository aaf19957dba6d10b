//! Gives a filter its meaning for one resource type.

use super::literal::{convert, refuse, shown};
use super::names::{self, Found};
use super::{CompareOp, Filter, Literal, TypedFilter};
use crate::{AttributePath, Dialect, Notes, ResourceModel, ScimError};

impl Filter {
    /// What the filter means for the resource type of `model`, for a query on its endpoint and for PATCH paths.
    ///
    /// A comparison of a complex attribute that has a `value` compares that (`emails co "x"`, `manager eq "x"`). The brackets
    /// of an attribute that has one value are conditions on its sub-attributes.
    ///
    /// ```
    /// use enroll_scim::filter::Filter;
    /// use enroll_scim::{Dialect, Limits, Notes, Registry};
    ///
    /// let (limits, dialect, mut notes) = (Limits::default(), Dialect::strict(), Notes::default());
    /// let user = Registry::core().model("User").unwrap();
    /// let filter = Filter::parse(r#"USERNAME eq "BJensen""#, &limits, &dialect, &mut notes).unwrap();
    /// let filter = filter.resolve(&user, &dialect, &mut notes).unwrap();
    ///
    /// let resource = serde_json::json!({"userName": "bjensen"});
    /// assert!(filter.matches(resource.as_object().unwrap()));
    /// ```
    ///
    /// # Errors
    /// 400 `invalidFilter` when the resource type has no such attribute, the attribute is never returned, the attribute
    /// cannot be compared so (RFC 7644 Table 3), or the literal has another type.
    pub fn resolve(
        &self,
        model: &ResourceModel,
        dialect: &Dialect,
        notes: &mut Notes,
    ) -> Result<TypedFilter, ScimError> {
        Resolver { model, dialect, notes, missing: Missing::Refused }.filter(self, None)
    }

    /// What the filter means for the resource type of `model` in a query over several types: an attribute that the type does
    /// not have counts as unassigned (RFC 7644 §3.4.2.1).
    ///
    /// # Errors
    /// As [`Filter::resolve`], but for unknown attributes.
    pub fn resolve_lenient(
        &self,
        model: &ResourceModel,
        dialect: &Dialect,
        notes: &mut Notes,
    ) -> Result<TypedFilter, ScimError> {
        Resolver { model, dialect, notes, missing: Missing::Unassigned }.filter(self, None)
    }
}

/// What a path means that names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Refused,
    Unassigned,
}

struct Resolver<'m, 'c> {
    model: &'m ResourceModel,
    dialect: &'c Dialect,
    notes: &'c mut Notes,
    missing: Missing,
}

impl<'m> Resolver<'m, '_> {
    /// `within` is the attribute in whose brackets `filter` stands.
    fn filter(&mut self, filter: &Filter, within: Option<Found<'m>>) -> Result<TypedFilter, ScimError> {
        match filter {
            Filter::And(parts) => self.parts(parts, within, TypedFilter::And),
            Filter::Or(parts) => self.parts(parts, within, TypedFilter::Or),
            Filter::Not(part) => self.not(part, within),
            Filter::Element { path, filter } => self.element(path, filter, within),
            Filter::Present(path) => self.present(path, within),
            Filter::Compare { path, op, value } => self.compare(path, *op, value, within),
        }
    }

    fn not(&mut self, part: &Filter, within: Option<Found<'m>>) -> Result<TypedFilter, ScimError> {
        self.filter(part, within).map(negated)
    }

    fn present(&mut self, path: &AttributePath, within: Option<Found<'m>>) -> Result<TypedFilter, ScimError> {
        let found = self.find(path, within)?;
        Ok(found.map_or(TypedFilter::Never, |found| TypedFilter::Present(found.target())))
    }

    fn parts(
        &mut self,
        parts: &[Filter],
        within: Option<Found<'m>>,
        combined: fn(Vec<TypedFilter>) -> TypedFilter,
    ) -> Result<TypedFilter, ScimError> {
        // A loop, and not an iterator with frames of its own: this is the recursion that hostile filters aim at.
        let mut typed = Vec::with_capacity(parts.len());
        for part in parts {
            typed.push(self.filter(part, within)?);
        }
        Ok(combined(typed))
    }

    fn find(
        &mut self,
        path: &AttributePath,
        within: Option<Found<'m>>,
    ) -> Result<Option<Found<'m>>, ScimError> {
        let Some(outer) = within else {
            let found = names::find(self.model, self.dialect, self.notes, path)?;
            return self.or_missing(found, || names::unknown(self.model, path));
        };
        let sub =
            outer.attribute.sub_attribute(&path.name).filter(|_| path.prefix.is_none() && path.sub.is_none());
        let found = sub.map(|sub| names::visible(Found { sub: Some(sub), ..outer })).transpose()?;
        self.or_missing(found, || names::unknown_part(outer.attribute, path))
    }

    fn or_missing(
        &self,
        found: Option<Found<'m>>,
        error: impl FnOnce() -> ScimError,
    ) -> Result<Option<Found<'m>>, ScimError> {
        if found.is_none() && self.missing == Missing::Refused { Err(error()) } else { Ok(found) }
    }

    fn compare(
        &mut self,
        path: &AttributePath,
        op: CompareOp,
        value: &Literal,
        within: Option<Found<'m>>,
    ) -> Result<TypedFilter, ScimError> {
        let Some(found) = self.find(path, within)? else {
            return Ok(compare_unassigned(op, value));
        };
        if *value == Literal::Null {
            let present = TypedFilter::Present(found.target());
            return match op {
                CompareOp::Equal => Ok(TypedFilter::Not(Box::new(present))),
                CompareOp::NotEqual => Ok(present),
                _ => Err(refuse(format!("{}: null is compared with eq or ne only", shown(&found)))),
            };
        }
        let found = found.compared();
        let value = convert(&found, op, value, self.dialect, self.notes)?;
        Ok(TypedFilter::Compare { target: found.target(), op, value })
    }

    fn element(
        &mut self,
        path: &AttributePath,
        filter: &Filter,
        within: Option<Found<'m>>,
    ) -> Result<TypedFilter, ScimError> {
        if within.is_some() {
            return Err(refuse("a filter in brackets cannot hold another one in brackets"));
        }
        let Some(found) = self.find(path, None)? else {
            return Ok(TypedFilter::Never);
        };
        if found.sub.is_some() || !found.attribute.is_complex() {
            return Err(refuse(format!(
                "{} has no parts that a filter in brackets could name",
                shown(&found)
            )));
        }
        let inner = self.filter(filter, Some(found))?;
        let target = found.target();
        if found.attribute.multi_valued {
            return Ok(TypedFilter::Element { target, filter: Box::new(inner) });
        }
        Ok(TypedFilter::And(vec![TypedFilter::Present(target), inner]))
    }
}

/// A comparison with an attribute that has no value: as [`TypedFilter`] says of an unassigned one.
fn compare_unassigned(op: CompareOp, value: &Literal) -> TypedFilter {
    let holds = match op {
        CompareOp::Equal => *value == Literal::Null,
        CompareOp::NotEqual => *value != Literal::Null,
        _ => false,
    };
    if holds { negated(TypedFilter::Never) } else { TypedFilter::Never }
}

fn negated(filter: TypedFilter) -> TypedFilter {
    TypedFilter::Not(Box::new(filter))
}
