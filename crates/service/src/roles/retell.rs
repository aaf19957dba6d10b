//! Many roles: an organization or a resource is gone through in slices, each a transaction of its own.

use enroll_domain::UserId;
use enroll_store::retell::{self, RetellRow};
use enroll_store::slice::{self, Scope};
use enroll_store::{StoreError, Tx, role_history};

use super::difference::{Standing, write_differences};
use crate::audit::Told;
use crate::{Error, Service};

/// Users in one slice: some ten milliseconds, so that writes of others need not wait long.
const SLICE: u32 = 200;

impl Service {
    /// Whether changes that touch many users wait to be told.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub fn has_retells(&self) -> Result<bool, Error> {
        Ok(self.db().look_up_one(retell::first)?.is_some())
    }

    /// Tells of the next users whose roles a large change has touched; answers whether there may be more. Whoever is killed in
    /// between leaves it to the next.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn retell(&self) -> Result<bool, Error> {
        self.db()
            .write(move |tx| {
                let Some(row) = retell::first(tx)? else { return Ok(false) };
                // What was before the history was so when it began: nobody asks about a time before.
                let time =
                    if row.audit == 0 { role_history::beginning(tx, row.target)? } else { row.recorded };
                let behind = go_on(tx, &row, Told { sequence: row.audit, time })?;
                retell::go_on(tx, &row, behind)?;
                Ok(true)
            })
            .await
    }
}

/// Tells of a slice; gives the last user of it, unless it was the last slice.
fn go_on(tx: &Tx<'_>, row: &RetellRow, cause: Told) -> Result<Option<UserId>, StoreError> {
    let slice = slice::of_target(tx, &Scope::given_on(row.target), row.after, SLICE)?;
    let mut told = role_history::of_target(tx, row.target, row.after, SLICE)?;
    let full = told.len() >= usize::try_from(SLICE).unwrap_or(usize::MAX);
    let last_told = told.last().map(|row| row.user).filter(|_| full);
    // Both lists are whole up to the nearer of their ends.
    let end = [slice.next, last_told].into_iter().flatten().min();
    let within = |user: UserId| end.is_none_or(|end| user <= end);
    let mut now = Standing::all(&slice.state);
    now.retain(|(_, user), _| within(*user));
    told.retain(|row| within(row.user));
    write_differences(tx, cause, None, told, &now)?;
    Ok(end)
}
