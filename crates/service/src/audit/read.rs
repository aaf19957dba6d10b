//! Reading the trail: `enroll audit`.

use enroll_domain::UserId;
use enroll_domain::audit::{Action, Actor, ChainHash};
use enroll_store::audit::{self, ChainReport, Chained, Query};
use enroll_store::{Tx, user};
use jiff::Timestamp;

use crate::access::find_user;
use crate::admin::find_directory;
use crate::{Error, Page, PageRequest, Service};

/// Which entries to show; all of them where nothing is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Handle, userName or id of a user: entries about the user, and entries that name the user's id. A user who was deleted is
    /// found by id, or by the last userName in entries about the user alone.
    pub user: Option<String>,
    /// The name of a directory.
    pub directory: Option<String>,
    /// Entries made then or later.
    pub since: Option<Timestamp>,
}

/// Which entries to show; all of them where nothing is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Handle, userName or id of a user, as [`AuditQuery::user`] has it.
    pub user: Option<String>,
    /// Label or id of the actor.
    pub actor: Option<String>,
    /// The action, for example `user.created`.
    pub action: Option<Action>,
    /// Name or id of what was changed.
    pub subject: Option<String>,
    /// Name or id of a directory; one that was deleted, by its id alone.
    pub directory: Option<String>,
    /// Entries made then or later.
    pub since: Option<Timestamp>,
    /// Entries made before.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    fn query(&self, tx: &Tx<'_>) -> Result<Query, Error> {
        let directory = match &self.directory {
            None => None,
            Some(name) => Some(match name.parse() {
                Ok(id) => id,
                Err(_) => find_directory(tx, name)?.id,
            }),
        };
        let query = Query {
            actor: self.actor.clone(),
            action: self.action.map(|action| action.to_string()),
            subject: self.subject.clone(),
            directory,
            since: self.since,
            until: self.until,
            ..Query::default()
        };
        match &self.user {
            None => Ok(query),
            Some(name) => about(tx, query, name),
        }
    }
}

/// Those entries of a query that are about a user or name her.
fn about(tx: &Tx<'_>, query: Query, name: &str) -> Result<Query, Error> {
    Ok(match user::resolve(tx, name)? {
        user::Reference::Nobody => match name.parse::<UserId>() {
            Ok(id) => Query { about: Some(*id.as_uuid()), ..query },
            Err(_) => Query { name: Some(name.to_owned()), ..query },
        },
        _ => Query { about: Some(*find_user(tx, name)?.id.as_uuid()), ..query },
    })
}

impl Service {
    /// A page of the audit trail, newest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the page is none, [`Error::NotFound`] for an unknown directory, [`Error::Conflict`] when several
    /// users have the name.
    pub async fn audit_trail(
        &self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<Chained>, Error> {
        let (filter, page) = (filter.clone(), page.clone());
        let before = page.after()?;
        self.db()
            .read(move |tx| {
                let query = Query { before, ..filter.query(tx)? };
                let limit = usize::try_from(page.one_more()).unwrap_or(usize::MAX);
                Ok(page.cut(audit::newest(tx, &query, limit)?, |chained| chained.entry.sequence))
            })
            .await
    }

    /// The entries behind a place, oldest first, `limit` at most: from 0 on, page by page, it is all that the filter asks for.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory, [`Error::Conflict`] when several users have the name.
    pub async fn audit_export(
        &self,
        filter: &AuditFilter,
        behind: i64,
        limit: usize,
    ) -> Result<Vec<Chained>, Error> {
        let filter = filter.clone();
        self.db()
            .read(move |tx| {
                let query = Query { behind: Some(behind), ..filter.query(tx)? };
                Ok(audit::oldest(tx, &query, limit)?)
            })
            .await
    }

    /// The same service, for changes that `actor` makes: the audit trail names the actor.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        self.clone().with_actor(actor)
    }

    /// The newest entries of the audit trail, newest first, `limit` at most.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory, [`Error::Conflict`] when several users have the name.
    pub async fn audit_entries(&self, query: AuditQuery, limit: usize) -> Result<Vec<Chained>, Error> {
        self.db()
            .read(move |tx| {
                let mut wanted = Query { since: query.since, ..Query::default() };
                if let Some(name) = &query.directory {
                    wanted.directory = Some(find_directory(tx, name)?.id);
                }
                if let Some(name) = &query.user {
                    wanted = about(tx, wanted, name)?;
                }
                Ok(audit::newest(tx, &wanted, limit)?)
            })
            .await
    }

    /// The entries behind a place in the audit trail, in order, `limit` at most: from 0 on, page by page, it is all of it.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn audit_page(&self, after: i64, limit: u32) -> Result<Vec<Chained>, Error> {
        self.db().read(move |tx| Ok(audit::after(tx, after, limit)?)).await
    }

    /// Recomputes the chain of the audit trail and tells where it first breaks. `anchor` is the place and hash of an entry as
    /// somebody has noted it before.
    ///
    /// # Errors
    /// [`Error::Store`] when the trail cannot be read.
    pub async fn verify_audit(&self, anchor: Option<(i64, ChainHash)>) -> Result<ChainReport, Error> {
        self.db().survey(move |tx| Ok(audit::verify(tx, anchor)?)).await
    }
}
