//! What meets a query, whatever the resource type: counted, found, looked at and shown.

use enroll_domain::{CustomResourceId, GroupId, UserId};
use enroll_scim::filter::TypedFilter;
use enroll_store::Tx;
use enroll_store::custom_resource::{self, CustomResourceRow};
use enroll_store::group::{self, GroupRow};
use enroll_store::user::{self, Page, UserRow};
use serde_json::Value;
use uuid::Uuid;

use super::ResourceKind;
use super::list::Query;
use super::view::View;
use crate::Error;

impl Query {
    /// The filter, where the database cannot decide alone.
    pub(super) fn undecided(&self) -> Option<&TypedFilter> {
        self.filter.as_ref().filter(|_| !self.condition.exact)
    }

    /// A part of what meets the query, and how much there is.
    pub(super) fn find(&self, tx: &Tx<'_>, page: Page<Uuid>) -> Result<(Rows, u64), Error> {
        let (directory, condition) = (self.view.directory, &self.condition);
        if let Some(filter) = self.undecided() {
            return self.search(tx, page, |_, shown| verdicts(filter, shown));
        }
        let total = match self.kind {
            ResourceKind::User => user::count(tx, directory, condition)?,
            ResourceKind::Group => group::count(tx, directory, condition)?,
            ResourceKind::Custom(_) => custom_resource::count(tx, directory, condition)?,
        };
        let rows = match self.kind {
            _ if page.is_beyond(total) => Rows::Users(Vec::new()),
            ResourceKind::User => {
                Rows::Users(user::list(tx, directory, condition, page.map(UserId::from_uuid))?)
            }
            ResourceKind::Group => {
                Rows::Groups(group::list(tx, directory, condition, page.map(GroupId::from_uuid))?)
            }
            ResourceKind::Custom(_) => Rows::Custom(custom_resource::list(
                tx,
                directory,
                condition,
                page.map(CustomResourceId::from_uuid),
            )?),
        };
        Ok((rows, total))
    }

    /// Looks at every candidate: `judge` is given their ids and full representations, a chunk at a time.
    pub(super) fn search(
        &self,
        tx: &Tx<'_>,
        page: Page<Uuid>,
        mut judge: impl FnMut(Vec<Uuid>, &[Value]) -> Vec<bool>,
    ) -> Result<(Rows, u64), Error> {
        let (directory, condition) = (self.view.directory, &self.condition);
        // Members and groups are read only where the filter has to look at them.
        let view = self.view.of_everything(self.undecided().is_some());
        Ok(match self.kind {
            ResourceKind::User => {
                let page = page.map(UserId::from_uuid);
                let found = user::search(tx, directory, condition, page, |rows| {
                    let ids = rows.iter().map(|row| *row.id.as_uuid()).collect();
                    Ok::<_, Error>(judge(ids, &view.users(tx, rows.to_vec())?))
                })?;
                (Rows::Users(found.rows), found.total)
            }
            ResourceKind::Group => {
                let page = page.map(GroupId::from_uuid);
                let found = group::search(tx, directory, condition, page, |rows| {
                    let ids = rows.iter().map(|row| *row.id.as_uuid()).collect();
                    Ok::<_, Error>(judge(ids, &view.groups_page(tx, rows.to_vec())?))
                })?;
                (Rows::Groups(found.rows), found.total)
            }
            ResourceKind::Custom(_) => {
                let page = page.map(CustomResourceId::from_uuid);
                let found = custom_resource::search(tx, directory, condition, page, |rows| {
                    let ids = rows.iter().map(|row| *row.id.as_uuid()).collect();
                    Ok::<_, Error>(judge(ids, &view.custom_page(rows.to_vec())?))
                })?;
                (Rows::Custom(found.rows), found.total)
            }
        })
    }

    /// The resource of that id as the query shows it.
    pub(super) fn read(&self, tx: &Tx<'_>, id: Uuid) -> Result<Vec<Value>, Error> {
        let directory = self.view.directory;
        let rows = match &self.kind {
            ResourceKind::User => {
                Rows::Users(user::find(tx, directory, UserId::from_uuid(id))?.into_iter().collect())
            }
            ResourceKind::Group => {
                Rows::Groups(group::find(tx, directory, GroupId::from_uuid(id))?.into_iter().collect())
            }
            ResourceKind::Custom(custom) => {
                let found =
                    custom_resource::find(tx, directory, custom.key(), CustomResourceId::from_uuid(id))?;
                Rows::Custom(found.into_iter().collect())
            }
        };
        rows.shown(tx, &self.view)
    }
}

/// Rows of one type.
pub(super) enum Rows {
    Users(Vec<UserRow>),
    Groups(Vec<GroupRow>),
    Custom(Vec<CustomResourceRow>),
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Users(rows) => rows.len(),
            Self::Groups(rows) => rows.len(),
            Self::Custom(rows) => rows.len(),
        }
    }

    pub(super) fn truncate(&mut self, length: usize) {
        match self {
            Self::Users(rows) => rows.truncate(length),
            Self::Groups(rows) => rows.truncate(length),
            Self::Custom(rows) => rows.truncate(length),
        }
    }

    /// The id of the last one.
    pub(super) fn last(&self) -> Option<Uuid> {
        match self {
            Self::Users(rows) => rows.last().map(|row| *row.id.as_uuid()),
            Self::Groups(rows) => rows.last().map(|row| *row.id.as_uuid()),
            Self::Custom(rows) => rows.last().map(|row| *row.id.as_uuid()),
        }
    }

    pub(super) fn shown(self, tx: &Tx<'_>, view: &View) -> Result<Vec<Value>, Error> {
        match self {
            Self::Users(rows) => view.users(tx, rows),
            Self::Groups(rows) => view.groups_page(tx, rows),
            Self::Custom(rows) => view.custom_page(rows),
        }
    }
}

/// Whether each representation meets the filter.
pub(super) fn verdicts(filter: &TypedFilter, representations: &[Value]) -> Vec<bool> {
    representations
        .iter()
        .map(|value| value.as_object().is_some_and(|object| filter.matches(object)))
        .collect()
}
