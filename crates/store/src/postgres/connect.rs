//! Making a connection.

use std::sync::mpsc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::failure::sentence;
use super::session::Session;
use super::tls::Tls;
use super::url::DatabaseUrl;
use crate::error::StoreError;

/// How long a new connection may take altogether, over all hosts.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Transactions that write.
    Writing,
    /// Snapshots, and statements on their own.
    Reading,
    /// One transaction for as long as a database is copied.
    Copying,
}

impl Purpose {
    /// What is said first. A commit is answered when it is on the disk, whatever the server's configuration says; nothing runs for
    /// longer than any request may; and a process that was stopped in the middle of a transaction does not hold its locks.
    fn settings(self, lock_timeout: Duration) -> String {
        let common = "SET standard_conforming_strings = on; SET lc_messages = 'C';";
        let limits = "SET statement_timeout = '20s'; SET idle_in_transaction_session_timeout = '10s';";
        let durable = format!(
            "SET lock_timeout = {}; SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');",
            lock_timeout.as_millis().max(1)
        );
        match self {
            Self::Writing => format!("{common} {limits} {durable}"),
            Self::Reading => format!(
                "{common} {limits} SET default_transaction_read_only = on; \
                 SET default_transaction_isolation = 'repeatable read';"
            ),
            Self::Copying => format!(
                "{common} SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; {durable}"
            ),
        }
    }
}

/// Makes connections, and drives them on a thread of its own.
pub(crate) struct Connector {
    url: DatabaseUrl,
    tls: Tls,
    lock_timeout: Duration,
    /// Taken out when dropped.
    runtime: Option<Runtime>,
}

impl Connector {
    /// # Errors
    /// [`StoreError::Connect`] for certificates that cannot be read; [`StoreError::Unavailable`] when no thread starts.
    pub(super) fn new(url: DatabaseUrl, lock_timeout: Duration) -> Result<Self, StoreError> {
        let tls = Tls::new(url.roots.as_deref())
            .map_err(|reason| StoreError::Connect { database: url.to_string(), reason })?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("enroll-postgres")
            .enable_all()
            .build()
            .map_err(|error| {
                StoreError::Unavailable(format!("the database thread does not start: {error}"))
            })?;
        Ok(Self { url, tls, lock_timeout, runtime: Some(runtime) })
    }

    /// The database, without a password.
    pub(super) fn database(&self) -> String {
        self.url.to_string()
    }

    /// A new connection.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with the reason.
    pub(super) fn connect(&self, purpose: Purpose) -> Result<Session, StoreError> {
        let Some(runtime) = &self.runtime else {
            return Err(StoreError::Unavailable("it is closed".to_owned()));
        };
        let (config, tls) = (self.url.config.clone(), self.tls.clone());
        let (answer, connected) = mpsc::channel();
        let task = runtime.spawn(async move {
            match config.connect(tls).await {
                Ok((client, connection)) => {
                    answer.send(Ok(client)).ok();
                    // Ends with its last client; what goes wrong before is told to those who wait for an answer.
                    drop(connection.await);
                }
                Err(error) => drop(answer.send(Err(sentence(&error)))),
            }
        });
        let client = match connected.recv_timeout(PATIENCE) {
            Ok(Ok(client)) => client,
            Ok(Err(reason)) => return Err(StoreError::Unavailable(reason)),
            Err(_) => {
                task.abort();
                return Err(StoreError::Unavailable(format!(
                    "no connection within {} s",
                    PATIENCE.as_secs()
                )));
            }
        };
        let session = Session::new(client);
        session.run(&purpose.settings(self.lock_timeout)).map_err(|fault| fault.error)?;
        Ok(session)
    }
}

impl Drop for Connector {
    fn drop(&mut self) {
        // Dropping a runtime waits for it, which a thread of another runtime must not do.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
