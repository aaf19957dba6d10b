//! Making a connection.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Socket};

use super::driver::Driver;
use super::failure::{is_warning, sentence};
use super::session::{ANSWER, Session};
use super::tls::Tls;
use super::url::{CONNECT, DatabaseUrl};
use crate::error::StoreError;

/// How long a new connection may take altogether, over all hosts.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait for the answer whether anything was committed.
pub(super) const LOOK: Duration = Duration::from_secs(2);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Transactions that write, all of them on one thread that does nothing else.
    Writing,
    /// Looking whether a database is fit, and bringing it up to date.
    Opening,
    /// Snapshots, and statements on their own.
    Reading,
    /// One small statement, again and again, on one thread that does nothing else.
    Watching,
    /// One transaction for as long as a database is copied.
    Copying,
    /// One snapshot for as long as a database is read as a whole.
    Surveying,
}

impl Purpose {
    /// What is said first. A commit is answered when it is on the disk, whatever the server's configuration says; nothing that a request
    /// waits for runs for longer than any request may; and a process that was stopped in the middle of a transaction does not hold its locks. Any role may
    /// say all of it.
    fn settings(self, lock_timeout: Duration) -> String {
        let common = "SET standard_conforming_strings = on;";
        let limits = "SET statement_timeout = '20s'; SET idle_in_transaction_session_timeout = '10s';";
        let durable = format!(
            "SET lock_timeout = {}; SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');",
            lock_timeout.as_millis().max(1)
        );
        let unlimited = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;";
        let snapshot =
            "SET default_transaction_read_only = on; SET default_transaction_isolation = 'repeatable read';";
        match self {
            Self::Writing | Self::Opening => format!("{common} {limits} {durable}"),
            Self::Reading | Self::Watching => format!("{common} {limits} {snapshot}"),
            Self::Copying => format!("{common} {unlimited} {durable}"),
            Self::Surveying => format!("{common} {unlimited} {snapshot}"),
        }
    }

    /// How long to wait for an answer. A server that is gone without a word ends the connection: it does not answer its keepalives.
    const fn limit(self) -> Option<Duration> {
        match self {
            Self::Writing | Self::Opening | Self::Reading => Some(ANSWER),
            // Who gets no answer reads what is asked for, and is told there what is wrong.
            Self::Watching => Some(LOOK),
            Self::Copying | Self::Surveying => None,
        }
    }
}

/// Makes connections, and drives them on a thread of its own, but for those that have a thread to themselves.
pub(crate) struct Connector {
    url: DatabaseUrl,
    hosts: Vec<(String, Config)>,
    /// The place, in `hosts`, of the one that was the primary when a connection was made last.
    primary: AtomicUsize,
    tls: Tls,
    lock_timeout: Duration,
    /// Taken out when dropped.
    runtime: Option<Runtime>,
}

/// A connection that was made.
struct Made {
    client: Client,
    host: usize,
    warned: Arc<AtomicBool>,
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
        let (hosts, primary) = (url.hosts(), AtomicUsize::new(0));
        Ok(Self { url, hosts, primary, tls, lock_timeout, runtime: Some(runtime) })
    }

    /// The database, without a password.
    pub(super) fn database(&self) -> String {
        self.url.to_string()
    }

    /// Whether a connection is to the host that was found to be the primary last. One that is not may be to a primary of the past,
    /// which wakes up again and does not know yet.
    pub(super) fn is_current(&self, session: &Session) -> bool {
        session.host == self.primary.load(Ordering::Relaxed)
    }

    /// A new connection. The host that was the primary last is tried first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with the reason.
    pub(super) fn connect(&self, purpose: Purpose) -> Result<Session, StoreError> {
        let Some(runtime) = &self.runtime else {
            return Err(StoreError::Unavailable("it is closed".to_owned()));
        };
        let first = self.primary.load(Ordering::Relaxed);
        let mut hosts: Vec<_> = self.hosts.iter().cloned().enumerate().collect();
        hosts.rotate_left(first);
        let mut driver = match purpose {
            Purpose::Writing | Purpose::Watching => Driver::waiting()
                .map_err(|error| StoreError::Unavailable(format!("no connection can be driven: {error}")))?,
            _ => Driver::Shared(runtime.handle().clone()),
        };
        let (answer, connected) = oneshot::channel();
        driver.drive(connect_to_one(hosts, self.tls.clone(), answer));
        let late = || format!("no connection within {} s", PATIENCE.as_secs());
        let made = match driver.wait(Some(PATIENCE), connected) {
            Some(Ok(made)) => made.map_err(StoreError::Unavailable)?,
            Some(Err(_)) => return Err(StoreError::Unavailable("it is closed".to_owned())),
            None => return Err(StoreError::Unavailable(late())),
        };
        let Made { client, host, warned } = made;
        let session = Session::new(client, driver, host, warned, purpose.limit());
        session.run_within(ANSWER, &purpose.settings(self.lock_timeout)).map_err(|fault| fault.error)?;
        if self.primary.swap(host, Ordering::Relaxed) != host {
            let host = self.hosts.get(host).map(|(shown, _)| shown.as_str());
            tracing::info!(host, "another host is the primary now");
        }
        Ok(session)
    }
}

/// Connects to the first of the hosts that can be used, hands the connection over and drives it.
async fn connect_to_one(
    hosts: Vec<(usize, (String, Config))>,
    tls: Tls,
    answer: oneshot::Sender<Result<Made, String>>,
) {
    let several = hosts.len() > 1;
    let mut refusals = Vec::new();
    for (host, (shown, config)) in hosts {
        if answer.is_closed() {
            return;
        }
        // A host that is stopped accepts connections and says nothing: the time is for all of it.
        let limit = config.get_connect_timeout().copied().unwrap_or(CONNECT);
        let refusal = match tokio::time::timeout(limit, config.connect(tls.clone())).await {
            Ok(Ok((client, connection))) => {
                let warned = Arc::new(AtomicBool::new(false));
                let made = Made { client, host, warned: Arc::clone(&warned) };
                if answer.send(Ok(made)).is_ok() {
                    drive(connection, &warned).await;
                }
                return;
            }
            Ok(Err(error)) => sentence(&error),
            Err(_) => format!("no connection within {} s", limit.as_secs_f32()),
        };
        refusals.push(if several { format!("{shown}: {refusal}") } else { refusal });
    }
    answer.send(Err(refusals.join("; "))).ok();
}

/// Ends with the last client; what goes wrong before is told to those who wait for an answer. A warning is noted before the answer that
/// it belongs to is handed on.
async fn drive<T: AsyncRead + AsyncWrite + Unpin>(
    mut connection: Connection<Socket, T>,
    warned: &AtomicBool,
) {
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notice(notice) = message
            && is_warning(&notice)
        {
            tracing::warn!(notice = notice.message(), "the database server warns");
            warned.store(true, Ordering::Release);
        }
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
