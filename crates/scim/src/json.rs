//! Reading a JSON body: depth and duplicate names are checked while reading.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use crate::validate::shown;
use crate::{Limits, Object, ScimError};

/// Reads a request body: UTF-8 (a byte order mark is skipped), one JSON object and nothing after it, nested no deeper than
/// [`Limits::json_depth`], no name twice in one object. Two names that differ only in case are the same (RFC 7643 §2.1).
///
/// ```
/// use enroll_scim::{Limits, json};
///
/// let limits = Limits::default();
/// assert_eq!(json::parse_object(br#"{"userName": "bjensen"}"#, &limits)?["userName"], "bjensen");
/// assert!(json::parse_object(br#"{"userName": "bjensen", "username": "admin"}"#, &limits).is_err());
/// # Ok::<(), enroll_scim::ScimError>(())
/// ```
///
/// # Errors
/// 400 `invalidSyntax` with line and column.
pub fn parse_object(bytes: &[u8], limits: &Limits) -> Result<Object, ScimError> {
    let kind = match parse(bytes, limits)? {
        Value::Object(object) => return Ok(object),
        Value::Array(_) => "an array",
        Value::String(_) => "a string",
        Value::Number(_) => "a number",
        Value::Bool(_) => "a boolean",
        Value::Null => "null",
    };
    Err(ScimError::invalid_syntax(format!("the body must be a JSON object, not {kind}")))
}

/// Reads any JSON value under the rules of [`parse_object`].
///
/// # Errors
/// 400 `invalidSyntax` with line and column.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, ScimError> {
    let text = str::from_utf8(bytes).map_err(|error| {
        ScimError::invalid_syntax(format!(
            "the body is not UTF-8: invalid byte at offset {}",
            error.valid_up_to()
        ))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(ScimError::invalid_syntax("the body is empty; it must be a JSON object"));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Nested { depth: limits.json_depth, limit: limits.json_depth }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| ScimError::invalid_syntax(format!("the body cannot be read as JSON: {error}")))
}

/// Reads a value that may hold `depth` more levels of arrays and objects.
#[derive(Clone, Copy)]
struct Nested {
    depth: usize,
    limit: usize,
}

impl Nested {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(E::custom(format!("it is nested deeper than {} levels", self.limit))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Object::new();
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if !seen.insert(name.to_ascii_lowercase()) {
                return Err(A::Error::custom(format!(
                    "the name {:?} occurs twice in one object (names that differ only in case are the same)",
                    shown(&name)
                )));
            }
            let value = members.next_value_seed(inner)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
