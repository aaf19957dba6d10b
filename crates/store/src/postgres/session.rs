//! One connection, with its prepared statements.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{FutureExt as _, TryStreamExt as _};
use tokio_postgres::{Client, Error, SimpleQueryMessage, Statement};

use super::failure::{fault, lost};
use super::statements::Statements;
use super::value::Bound;
use super::wait::wait;
use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::tx::{Param, Row};

/// How long to wait for an answer. The server itself gives up before: [`super::connect`].
const ANSWER: Duration = Duration::from_secs(25);

/// How far an error reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// What was done since the last savepoint.
    Statement,
    /// The whole transaction, which may be repeated.
    Transaction,
    /// The connection, and the transaction with it.
    Connection,
}

/// An error and how far it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) error: StoreError,
    pub(crate) reach: Reach,
}

impl From<StoreError> for Fault {
    /// An error that the server does not know of.
    fn from(error: StoreError) -> Self {
        Self { error, reach: Reach::Statement }
    }
}

/// A connection.
pub(crate) struct Session {
    client: Client,
    statements: RefCell<Statements>,
    lost: Cell<bool>,
    /// The place of its host in the URL.
    pub(super) host: usize,
    /// Set when the server warns, before the answer that follows.
    warned: Arc<AtomicBool>,
}

impl Session {
    pub(super) fn new(client: Client, host: usize, warned: Arc<AtomicBool>) -> Self {
        Self { client, statements: RefCell::default(), lost: Cell::new(false), host, warned }
    }

    /// Whether the server has warned since this was asked last.
    pub(super) fn was_warned(&self) -> bool {
        self.warned.swap(false, Ordering::AcqRel)
    }

    /// Whether the connection can still be used.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.get() || self.client.is_closed()
    }

    /// Runs statements of the engine itself, one after the other in one round trip, and gives how many rows they answered.
    pub(crate) fn run(&self, sql: &str) -> Result<usize, Fault> {
        self.run_within(ANSWER, sql)
    }

    /// As [`Session::run`], for a statement that has to be answered within `limit`; else the connection counts as lost.
    pub(super) fn run_within(&self, limit: Duration, sql: &str) -> Result<usize, Fault> {
        let answers = self.finish_within(limit, self.client.simple_query(sql))?;
        Ok(answers.iter().filter(|answer| matches!(answer, SimpleQueryMessage::Row(_))).count())
    }

    /// The first column of the one row that a statement of the engine itself answers, as text.
    pub(super) fn ask(&self, sql: &str) -> Result<String, Fault> {
        let answers = self.finish(self.client.simple_query(sql))?;
        let answer = answers.iter().find_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        answer.ok_or_else(|| StoreError::Internal(format!("no answer to {sql}")).into())
    }

    /// Sends statements of the engine itself and does not wait: what follows on this connection runs after them.
    pub(super) fn send(&self, sql: &str) {
        // The first look at the future sends; its answer is thrown away when it comes.
        drop(self.client.batch_execute(sql).now_or_never());
    }

    pub(crate) fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, Fault> {
        if is_control(sql) {
            return self.run(sql).map(|_| 0);
        }
        let statement = self.prepare(sql, params.len())?;
        self.finish(self.client.execute_raw(&statement, params.iter().map(Bound)))
    }

    pub(crate) fn each(
        &self,
        sql: &str,
        params: &[Param<'_>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<Result<(), StoreError>, Fault> {
        let statement = self.prepare(sql, params.len())?;
        let rows = self.finish(self.client.query_raw(&statement, params.iter().map(Bound)))?;
        let mut rows = pin!(rows);
        let mut wanted = true;
        while let Some(row) = self.finish(rows.try_next())? {
            // The rest is read and dropped: an error may come behind the last row that anybody wants.
            if wanted {
                match visit(&Row::from(&row)) {
                    Ok(flow) => wanted = flow.is_continue(),
                    Err(error) => return Ok(Err(error)),
                }
            }
        }
        Ok(Ok(()))
    }

    /// Whether PostgreSQL takes a statement, however many parameters it has.
    pub(crate) fn take(&self, sql: &str) -> Result<(), Fault> {
        self.finish(self.client.prepare(&Dialect::Postgres.statement(sql))).map(drop)
    }

    /// Whether PostgreSQL takes a statement. Gives the types of its parameters.
    fn prepare(&self, sql: &str, params: usize) -> Result<Statement, Fault> {
        let known = self.statements.borrow_mut().get(sql);
        let statement = match known {
            Some(statement) => statement,
            None => {
                let text = Dialect::Postgres.statement(sql);
                let statement = self.finish(self.client.prepare(&text))?;
                self.statements.borrow_mut().keep(sql, &statement);
                statement
            }
        };
        let expected = statement.params().len();
        if expected != params {
            let mistake = format!("{params} values for the {expected} parameters of a statement");
            return Err(StoreError::Internal(mistake).into());
        }
        Ok(statement)
    }

    /// Waits for an answer.
    fn finish<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Fault> {
        self.finish_within(ANSWER, answer)
    }

    fn finish_within<T>(
        &self,
        limit: Duration,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Fault> {
        let fault = match wait(limit, answer) {
            Some(Ok(answer)) => return Ok(answer),
            Some(Err(error)) => fault(&error),
            None => lost(&format!("no answer within {} s", limit.as_secs())),
        };
        if fault.reach == Reach::Connection {
            self.lost.set(true);
        }
        Err(fault)
    }
}

/// Whether a statement controls the transaction. Such a one cannot be prepared when the transaction has failed, and need not be.
fn is_control(sql: &str) -> bool {
    ["SAVEPOINT ", "RELEASE ", "ROLLBACK", "COMMIT"].iter().any(|word| sql.starts_with(word))
}
