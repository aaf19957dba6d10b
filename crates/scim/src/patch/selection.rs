//! The filter in the brackets of a path: which elements of a multi-valued attribute are meant.

use serde_json::Value;

use crate::filter::{CompareOp, Filter, Literal, TypedFilter};
use crate::schema::Mutability;
use crate::validate::{Reading, attribute_value};
use crate::{Attribute, AttributePath, ScimError};

/// A filter over the elements of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Selection {
    filter: TypedFilter,
    /// What the filter says of every element it selects, where it is a conjunction of `eq`.
    said: Option<Vec<(String, Value)>>,
    /// The `value`s of the elements it selects, where it is a disjunction of `value eq "…"`.
    values: Option<Vec<String>>,
    /// What it costs to look at one element, in terms.
    pub(super) terms: usize,
}

impl Selection {
    /// Gives a filter its meaning for the elements of `attribute`, which `path` names.
    ///
    /// # Errors
    /// 400 `invalidFilter` when the filter compares what an element does not have, or in a way that its type does not allow.
    pub(super) fn new(
        cx: &mut Reading<'_>,
        attribute: &Attribute,
        path: &AttributePath,
        filter: Filter,
    ) -> Result<Self, ScimError> {
        let said = conjunction(cx, attribute, &filter);
        let values = disjunction(&filter);
        let terms = count(&filter);
        let whole = Filter::Element { path: path.clone(), filter: Box::new(filter) };
        let filter = whole.resolve(cx.model, cx.dialect, cx.notes)?;
        Ok(Self { filter, said, values, terms })
    }

    /// Whether the filter selects `element`, an element of `attribute`.
    pub(super) fn matches(&self, element: &Value) -> bool {
        self.filter.matches_element(element)
    }

    /// What the filter says of every element it selects, where that describes one: `type eq "work"`.
    pub(super) fn said(&self) -> Option<&[(String, Value)]> {
        self.said.as_deref()
    }

    /// The `value`s of the elements it selects, where it is nothing but `value eq "…"`, once or joined by `or`.
    pub(super) fn values(&self) -> Option<&[String]> {
        self.values.as_deref()
    }

    /// The filter as a whole, as it would select resources: `attribute[filter]`.
    pub(super) fn into_filter(self) -> TypedFilter {
        self.filter
    }
}

/// The sub-attributes and values that a conjunction of `eq` names; `None` when the filter is something else, contradicts
/// itself, or says what a client may not write.
fn conjunction(cx: &mut Reading<'_>, attribute: &Attribute, filter: &Filter) -> Option<Vec<(String, Value)>> {
    let mut said: Vec<(String, Value)> = Vec::new();
    let terms = match filter {
        Filter::And(terms) => terms.as_slice(),
        term => std::slice::from_ref(term),
    };
    for term in terms {
        let Filter::Compare { path, op: CompareOp::Equal, value } = term else { return None };
        let sub = attribute.sub_attribute(&path.name).filter(|_| path.sub.is_none())?;
        if sub.mutability == Mutability::ReadOnly {
            return None;
        }
        let value =
            attribute_value(cx, sub, &format!("{}.{}", attribute.name, sub.name), plain(value)).ok()??;
        match said.iter().find(|(name, _)| sub.name.is(name)) {
            Some((_, earlier)) if *earlier != value => return None,
            Some(_) => {}
            None => said.push((sub.name.to_string(), value)),
        }
    }
    Some(said)
}

fn disjunction(filter: &Filter) -> Option<Vec<String>> {
    let terms = match filter {
        Filter::Or(terms) => terms.as_slice(),
        term => std::slice::from_ref(term),
    };
    let value_of = |term: &Filter| match term {
        Filter::Compare { path, op: CompareOp::Equal, value: Literal::String(text) }
            if path.sub.is_none() && path.name.eq_ignore_ascii_case("value") =>
        {
            Some(text.clone())
        }
        _ => None,
    };
    terms.iter().map(value_of).collect()
}

fn plain(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Boolean(boolean) => (*boolean).into(),
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::String(text) => text.as_str().into(),
    }
}

fn count(filter: &Filter) -> usize {
    match filter {
        Filter::And(filters) | Filter::Or(filters) => filters.iter().map(count).sum(),
        Filter::Not(filter) | Filter::Element { filter, .. } => count(filter),
        Filter::Present(_) | Filter::Compare { .. } => 1,
    }
}
