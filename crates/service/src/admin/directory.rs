//! Directories: one connection to an identity provider each (enrollment.md §1.2).

use std::collections::BTreeMap;

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::time::Moment;
use enroll_domain::{DirectoryId, DirectoryName, DirectoryState, Idp, RebindPolicy, Role};
use enroll_scim::{Quirk, UnknownExtensions};
use enroll_store::directory::{self, DefaultEnrollment, DialectName, DirectoryRow};
use enroll_store::{StoreError, Tx, brake, custom_schema, group, user};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::organization::{admitted, find as find_organization};
use super::page::{Page, PageRequest};
use crate::audit::{Changes, Scribe};
use crate::brake::stopped;
use crate::request_log::DirectoryHealth;
use crate::{Error, Service};

/// The directory that every instance has.
pub(crate) const DEFAULT: &str = "default";

/// Settings of a directory; what is `None` stays as it is, or has its default in a new directory.
#[derive(Debug, Clone, Default)]
pub struct DirectorySettings {
    /// Whether requests are read by the RFCs to the letter; by default they are read as real identity providers write them.
    pub strict: Option<bool>,
    /// What happens when a mapped group is deleted and one of the same name is made; by default an admin confirms.
    pub rebind: Option<RebindPolicy>,
    /// What happens to extensions that no schema of the directory describes; by default they are ignored with a note.
    pub unknown_extensions: Option<UnknownExtensions>,
    /// Which identity provider it is of; inner `None` for what its requests look like.
    pub idp: Option<Option<Idp>>,
    /// Quirks to accept or refuse whatever the dialect; `None` for as the dialect has it.
    pub quirks: Vec<(Quirk, Option<bool>)>,
    /// Where everybody who signs in is enrolled; the inner `None` for nowhere, as in a new directory.
    pub default_enrollment: Option<Option<NewEnrollment>>,
}

/// A default enrollment to be set (enrollment.md §3.11).
#[derive(Debug, Clone)]
pub struct NewEnrollment {
    /// Name or id of the organization.
    pub organization: String,
    /// The role; `member` when there is none.
    pub role: Option<Role>,
    /// Whether the roles `admin` and `owner` are meant.
    pub allow_privileged: AllowPrivileged,
}

/// Where a directory enrolls everybody who signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EnrollmentInfo {
    /// The organization's name.
    pub organization: String,
    /// The role.
    pub role: Role,
}

impl DirectorySettings {
    fn apply(&self, row: &mut DirectoryRow) {
        if let Some(strict) = self.strict {
            row.dialect = if strict { DialectName::Strict } else { DialectName::Compat };
        }
        row.rebind = self.rebind.unwrap_or(row.rebind);
    }

    /// What stands in tables of its own.
    fn store(&self, tx: &Tx<'_>, row: &DirectoryRow) -> Result<(), Error> {
        if let Some(enrollment) = &self.default_enrollment {
            let enrollment = enrollment.as_ref().map(|new| new.check(tx, row)).transpose()?;
            directory::set_default_enrollment(tx, row.id, enrollment)?;
        }
        if let Some(rule) = self.unknown_extensions {
            custom_schema::set_unknown_extensions(tx, row.id, rule)?;
        }
        if let Some(idp) = self.idp {
            directory::set_idp(tx, row.id, idp)?;
        }
        let mut quirks = self.quirks.iter();
        Ok(quirks.try_for_each(|(quirk, accepted)| directory::set_quirk(tx, row.id, *quirk, *accepted))?)
    }
}

impl NewEnrollment {
    /// What is stored, if the organization takes people of the directory and the role may be given.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown organization, [`Error::Invalid`] for a privileged role that is not expressly allowed,
    /// [`Error::Conflict`] when the organization is reserved to other directories.
    pub(crate) fn check(&self, tx: &Tx<'_>, row: &DirectoryRow) -> Result<DefaultEnrollment, Error> {
        let role = self.role.unwrap_or(Role::Member);
        if role >= Role::Admin && self.allow_privileged == AllowPrivileged::No {
            return Err(Error::Invalid(format!(
                "everybody who signs in would be {role}: confirm with --allow-privileged, over HTTP with `allowPrivileged`"
            )));
        }
        let organization = find_organization(tx, &self.organization)?;
        admitted(tx, &organization, row.id)?;
        Ok(DefaultEnrollment { organization: organization.id, role })
    }
}

/// A directory as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryInfo {
    /// The id.
    pub id: DirectoryId,
    /// The name, unique in the instance.
    pub name: String,
    /// `compat` or `strict`.
    #[schemars(extend("enum" = ["strict", "compat"]))]
    pub dialect: &'static str,
    /// What happens when a mapped group is deleted and one of the same name is made.
    pub rebind: RebindPolicy,
    /// What happens to extensions that no schema of the directory describes: `ignore`, `keep` or `refuse`.
    #[schemars(extend("enum" = ["ignore", "keep", "refuse"]))]
    pub unknown_extensions: &'static str,
    /// Which identity provider it is of, where an administrator has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idp: Option<Idp>,
    /// The quirks that are accepted (`true`) or refused (`false`) otherwise than the dialect has it.
    pub quirks: BTreeMap<&'static str, bool>,
    /// Where everybody who signs in is enrolled; `null` for nowhere.
    pub default_enrollment: Option<EnrollmentInfo>,
    /// When it was made.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// How many users it has.
    pub users: u64,
    /// How many groups it has.
    pub groups: u64,
    /// How its identity provider is doing, where a request log is kept; that it is held or paused is known without.
    #[serde(flatten)]
    pub health: Option<DirectoryHealth>,
    /// That it is held or paused.
    #[serde(skip)]
    pub(crate) stopped: Option<DirectoryState>,
}

impl Service {
    /// Makes a directory.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the name is none, [`Error::Conflict`] when it is taken.
    pub async fn create_directory(
        &self,
        name: &str,
        settings: &DirectorySettings,
    ) -> Result<DirectoryInfo, Error> {
        let (mut row, settings) = (self.new_directory(parse_name(name)?), settings.clone());
        settings.apply(&mut row);
        let taken = format!("there is a directory {name} already: choose another name, or change that one");
        let scribe = Scribe::of_service(self, row.created);
        let made = self
            .db()
            .write(move |tx| {
                directory::insert(tx, &row).map_err(|error| match error {
                    StoreError::Unique { .. } => Error::Conflict(taken.clone()),
                    other => other.into(),
                })?;
                settings.store(tx, &row)?;
                let made = info(tx, &row)?;
                tell(tx, &scribe, Action::DirectoryCreated, None, &made)?;
                Ok(made)
            })
            .await;
        self.with_health(made).await
    }

    /// All directories, by name.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn directories(&self) -> Result<Vec<DirectoryInfo>, Error> {
        let all: Result<Vec<_>, Error> =
            self.db().read(|tx| directory::list(tx)?.into_iter().map(|row| info(tx, &row)).collect()).await;
        let mut all = all?;
        self.add_health(&mut all).await;
        Ok(all)
    }

    /// A page of the directories, by name.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the page is none.
    pub async fn directories_page(&self, page: &PageRequest) -> Result<Page<DirectoryInfo>, Error> {
        let page = page.clone();
        let after: Option<DirectoryName> = page.after()?;
        let found: Result<Page<_>, Error> = self
            .db()
            .read(move |tx| {
                let rows = directory::page(tx, after.as_ref(), page.one_more())?;
                page.cut(rows, |row| row.name.clone()).shown(|row| info(tx, &row))
            })
            .await;
        let mut found = found?;
        self.add_health(&mut found.items).await;
        Ok(found)
    }

    /// One directory, by name or id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn directory(&self, name: &str) -> Result<DirectoryInfo, Error> {
        let name = name.to_owned();
        let found = self.db().read(move |tx| info(tx, &find(tx, &name)?)).await;
        self.with_health(found).await
    }

    async fn with_health(&self, found: Result<DirectoryInfo, Error>) -> Result<DirectoryInfo, Error> {
        let mut found = [found?];
        self.add_health(&mut found).await;
        let [found] = found;
        Ok(found)
    }

    /// Deletes a directory that holds nothing, with its settings.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none; [`Error::Conflict`] for the one that every instance has, and while users, groups,
    /// other resources, SCIM tokens, mappings or schemas of it are left, or an organization is reserved to it;
    /// [`Error::PreconditionFailed`] when it has another version than is [expected](Service::expecting).
    pub async fn delete_directory(&self, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        let (scribe, expected) = (Scribe::of_service(self, self.clock().now()), self.expected().clone());
        self.db()
            .write(move |tx| {
                let row = find(tx, &name)?;
                expected.check(&info(tx, &row)?)?;
                if row.name.as_str() == DEFAULT {
                    return Err(Error::Conflict(format!("every instance has the directory {DEFAULT}")));
                }
                directory::delete(tx, row.id).map(drop).map_err(|error| match error {
                    StoreError::ForeignKey => Error::Conflict(format!(
                        "{} still has users, groups, other resources, SCIM tokens, mappings or schemas, or an \
                         organization is reserved to it: remove that first",
                        row.name
                    )),
                    other => other.into(),
                })?;
                let id = row.id.to_string();
                let subject = (SubjectKind::Directory, id.as_str(), row.name.as_str());
                scribe.write_global(tx, Action::DirectoryDeleted, subject, &Changes::default())?;
                Ok(())
            })
            .await
    }

    /// Changes the settings of a directory; in force with the next request.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory or organization; [`Error::Invalid`] for a privileged default enrollment
    /// that is not expressly allowed; [`Error::Conflict`] when its organization is reserved to other directories;
    /// [`Error::PreconditionFailed`] when it has another version than is [expected](Service::expecting).
    pub async fn set_directory(
        &self,
        name: &str,
        settings: &DirectorySettings,
    ) -> Result<DirectoryInfo, Error> {
        let (name, settings) = (name.to_owned(), settings.clone());
        let (scribe, expected) = (Scribe::of_service(self, self.clock().now()), self.expected().clone());
        let changed = self
            .db()
            .write(move |tx| {
                let mut row = find(tx, &name)?;
                let before = info(tx, &row)?;
                expected.check(&before)?;
                settings.apply(&mut row);
                directory::set_policy(tx, row.id, row.dialect, row.rebind)?;
                settings.store(tx, &row)?;
                let after = info(tx, &row)?;
                tell(tx, &scribe, Action::DirectoryUpdated, Some(&before), &after)?;
                Ok(after)
            })
            .await;
        self.with_health(changed).await
    }

    /// Makes the directory that every instance has, when it is not there.
    pub(crate) async fn ensure_default_directory(&self) -> Result<(), Error> {
        let name = parse_name(DEFAULT)?;
        if self.db().look_up(|tx| directory::find_by_name(tx, &name))?.is_some() {
            return Ok(());
        }
        let row = self.new_directory(name);
        let scribe = Scribe::of_service(self, row.created);
        self.db()
            .write(move |tx| {
                // Another process may have been faster.
                match directory::find_by_name(tx, &row.name)? {
                    Some(_) => Ok(()),
                    None => {
                        directory::insert(tx, &row)?;
                        tell(tx, &scribe, Action::DirectoryCreated, None, &info(tx, &row)?)
                    }
                }
            })
            .await
    }

    fn new_directory(&self, name: DirectoryName) -> DirectoryRow {
        let now = self.clock().now();
        DirectoryRow {
            id: DirectoryId::new(now, &self.entropy().id()),
            name,
            dialect: DialectName::default(),
            rebind: RebindPolicy::default(),
            created: now,
        }
    }
}

/// Writes what has changed into the audit trail; nothing, when nothing has.
fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    action: Action,
    before: Option<&DirectoryInfo>,
    after: &DirectoryInfo,
) -> Result<(), Error> {
    let mut changes = Changes::default();
    changes.change("name", before.map(|before| &before.name), Some(&after.name));
    changes.change("dialect", before.map(|before| before.dialect), Some(after.dialect));
    changes.change("rebind", before.map(|before| before.rebind), Some(after.rebind));
    changes.change(
        "unknownExtensions",
        before.map(|before| before.unknown_extensions),
        Some(after.unknown_extensions),
    );
    changes.change(
        "defaultEnrollment",
        before.and_then(|before| before.default_enrollment.as_ref()),
        after.default_enrollment.as_ref(),
    );
    changes.change("idp", before.and_then(|before| before.idp), after.idp);
    changes.change("quirks", before.map(|before| &before.quirks), Some(&after.quirks));
    if changes.is_empty() {
        return Ok(());
    }
    let id = after.id.to_string();
    scribe.write(tx, action, after.id, (SubjectKind::Directory, &id, &after.name), &changes)?;
    Ok(())
}

fn parse_name(name: &str) -> Result<DirectoryName, Error> {
    name.parse().map_err(|error| Error::Invalid(format!("{name:?} is no name for a directory: {error}")))
}

/// The directory of that name or id. No name is an id: it would be too long.
pub(crate) fn find(tx: &Tx<'_>, name: &str) -> Result<DirectoryRow, Error> {
    let missing =
        || Error::NotFound(format!("there is no directory {name}; list them: enroll directory list"));
    let found = match name.parse::<DirectoryId>() {
        Ok(id) => directory::find(tx, id)?,
        Err(_) => {
            let name: DirectoryName = name.parse().map_err(|_| missing())?;
            directory::find_by_name(tx, &name)?
        }
    };
    found.ok_or_else(missing)
}

fn info(tx: &Tx<'_>, row: &DirectoryRow) -> Result<DirectoryInfo, Error> {
    let everything = enroll_store::filter::Compiled::everything();
    let enrollment = match directory::default_enrollment(tx, row.id)? {
        None => None,
        Some(DefaultEnrollment { organization, role }) => {
            let organization = find_organization(tx, &organization.to_string())?.name.to_string();
            Some(EnrollmentInfo { organization, role })
        }
    };
    Ok(DirectoryInfo {
        users: user::count(tx, row.id, &everything)?,
        groups: group::count(tx, row.id, &everything)?,
        id: row.id,
        name: row.name.to_string(),
        dialect: row.dialect.as_str(),
        rebind: row.rebind,
        unknown_extensions: custom_schema::definitions(tx, row.id)?.unknown_extensions.as_str(),
        idp: directory::idp(tx, row.id)?,
        quirks: directory::quirks(tx, row.id)?
            .into_iter()
            .map(|(quirk, accepted)| (quirk.name(), accepted))
            .collect(),
        default_enrollment: enrollment,
        created: row.created,
        health: None,
        stopped: stopped(&brake::find(tx, row.id)?),
    })
}
