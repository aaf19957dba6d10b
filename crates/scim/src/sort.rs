//! The order of results: `sortBy` and `sortOrder` (RFC 7644 §3.4.2.3).

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::primary_or_first;
use crate::schema::{Attribute, AttributeRef, AttributeType, Returned};
use crate::{AttributePath, Folded, Object, ResourceModel, SchemaUri, ScimError, datetime};

/// In which direction results are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// The smallest first; resources without a value last.
    #[default]
    Ascending,
    /// The exact reverse: resources without a value first.
    Descending,
}

impl SortOrder {
    /// Reads `sortOrder`; absent means ascending.
    ///
    /// # Errors
    /// 400 `invalidValue` for any other word than `ascending` and `descending`.
    pub fn parse(text: Option<&str>) -> Result<Self, ScimError> {
        match text {
            None => Ok(Self::Ascending),
            Some(text) if text.eq_ignore_ascii_case("ascending") => Ok(Self::Ascending),
            Some(text) if text.eq_ignore_ascii_case("descending") => Ok(Self::Descending),
            Some(_) => Err(ScimError::invalid_value("sortOrder must be ascending or descending")),
        }
    }

    /// Which of two resources comes first, by their keys: a total order, also for keys of several resource types.
    pub fn compare(self, left: Option<&SortKey>, right: Option<&SortKey>) -> Ordering {
        let ascending = match (left, right) {
            (Some(left), Some(right)) => left.0.compare(&right.0),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        match self {
            Self::Ascending => ascending,
            Self::Descending => ascending.reverse(),
        }
    }
}

/// What the resources of one type are ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    extension: Option<SchemaUri>,
    attribute: String,
    sub: Option<String>,
    kind: AttributeType,
    case_exact: bool,
}

/// What a resource is ordered by. Keys of one [`Sort`] are of one kind. A key can be written down and read again without loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SortKey(Key);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Key {
    Boolean(bool),
    /// As floating point, and exactly where two are alike so.
    Number(#[serde(with = "bits")] f64, #[serde(with = "digits")] Option<i128>),
    /// By code point, which is the order of the bytes of UTF-8.
    Text(Box<str>),
    Time(Timestamp),
}

impl Sort {
    /// Reads `sortBy` for resources of the type `model`. A complex attribute without a sub-attribute means its `value`.
    ///
    /// ```
    /// use enroll_scim::Registry;
    /// use enroll_scim::sort::{Sort, SortOrder};
    ///
    /// let user = Registry::core().model("User").unwrap();
    /// let sort = Sort::parse(&user, "NAME.familyName")?;
    /// let key = |text| sort.key(serde_json::json!({"name": {"familyName": text}}).as_object().unwrap());
    /// assert!(SortOrder::Ascending.compare(key("jensen").as_ref(), key("JOHNSON").as_ref()).is_lt());
    /// # Ok::<(), enroll_scim::ScimError>(())
    /// ```
    ///
    /// # Errors
    /// 400 `invalidValue` for what is no attribute of the type, has parts but no `value`, has no order (binary), or is never
    /// returned.
    pub fn parse(model: &ResourceModel, sort_by: &str) -> Result<Self, ScimError> {
        let type_name = model.resource_type().name.as_str();
        let refused = |why: &str| ScimError::invalid_value(format!("sortBy: {why}"));
        let path = AttributePath::parse(sort_by).map_err(|error| refused(&error.to_string()))?;
        let Some(AttributeRef::Attribute { extension, attribute, sub }) = model.resolve(&path) else {
            return Err(refused(&format!("{path} is not an attribute of a {type_name}: see /Schemas")));
        };
        let sub = sub.or_else(|| attribute.sub_attribute("value"));
        let leaf = sub.unwrap_or(attribute);
        let hidden = |attribute: &Attribute| attribute.returned == Returned::Never;
        if hidden(attribute) || hidden(leaf) {
            return Err(refused(&format!("{path} is never returned")));
        }
        match leaf.kind {
            AttributeType::Complex => Err(refused(&format!("{path} has parts; name one of them"))),
            AttributeType::Binary => Err(refused(&format!("{path} is binary and has no order"))),
            kind => Ok(Self {
                extension: extension.cloned(),
                attribute: attribute.name.to_string(),
                sub: sub.map(|sub| sub.name.to_string()),
                kind,
                case_exact: leaf.compares_exact(),
            }),
        }
    }

    /// The name of the attribute, spelt as in the schema, without sub-attribute; `None` for one of an extension.
    pub fn attribute(&self) -> Option<&str> {
        self.extension.is_none().then_some(&*self.attribute)
    }

    /// What `resource` is ordered by; `None` when it has no value. Of several values the primary one counts, else the first.
    pub fn key(&self, resource: &Object) -> Option<SortKey> {
        let container = match &self.extension {
            Some(uri) => resource.get(uri.as_str())?.as_object()?,
            None => resource,
        };
        let value = match container.get(&self.attribute)? {
            Value::Array(elements) => primary_or_first(elements)?,
            single => single,
        };
        let value = match &self.sub {
            Some(sub) => value.get(sub)?,
            None => value,
        };
        self.key_of(value).map(SortKey)
    }

    fn key_of(&self, value: &Value) -> Option<Key> {
        match value {
            Value::Bool(value) => Some(Key::Boolean(*value)),
            Value::Number(number) => Some(Key::Number(number.as_f64()?, number.as_i128())),
            Value::String(text) if text.is_empty() => None,
            Value::String(text) if self.kind == AttributeType::DateTime => {
                datetime::parse(text).map(Key::Time)
            }
            Value::String(text) if self.case_exact => Some(Key::Text(text.as_str().into())),
            Value::String(text) => Some(Key::Text(Folded::new(text).as_str().into())),
            _ => None,
        }
    }
}

impl SortKey {
    /// At most the first `bytes` of a text; whole where it is shorter, or no text. Cut keys are in the order of the whole ones,
    /// where they differ.
    #[must_use]
    pub fn cut(&self, bytes: usize) -> Self {
        match &self.0 {
            Key::Text(text) => Self(Key::Text(text[..text.floor_char_boundary(bytes)].into())),
            other => Self(other.clone()),
        }
    }

    /// The length of a text; 0 for what is no text.
    pub fn text_bytes(&self) -> usize {
        match &self.0 {
            Key::Text(text) => text.len(),
            _ => 0,
        }
    }
}

/// A floating point number by its bits: decimal digits would have to be read back exactly.
mod bits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
        number.to_bits().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        u64::deserialize(from).map(f64::from_bits)
    }
}

/// A large whole number as text: not every format has 128 bits.
mod digits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(number: &Option<i128>, to: S) -> Result<S::Ok, S::Error> {
        number.map(|number| number.to_string()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i128>, D::Error> {
        let digits: Option<String> = Option::deserialize(from)?;
        digits.map(|digits| digits.parse().map_err(D::Error::custom)).transpose()
    }
}

impl Key {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(left), Self::Boolean(right)) => left.cmp(right),
            (Self::Number(left, left_exact), Self::Number(right, right_exact)) => {
                left.total_cmp(right).then_with(|| left_exact.cmp(right_exact))
            }
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::Time(left), Self::Time(right)) => left.cmp(right),
            // Two resource types may give one name different types; any fixed order will do.
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Number(..) => 1,
            Self::Text(_) => 2,
            Self::Time(_) => 3,
        }
    }
}
