//! Who signs in: by the join rule, and by nothing else (enrollment.md 4.1, threat S9).

use enroll_domain::DirectoryId;
use enroll_domain::sign_in::JoinTo;
use enroll_saml::Identity;
use enroll_scim::{Folded, Object};
use enroll_store::user::{self, UserRow};
use enroll_store::{Tx, sign_in};
use serde_json::json;

use crate::Error;

/// Whom the join rule finds.
pub(super) enum Found {
    /// One user.
    One(UserRow),
    /// Nobody.
    Nobody,
    /// Several, of whom none is chosen.
    Several,
}

/// Finds the user whom a value names.
pub(super) fn find(tx: &Tx<'_>, directory: DirectoryId, to: JoinTo, value: &str) -> Result<Found, Error> {
    let mut found = match to {
        JoinTo::UserName => {
            user::find_by_user_name(tx, directory, &Folded::new(value))?.into_iter().collect::<Vec<_>>()
        }
        JoinTo::ExternalId => user::find_by_external_id(tx, directory, value)?,
        JoinTo::WorkEmail => {
            let mut rows = Vec::new();
            for id in sign_in::users_by_work_email(tx, directory, &Folded::new(value))? {
                rows.extend(user::find(tx, directory, id)?);
            }
            rows
        }
    };
    Ok(match (found.pop(), found.is_empty()) {
        (Some(one), true) => Found::One(one),
        (Some(_), false) => Found::Several,
        (None, _) => Found::Nobody,
    })
}

/// A user as an assertion describes her: the body of a POST (enrollment.md 4.2). What she is found by is kept where she is found.
pub(super) fn described(identity: &Identity, to: JoinTo) -> Object {
    let mut user = Object::new();
    let schema = "urn:ietf:params:scim:schemas:core:2.0:User";
    user.insert("schemas".to_owned(), json!([schema]));
    user.insert("userName".to_owned(), json!(identity.name_id.value));
    let mut name = Object::new();
    for (attribute, value) in [("givenName", &identity.given_name), ("familyName", &identity.family_name)] {
        if let Some(value) = value {
            name.insert(attribute.to_owned(), json!(value));
        }
    }
    if !name.is_empty() {
        user.insert("name".to_owned(), json!(name));
    }
    if let Some(shown) = &identity.display_name {
        user.insert("displayName".to_owned(), json!(shown));
    }
    let email = match to {
        JoinTo::WorkEmail => Some(&identity.join),
        JoinTo::UserName | JoinTo::ExternalId => identity.email.as_ref(),
    };
    if let Some(email) = email {
        user.insert("emails".to_owned(), json!([{"value": email, "type": "work", "primary": true}]));
    }
    if to == JoinTo::ExternalId {
        user.insert("externalId".to_owned(), json!(identity.join));
    }
    user
}
