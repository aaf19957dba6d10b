//! Opening a database: reaching it, looking whether it is fit, bringing it up to date.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use jiff::Timestamp;

use super::connect::{Connector, Purpose};
use super::pool::Pool;
use super::session::Session;
use super::url::DatabaseUrl;
use super::writer::Writer;
use crate::audit::KnownHead;
use crate::engine::{Message, State};
use crate::error::StoreError;
use crate::migrate::migrate_postgres;

/// The oldest version that is tested.
const OLDEST: i64 = 150_000;

/// What of the options concerns this engine.
pub(crate) struct Opening {
    pub(crate) url: DatabaseUrl,
    pub(crate) readers: usize,
    pub(crate) busy_timeout: Duration,
    pub(crate) batch: (usize, Duration),
}

/// Connects, migrates and starts the writer on `inbox`.
///
/// # Errors
/// [`StoreError::Connect`] and [`StoreError::NewerDatabase`]; the engine's.
pub(crate) fn open(
    opening: Opening,
    inbox: Receiver<Message>,
    state: &Arc<State>,
    now: Timestamp,
) -> Result<Arc<Pool>, StoreError> {
    let Opening { url, readers, busy_timeout, batch: (batch_jobs, batch_time) } = opening;
    let connector = Arc::new(Connector::new(url, busy_timeout)?);
    let explain = |reason: String| StoreError::Connect { database: connector.database(), reason };
    let session = connector.connect(Purpose::Opening).map_err(|error| match error {
        StoreError::Unavailable(reason) => explain(reason),
        other => other,
    })?;
    fit(&session).map_err(explain)?;
    migrate_postgres(&session, now, usize::MAX).map_err(|error| match error {
        StoreError::Internal(reason) | StoreError::Unavailable(reason) => explain(reason),
        other => other,
    })?;
    let pool = Arc::new(Pool::new(Arc::clone(&connector), readers));
    let writer = Writer {
        connector,
        pool: Arc::clone(&pool),
        state: Arc::clone(state),
        inbox,
        batch_jobs,
        batch_time,
        session: None,
        opening: Some(session),
        head: KnownHead::default(),
        careful: 0,
        doubtful: 0,
        assumed: Cell::new(false),
        changed: Cell::new(false),
        closing: None,
    };
    std::thread::Builder::new()
        .name("enroll-writer".to_owned())
        .spawn(|| writer.serve())
        .map_err(|error| StoreError::Unavailable(format!("the writer thread does not start: {error}")))?;
    Ok(pool)
}

/// Whether the server can do what this program needs; a sentence if not.
pub(super) fn fit(session: &Session) -> Result<(), String> {
    let ask = |sql: &str| session.ask(sql).map_err(|fault| fault.error.to_string());
    let version = ask("SHOW server_version_num")?;
    if version.parse::<i64>().is_ok_and(|version| version < OLDEST) {
        return Err(format!("it is PostgreSQL {}: 15 or later is needed", ask("SHOW server_version")?));
    }
    let encoding = ask("SHOW server_encoding")?;
    if encoding != "UTF8" {
        return Err(format!(
            "its encoding is {encoding}: create it anew, with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        ));
    }
    if ask("SHOW fsync")? == "off" {
        tracing::warn!("the database server runs with fsync=off: a power cut loses data");
    }
    Ok(())
}
