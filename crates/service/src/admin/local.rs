//! People and bots outside identity providers, and server admins (enrollment.md 1.1, 1.3, 2.9).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::time::Moment;
use enroll_domain::{DirectoryId, Handle, UserId};
use enroll_scim::{Folded, Resource};
use enroll_store::filter::Compiled;
use enroll_store::server_admin::{self, ServerAdminRow};
use enroll_store::user::{NewUser, UserRow};
use enroll_store::{Tx, directory, user};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::check_label;
use super::page::{Page, PageRequest};
use super::people::{UserInfo, described};
use super::user::delete;
use crate::access::{UserSummary, find_user, summary};
use crate::audit::{Changes, Moved, Scribe};
use crate::models::ResourceKind;
use crate::standing::{protect_last_admin, revoke_admin_credentials};
use crate::{Error, Service};

/// A local admin or a bot to be made.
#[derive(Debug, Clone, Default)]
pub struct NewLocalUser {
    /// The userName; the handle is made from it.
    pub name: String,
    /// The e-mail address of a person.
    pub email: Option<String>,
}

/// A server admin as an administrator sees one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerAdminInfo {
    /// Who.
    pub user: UserSummary,
    /// Not deactivated: a deactivated one administers nothing.
    pub active: bool,
    /// Whether the user comes from no identity provider.
    pub local: bool,
    /// Since when.
    #[schemars(with = "Moment")]
    pub granted: Timestamp,
    /// By whom.
    pub granted_by: String,
}

impl Service {
    /// Makes a local user who is a server admin: the way in when no identity provider is of help.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the name does not fit, [`Error::Conflict`] when another local user has it.
    pub async fn create_admin(&self, new: &NewLocalUser) -> Result<UserInfo, Error> {
        let (new, id, now) = self.prepare_local(new)?;
        let scribe = Scribe::of_service(self, now);
        self.db()
            .write(move |tx| {
                let row = insert(tx, &scribe, DirectoryId::LOCAL, id, &new)?;
                grant(tx, &scribe, &row)?;
                described(tx, row)
            })
            .await
    }

    /// Makes a bot: a user for a program, without sign-in. It holds grants and API tokens as people do.
    ///
    /// # Errors
    /// As [`Service::create_admin`].
    pub async fn create_bot(&self, new: &NewLocalUser) -> Result<UserInfo, Error> {
        let (new, id, now) = self.prepare_local(new)?;
        let scribe = Scribe::of_service(self, now);
        self.db().write(move |tx| described(tx, insert(tx, &scribe, DirectoryId::BOTS, id, &new)?)).await
    }

    /// A page of the bots in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the page is none.
    pub async fn bots_page(&self, page: &PageRequest) -> Result<Page<UserInfo>, Error> {
        let page = page.clone();
        let after: Option<UserId> = page.after()?;
        self.db()
            .read(move |tx| {
                let part = user::Page::After { after, limit: page.one_more() };
                let rows = user::list(tx, DirectoryId::BOTS, &Compiled::everything(), part)?;
                page.cut(rows, |row| row.id).shown(|row| described(tx, row))
            })
            .await
    }

    /// Deletes a bot with its tokens and grants.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such bot; [`Error::Conflict`] for the last owner of an organization.
    pub async fn delete_bot(&self, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find_user(tx, &name)?;
                if row.directory != DirectoryId::BOTS {
                    return Err(Error::NotFound(format!("{name} is no bot; list them: enroll bot list")));
                }
                delete(tx, &scribe, &row)
            })
            .await
    }

    /// A page of the server admins in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the page is none.
    pub async fn admins_page(&self, page: &PageRequest) -> Result<Page<ServerAdminInfo>, Error> {
        let page = page.clone();
        let after: Option<UserId> = page.after()?;
        self.db()
            .read(move |tx| {
                let rows = server_admin::page(tx, after, page.one_more())?;
                page.cut(rows, |row| row.user).shown(|row| {
                    let user = find_user(tx, &row.user.to_string())?;
                    Ok(ServerAdminInfo {
                        user: summary(&user),
                        active: user.active,
                        local: user.directory.is_built_in(),
                        granted: row.granted,
                        granted_by: row.granted_by,
                    })
                })
            })
            .await
    }

    /// Makes a user of any directory, or a local one, a server admin.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user; [`Error::Conflict`] for a bot, and for somebody deactivated.
    pub async fn grant_admin(&self, name: &str) -> Result<UserInfo, Error> {
        let name = name.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find_user(tx, &name)?;
                if row.directory == DirectoryId::BOTS {
                    return Err(Error::Conflict(format!(
                        "{name} is a bot, and a bot is no server admin: give a program that administers an API token of \
                         its own with the scope admin"
                    )));
                }
                if !row.active {
                    return Err(Error::Conflict(format!("{name} is deactivated: reactivate the user first")));
                }
                grant(tx, &scribe, &row)?;
                described(tx, row)
            })
            .await
    }

    /// Takes it back, with the tokens that only a server admin may have.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the user is none; [`Error::Conflict`] for the last active one.
    pub async fn revoke_admin(&self, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find_user(tx, &name)?;
                protect_last_admin(tx, &scribe, &row)?;
                if !server_admin::revoke(tx, row.id)? {
                    return Err(Error::NotFound(format!("{name} is no server admin")));
                }
                revoke_admin_credentials(tx, &scribe, row.id)?;
                told(tx, &scribe, Action::ServerAdminRevoked, &row)
            })
            .await
    }

    fn prepare_local(&self, new: &NewLocalUser) -> Result<(NewLocalUser, UserId, Timestamp), Error> {
        let name = check_label("name", &new.name)?;
        let email = new.email.as_deref().map(|email| check_label("e-mail address", email)).transpose()?;
        if email.as_deref().is_some_and(|email| !email.contains('@')) {
            return Err(Error::Invalid("the e-mail address has no @".to_owned()));
        }
        let now = self.clock().now();
        Ok((NewLocalUser { name, email }, UserId::new(now, &self.entropy().id()), now))
    }
}

/// Stores a user of a built-in home, which is made with its first.
fn insert(
    tx: &Tx<'_>,
    scribe: &Scribe,
    home: DirectoryId,
    id: UserId,
    new: &NewLocalUser,
) -> Result<UserRow, Error> {
    directory::ensure_built_in(tx, home, scribe.now())?;
    if user::find_by_user_name(tx, home, &Folded::new(&new.name))?.is_some() {
        return Err(Error::Conflict(format!("there is {} already; choose another name", new.name)));
    }
    let mut document = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": new.name, "active": true,
    });
    if let (Some(email), Some(object)) = (&new.email, document.as_object_mut()) {
        object.insert("emails".to_owned(), json!([{"value": email, "primary": true}]));
    }
    let resource = Resource::from_stored(document.as_object().cloned().unwrap_or_default());
    let handle = Handle::derive(new.email.as_deref(), &new.name);
    let now = scribe.now();
    user::insert(tx, &NewUser { directory: home, id, handle: &handle, now, resource: &resource })?;
    let subject = (home, &ResourceKind::User, *id.as_uuid());
    scribe.resource(tx, subject, None, Some(&resource), &Moved::default())?;
    user::find(tx, home, id)?.ok_or_else(|| Error::Internal("a new user is not there".to_owned()))
}

fn grant(tx: &Tx<'_>, scribe: &Scribe, row: &UserRow) -> Result<(), Error> {
    let admin = ServerAdminRow { user: row.id, granted: scribe.now(), granted_by: scribe.name() };
    if server_admin::grant(tx, &admin)? {
        told(tx, scribe, Action::ServerAdminGranted, row)?;
    }
    Ok(())
}

fn told(tx: &Tx<'_>, scribe: &Scribe, action: Action, row: &UserRow) -> Result<(), Error> {
    let id = row.id.to_string();
    let subject = (SubjectKind::User, id.as_str(), row.user_name.as_str());
    scribe.write(tx, action, row.directory, subject, &Changes::default())?;
    Ok(())
}
