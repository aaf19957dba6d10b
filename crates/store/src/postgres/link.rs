//! A database as a whole, for copying it: beside the pool and the writer of a server.

use std::time::{Duration, Instant};

use super::connect::{Connector, Purpose};
use super::open::fit;
use super::session::Session;
use super::url::DatabaseUrl;
use crate::error::StoreError;

/// How long to wait for a lock.
const LOCK: Duration = Duration::from_secs(5);

/// How long the connections of a process that has just ended may be there still.
const GONE: Duration = Duration::from_secs(3);

/// The way to a database. Its connections end with it.
pub(crate) struct Link(Connector);

impl Link {
    /// Finds the database, and whether it is fit.
    ///
    /// # Errors
    /// [`StoreError::Connect`].
    pub(crate) fn new(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let link = Self(Connector::new(url.clone(), LOCK)?);
        fit(&link.session()?).map_err(|reason| link.explain(reason))?;
        Ok(link)
    }

    /// A connection without limits of time.
    ///
    /// # Errors
    /// [`StoreError::Connect`].
    pub(crate) fn session(&self) -> Result<Session, StoreError> {
        self.0.connect(Purpose::Copying).map_err(|error| match error {
            StoreError::Unavailable(reason) => self.explain(reason),
            other => other,
        })
    }

    /// Whether other processes of Enroll are connected. To be asked by the only connection of this one. Connections are known by the
    /// name that they give themselves, which is that of this process: whoever changed it in the URL did so for all.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) fn is_shared(&self, session: &Session) -> Result<bool, StoreError> {
        let started = Instant::now();
        loop {
            if !self.shares(session)? {
                return Ok(false);
            }
            if started.elapsed() > GONE {
                return Ok(true);
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
    }

    /// As [`Link::is_shared`], without waiting for those who are just leaving; in a transaction the answer is that to the first question.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) fn shares(&self, session: &Session) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()";
        Ok(session.ask(sql).map_err(|fault| fault.error)? != "0")
    }

    fn explain(&self, reason: String) -> StoreError {
        StoreError::Connect { database: self.0.database(), reason }
    }
}
