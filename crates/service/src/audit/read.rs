//! Reading the trail: `enroll audit`.

use enroll_domain::audit::{Actor, ChainHash};
use enroll_store::audit::{self, ChainReport, Chained, Query};
use enroll_store::user;
use jiff::Timestamp;

use crate::admin::find_directory;
use crate::{Error, Service};

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

impl Service {
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
                if let Some(name) = query.user {
                    match user::resolve(tx, &name)? {
                        user::Reference::Nobody => match name.parse() {
                            Ok(id) => wanted.about = Some(*enroll_domain::UserId::as_uuid(&id)),
                            Err(_) => wanted.name = Some(name),
                        },
                        _ => wanted.about = Some(*crate::access::find_user(tx, &name)?.id.as_uuid()),
                    }
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
        self.db().read(move |tx| Ok(audit::verify(tx, anchor)?)).await
    }
}
