//! The sessions that a user has.

use enroll_domain::SessionId;
use enroll_store::session;
use enroll_store::user;

use super::{SessionInfo, SignedIn};
use crate::access::find_user;
use crate::{Error, Page, PageRequest, Service};

impl Service {
    /// A page of the sessions of the user who asks, oldest first; hers of this request is marked (OWASP ASVS 7.5.2).
    ///
    /// # Errors
    /// [`Error::Invalid`] when the page is none.
    pub async fn own_sessions(
        &self,
        signed_in: &SignedIn,
        page: &PageRequest,
    ) -> Result<Page<SessionInfo>, Error> {
        let (SignedIn { session, user, .. }, page) = (signed_in.clone(), page.clone());
        let (after, now): (Option<SessionId>, _) = (page.after()?, self.clock().now());
        self.db()
            .read(move |tx| {
                let rows = session::page_of_user(tx, user, after, page.one_more())?;
                let mut page =
                    page.cut(rows, |row| row.id).shown(|row| Ok(SessionInfo::of(row, Some(session))))?;
                page.items.retain(|info| info.expires > now);
                Ok(page)
            })
            .await
    }

    /// A page of the sessions of a user, whom an administrator names by handle, userName or id; oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, [`Error::Conflict`] when the name stands for several, [`Error::Invalid`]
    /// when the page is none.
    pub async fn sessions_of(&self, user: &str, page: &PageRequest) -> Result<Page<SessionInfo>, Error> {
        let (name, page) = (user.to_owned(), page.clone());
        let (after, now): (Option<SessionId>, _) = (page.after()?, self.clock().now());
        self.db()
            .read(move |tx| {
                let user: user::UserRow = find_user(tx, &name)?;
                let rows = session::page_of_user(tx, user.id, after, page.one_more())?;
                let mut page = page.cut(rows, |row| row.id).shown(|row| Ok(SessionInfo::of(row, None)))?;
                page.items.retain(|info| info.expires > now);
                Ok(page)
            })
            .await
    }
}
