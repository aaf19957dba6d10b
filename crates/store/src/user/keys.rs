//! What of a user is looked up: taken from the document, so that the two cannot differ.

use enroll_scim::{Folded, Resource};
use serde_json::Value;

use crate::document::text_of;

/// The values of the columns of one user.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) user_name: String,
    pub(crate) user_name_key: Folded,
    pub(crate) display_name_key: Option<Folded>,
    pub(crate) external_id: Option<String>,
    pub(crate) active: bool,
    pub(crate) emails: Vec<EmailKeys>,
}

/// The values of the columns of one e-mail address.
#[derive(Debug)]
pub(crate) struct EmailKeys {
    pub(crate) kind: Option<Folded>,
    pub(crate) value: Option<Folded>,
}

impl Keys {
    pub(crate) fn of(resource: &Resource) -> Self {
        let user_name = resource.text("userName").unwrap_or_default().to_owned();
        Self {
            user_name_key: Folded::new(&user_name),
            user_name,
            display_name_key: resource.text("displayName").map(Folded::new),
            external_id: resource.text("externalId").map(str::to_owned),
            // A user is active unless somebody says otherwise (RFC 7643 §4.1.1 leaves the default to us).
            active: resource.get("active").and_then(Value::as_bool).unwrap_or(true),
            emails: resource
                .get("emails")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(EmailKeys::of)
                .collect(),
        }
    }
}

impl EmailKeys {
    fn of(email: &Value) -> Self {
        Self {
            kind: text_of(email, "type").map(Folded::new),
            value: text_of(email, "value").map(Folded::new),
        }
    }
}
