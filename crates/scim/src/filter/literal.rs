//! Whether a comparison fits the type of its attribute (RFC 7644 Table 3), and its value as that type.

use super::names::{Found, part_names};
use super::{CompareOp, Literal, TypedValue};
use crate::quirks::lenient_literals;
use crate::schema::AttributeType;
use crate::{Dialect, Folded, Notes, ScimError, datetime};

/// Checks `op` and converts `literal` for the attribute that `found` names.
///
/// # Errors
/// 400 `invalidFilter` when the attribute cannot be compared so, or the literal has another type.
pub(super) fn convert(
    found: &Found<'_>,
    op: CompareOp,
    literal: &Literal,
    dialect: &Dialect,
    notes: &mut Notes,
) -> Result<TypedValue, ScimError> {
    let name = shown(found);
    let kind = found.leaf().kind;
    if kind == AttributeType::Complex {
        let parts = part_names(found.attribute);
        return Err(refuse(format!("{name} has parts; compare one of them: {name}.… ({parts})")));
    }
    check_operator(&name, kind, op)?;
    let value = match (kind, literal) {
        (AttributeType::Boolean, Literal::Boolean(value)) => Some(TypedValue::Boolean(*value)),
        (AttributeType::Boolean, Literal::String(text)) => {
            lenient_literals::boolean(dialect, notes, &name, text).map(TypedValue::Boolean)
        }
        (AttributeType::Decimal | AttributeType::Integer, Literal::Number(value)) => {
            Some(TypedValue::Number(value.clone()))
        }
        (AttributeType::Decimal | AttributeType::Integer, Literal::String(text)) => {
            lenient_literals::number(dialect, notes, &name, text).map(TypedValue::Number)
        }
        (AttributeType::DateTime, Literal::String(text)) => datetime::parse(text).map(TypedValue::DateTime),
        (AttributeType::String | AttributeType::Reference | AttributeType::Binary, Literal::String(text)) => {
            let exact = found.target().case_exact;
            Some(if exact { TypedValue::Exact(text.clone()) } else { TypedValue::Folded(Folded::new(text)) })
        }
        _ => None,
    };
    let fits = |value: &TypedValue| kind != AttributeType::Integer || is_integer(value);
    value.filter(fits).ok_or_else(|| refuse(format!("{name} {}", wanted(kind))))
}

/// The path as the schema spells it, for messages.
pub(super) fn shown(found: &Found<'_>) -> String {
    match found.sub {
        Some(sub) => format!("{}.{}", found.attribute.name, sub.name),
        None => found.attribute.name.to_string(),
    }
}

pub(super) fn refuse(detail: impl std::fmt::Display) -> ScimError {
    ScimError::invalid_filter(format!("filter: {detail}"))
}

fn check_operator(name: &str, kind: AttributeType, op: CompareOp) -> Result<(), ScimError> {
    use AttributeType::{Binary, Boolean, DateTime, Decimal, Integer};
    let (refused, kind) = match kind {
        Boolean => (op.is_ordering() || op.is_substring(), "a boolean"),
        Binary => (op.is_ordering(), "binary"),
        DateTime => (op.is_substring(), "a dateTime"),
        Integer | Decimal => (op.is_substring(), "a number"),
        _ => (false, ""),
    };
    if refused { Err(refuse(format!("{name} is {kind} and cannot be compared with {op}"))) } else { Ok(()) }
}

fn is_integer(value: &TypedValue) -> bool {
    matches!(value, TypedValue::Number(number) if !number.is_f64())
}

fn wanted(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::Boolean => "is a boolean: compare it with true or false, without quotes",
        AttributeType::Integer => "is an integer: compare it with a whole number, without quotes",
        AttributeType::Decimal => "is a number: compare it with a number, without quotes",
        AttributeType::DateTime => {
            "is a dateTime: compare it with date and time, as in \"2011-05-13T04:42:34Z\""
        }
        _ => "is a string: compare it with text in double quotes",
    }
}
