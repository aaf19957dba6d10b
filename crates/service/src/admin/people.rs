//! Users and groups as an administrator reads them (enrollment.md §1.3, §1.4). Only the identity provider changes them.

use enroll_domain::time::Moment;
use enroll_domain::{DirectoryId, GroupId, UserId};
use enroll_scim::Notes;
use enroll_scim::filter::{Filter, TypedFilter};
use enroll_store::directory::{self, DirectoryRow};
use enroll_store::filter::Compiled;
use enroll_store::group::GroupRow;
use enroll_store::user::UserRow;
use enroll_store::{Tx, group, member, user};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::directory::find as find_directory;
use super::page::{Page, PageRequest};
use crate::access::find_user;
use crate::models::ResourceKind;
use crate::{Error, Service};

/// Where a user comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UserKind {
    /// An identity provider.
    Directory,
    /// Nowhere: a person made here.
    Local,
    /// Nowhere: made here for a program.
    Bot,
}

/// A user as an administrator sees her.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserInfo {
    /// The id.
    pub id: UserId,
    /// Where the user comes from.
    pub kind: UserKind,
    /// The directory's name, if it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// The short name shown in the application.
    pub handle: String,
    /// The SCIM userName.
    pub user_name: String,
    /// The SCIM displayName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The SCIM externalId.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Not deactivated.
    pub active: bool,
    /// When she was made.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// When she was last changed.
    #[schemars(with = "Moment")]
    pub last_modified: Timestamp,
    /// Grows by one with each change.
    #[schemars(range(min = 0))]
    pub version: i64,
}

/// A group as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupInfo {
    /// The id.
    pub id: GroupId,
    /// The directory's name.
    pub directory: String,
    /// The SCIM displayName.
    pub display_name: String,
    /// The SCIM externalId.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// When it was made.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// When the group or its members were last changed.
    #[schemars(with = "Moment")]
    pub last_modified: Timestamp,
    /// Grows by one with each change.
    #[schemars(range(min = 0))]
    pub version: i64,
}

/// A direct member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupMemberInfo {
    /// The id of the user or group.
    pub id: Uuid,
    /// `User` or `Group`.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["User", "Group"]))]
    pub kind: &'static str,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
}

impl Service {
    /// A page of a directory's users in the order of their ids; with `filter`, those that meet it (RFC 7644 §3.4.2.2).
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory; [`Error::Scim`] 400 for a filter that cannot be read; [`Error::Invalid`] for
    /// one that looks at what has no index.
    pub async fn users_page(
        &self,
        directory: &str,
        filter: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<UserInfo>, Error> {
        let (service, directory, page) = (self.clone(), directory.to_owned(), page.clone());
        let (after, filter): (Option<UserId>, _) = (page.after()?, filter.map(str::to_owned));
        self.db()
            .read(move |tx| {
                let directory = find_directory(tx, &directory)?;
                let typed = service.filter(tx, &directory, &ResourceKind::User, filter.as_deref())?;
                let condition = exact(typed.as_ref().map(Compiled::for_users))?;
                let part = user::Page::After { after, limit: page.one_more() };
                let rows = user::list(tx, directory.id, &condition, part)?;
                page.cut(rows, |row| row.id).shown(|row| user_info(row, Some(directory.name.to_string())))
            })
            .await
    }

    /// One user of any directory, by handle, userName or id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, [`Error::Conflict`] when the name stands for several.
    pub async fn user(&self, name: &str) -> Result<UserInfo, Error> {
        let name = name.to_owned();
        self.db().read(move |tx| described(tx, find_user(tx, &name)?)).await
    }

    /// A page of a directory's groups in the order of their ids; with `filter`, those that meet it.
    ///
    /// # Errors
    /// As [`Service::users_page`].
    pub async fn groups_page(
        &self,
        directory: &str,
        filter: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<GroupInfo>, Error> {
        let (service, directory, page) = (self.clone(), directory.to_owned(), page.clone());
        let (after, filter): (Option<GroupId>, _) = (page.after()?, filter.map(str::to_owned));
        self.db()
            .read(move |tx| {
                let directory = find_directory(tx, &directory)?;
                let typed = service.filter(tx, &directory, &ResourceKind::Group, filter.as_deref())?;
                let condition = exact(typed.as_ref().map(Compiled::for_groups))?;
                let part = group::Page::After { after, limit: page.one_more() };
                let rows = group::list(tx, directory.id, &condition, part)?;
                page.cut(rows, |row| row.id).shown(|row| Ok(group_info(row, directory.name.to_string())))
            })
            .await
    }

    /// One group of a directory, by id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the directory has none of that id, or there is no such directory.
    pub async fn group(&self, directory: &str, id: &str) -> Result<GroupInfo, Error> {
        let (directory, id) = (directory.to_owned(), id.to_owned());
        self.db()
            .read(move |tx| {
                let directory = find_directory(tx, &directory)?;
                Ok(group_info(find_group(tx, directory.id, &id)?, directory.name.to_string()))
            })
            .await
    }

    /// A page of a group's direct members in the order of their ids.
    ///
    /// # Errors
    /// As [`Service::group`].
    pub async fn group_members_page(
        &self,
        directory: &str,
        id: &str,
        page: &PageRequest,
    ) -> Result<Page<GroupMemberInfo>, Error> {
        let (directory, id, page) = (directory.to_owned(), id.to_owned(), page.clone());
        let after: Option<Uuid> = page.after()?;
        self.db()
            .read(move |tx| {
                let directory = find_directory(tx, &directory)?.id;
                let group = find_group(tx, directory, &id)?.id;
                let rows = member::list(tx, directory, group, after, page.one_more())?;
                page.cut(rows, |row| *row.member.uuid()).shown(|row| {
                    let (id, kind) = (*row.member.uuid(), row.member.kind().as_str());
                    Ok(GroupMemberInfo { id, kind, display: row.display })
                })
            })
            .await
    }

    /// The filter as the directory's attributes and dialect have it.
    fn filter(
        &self,
        tx: &Tx<'_>,
        directory: &DirectoryRow,
        kind: &ResourceKind,
        text: Option<&str>,
    ) -> Result<Option<TypedFilter>, Error> {
        let Some(text) = text else { return Ok(None) };
        let (dialect, models) = self.models().reading(tx, directory)?;
        let mut notes = Notes::default();
        let filter = Filter::parse(text, self.limits(), &dialect, &mut notes)?;
        Ok(Some(filter.resolve(models.model(kind), &dialect, &mut notes)?))
    }
}

/// The condition, which the database has to decide alone: a page costs the page, not the directory.
fn exact(condition: Option<Compiled>) -> Result<Compiled, Error> {
    let condition = condition.unwrap_or_else(Compiled::everything);
    if condition.exact {
        Ok(condition)
    } else {
        Err(Error::Invalid(
            "this list filters users by userName, displayName, externalId, id, active, emails, groups.value and meta, and \
             groups by displayName, externalId, id, members and meta; other attributes are filtered over SCIM"
                .to_owned(),
        ))
    }
}

fn find_group(tx: &Tx<'_>, directory: DirectoryId, id: &str) -> Result<GroupRow, Error> {
    let missing = || Error::NotFound(format!("the directory has no group with the id {id:?}"));
    let parsed: GroupId = id.parse().map_err(|_| missing())?;
    group::find(tx, directory, parsed)?.ok_or_else(missing)
}

/// A user of any directory, or of none.
pub(super) fn described(tx: &Tx<'_>, row: UserRow) -> Result<UserInfo, Error> {
    let directory = directory::find(tx, row.directory)?.map(|row| row.name.to_string());
    user_info(row, directory)
}

fn user_info(row: UserRow, directory: Option<String>) -> Result<UserInfo, Error> {
    let kind = match row.directory {
        DirectoryId::LOCAL => UserKind::Local,
        DirectoryId::BOTS => UserKind::Bot,
        _ => UserKind::Directory,
    };
    let display_name = row.object()?.get("displayName").and_then(|name| name.as_str()).map(str::to_owned);
    Ok(UserInfo {
        id: row.id,
        kind,
        directory,
        handle: row.handle.to_string(),
        user_name: row.user_name,
        display_name,
        external_id: row.external_id,
        active: row.active,
        created: row.created,
        last_modified: row.last_modified,
        version: row.version,
    })
}

fn group_info(row: GroupRow, directory: String) -> GroupInfo {
    GroupInfo {
        id: row.id,
        directory,
        display_name: row.display_name,
        external_id: row.external_id,
        created: row.created,
        last_modified: row.last_modified,
        version: row.version,
    }
}
