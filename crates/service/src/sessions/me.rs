//! What a user who has signed in is told of herself.

use enroll_domain::{OrganizationId, Role, SessionId, UserId, enrollment};
use enroll_store::user::UserRow;
use enroll_store::{Tx, directory, organization, slice, user};
use schemars::JsonSchema;
use serde::Serialize;

use super::SignedIn;
use crate::{Error, Service};

/// A user who has signed in, with what she may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedInUser {
    /// The id.
    pub id: UserId,
    /// The directory's name.
    pub directory: String,
    /// The short name shown in the application.
    pub handle: String,
    /// The SCIM userName.
    pub user_name: String,
    /// The SCIM displayName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The organizations that she has a role in, by name.
    pub organizations: Vec<UserOrganization>,
    /// The session of the request.
    pub session: SessionId,
}

/// An organization as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserOrganization {
    /// The id.
    pub id: OrganizationId,
    /// The name.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// Her effective role.
    pub role: Role,
}

impl Service {
    /// Who has signed in, with the organizations and roles in force now.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] when the user is gone.
    pub async fn signed_in_user(&self, signed_in: &SignedIn) -> Result<SignedInUser, Error> {
        let signed_in = signed_in.clone();
        self.db()
            .read(move |tx| {
                let gone = || Error::Unauthorized("you are not signed in any more".to_owned());
                let row = user::find(tx, signed_in.directory, signed_in.user)?.ok_or_else(gone)?;
                let directory = directory::find(tx, row.directory)?.map(|row| row.name.to_string());
                let display_name =
                    row.object()?.get("displayName").and_then(|name| name.as_str()).map(str::to_owned);
                Ok(SignedInUser {
                    id: row.id,
                    directory: directory.unwrap_or_default(),
                    handle: row.handle.to_string(),
                    organizations: organizations_of(tx, &row)?,
                    user_name: row.user_name,
                    display_name,
                    session: signed_in.session,
                })
            })
            .await
    }
}

/// The organizations in which a user has a role in force, by name.
pub(crate) fn organizations_of(tx: &Tx<'_>, user: &UserRow) -> Result<Vec<UserOrganization>, Error> {
    let state = slice::of_users(tx, user.directory, &[user.id], false)?;
    let mut found = Vec::new();
    for enrollment in enrollment::enroll(&state).iter().filter(|enrollment| enrollment.user == user.id) {
        let Some(role) = enrollment.effective_role else { continue };
        if let Some(row) = organization::find(tx, enrollment.organization)? {
            let (id, name) = (row.id, row.name.to_string());
            found.push(UserOrganization { id, name, display_name: row.display_name, role });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}
