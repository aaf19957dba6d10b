//! The documents of users and groups: JSON text.

use enroll_scim::Object;
use serde::Serializer;
use serde_json::Value;

use crate::StoreError;

/// A document as text, without one attribute: members are rows, never part of a document.
pub(crate) fn print(object: &Object, without: Option<&str>) -> Result<String, StoreError> {
    let mut text = Vec::with_capacity(512);
    let members = object.iter().filter(|(name, _)| Some(name.as_str()) != without);
    serde_json::Serializer::new(&mut text)
        .collect_map(members)
        .map_err(|error| StoreError::Internal(format!("a document cannot be written: {error}")))?;
    String::from_utf8(text)
        .map_err(|error| StoreError::Internal(format!("a document cannot be written: {error}")))
}

/// A document.
pub(crate) fn parse(text: &str) -> Result<Object, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(format!("a document: {error}")))
}

/// The display name of a user, without building the whole document.
pub(crate) fn display_name(text: &str) -> Result<Option<String>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Named {
        #[serde(rename = "displayName")]
        display_name: Option<String>,
    }
    let named: Named =
        serde_json::from_str(text).map_err(|error| StoreError::Corrupt(format!("a document: {error}")))?;
    Ok(named.display_name)
}

/// The text of a part of a complex value.
pub(crate) fn text_of<'v>(value: &'v Value, part: &str) -> Option<&'v str> {
    value.get(part).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use enroll_scim::Object;
    use serde_json::json;

    use super::{display_name, parse, print};

    fn object() -> Object {
        serde_json::from_value(
            json!({"displayName": "Tour Guides", "members": [{"value": "2819c223"}], "a": 1}),
        )
        .unwrap()
    }

    #[test]
    fn a_document_keeps_its_order_and_leaves_out_members() {
        let text = print(&object(), Some("members")).unwrap();
        assert_eq!(text, r#"{"displayName":"Tour Guides","a":1}"#);
        assert_eq!(display_name(&text), Ok(Some("Tour Guides".to_owned())));
        assert_eq!(parse(&print(&object(), None).unwrap()), Ok(object()));
    }

    #[test]
    fn a_damaged_document_is_an_error() {
        assert!(parse("{").is_err() && parse("[]").is_err() && display_name("{").is_err());
    }
}
