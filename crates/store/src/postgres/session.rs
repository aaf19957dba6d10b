//! One connection, with its prepared statements.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::future::{join, ready};
use futures_util::{FutureExt as _, TryStreamExt as _};
use tokio_postgres::{Client, Error, SimpleQueryMessage, Statement};

use super::driver::Driver;
use super::failure::{fault, lost};
use super::rows::{Insert, Rows, of_many};
use super::statements::Statements;
use super::value::{Bound, fits};
use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::tx::{Param, Row};

/// How long to wait for an answer, where the server itself gives up before: [`super::connect`].
pub(super) const ANSWER: Duration = Duration::from_secs(25);

/// How long a connection that has answered is taken to be there without asking.
const WARM: Duration = Duration::from_millis(500);

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

type Answer = Pin<Box<dyn Future<Output = Result<u64, Error>> + Send>>;

/// A statement that was sent and whose answer nobody waits for yet.
struct Later {
    answer: Answer,
    /// Whether a refusal was thought of.
    assumed: bool,
}

/// How a statement failed that nobody waited for.
struct EarlierError {
    error: Error,
    assumed: bool,
}

/// A connection.
pub(crate) struct Session {
    client: Arc<Client>,
    /// In the order in which they were sent.
    later: RefCell<Vec<Later>>,
    /// What is not even sent yet: goes before the next statement.
    rows: RefCell<Rows>,
    statements: RefCell<Statements>,
    lost: Cell<bool>,
    /// When it answered last.
    answered: Cell<Instant>,
    /// The place of its host in the URL.
    pub(super) host: usize,
    /// Set when the server warns, before the answer that follows.
    warned: Arc<AtomicBool>,
    /// How long to wait for an answer; without, for as long as the connection is there.
    limit: Option<Duration>,
    /// Goes last, when nobody can use the connection any more.
    driver: Driver,
}

impl Session {
    pub(super) fn new(
        client: Client,
        driver: Driver,
        host: usize,
        warned: Arc<AtomicBool>,
        limit: Option<Duration>,
    ) -> Self {
        Self {
            client: Arc::new(client),
            limit,
            later: RefCell::default(),
            rows: RefCell::default(),
            statements: RefCell::default(),
            lost: Cell::new(false),
            answered: Cell::new(Instant::now()),
            host,
            warned,
            driver,
        }
    }

    /// Whether the server has warned since this was asked last.
    pub(super) fn was_warned(&self) -> bool {
        self.warned.swap(false, Ordering::AcqRel)
    }

    /// Whether the connection can still be used.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.get() || self.client.is_closed()
    }

    /// Whether it has answered a moment ago: then it is there, and a transaction may begin without waiting for the answer to that.
    pub(super) fn is_warm(&self) -> bool {
        self.answered.get().elapsed() < WARM
    }

    /// Runs statements of the engine itself, one after the other in one round trip, and gives how many rows they answered.
    pub(crate) fn run(&self, sql: &str) -> Result<usize, Fault> {
        self.finish(self.client.simple_query(sql)).map(|answers| rows(&answers))
    }

    /// As [`Session::run`], for a statement that has to be answered within `limit`; else the connection counts as lost.
    pub(super) fn run_within(&self, limit: Duration, sql: &str) -> Result<usize, Fault> {
        self.finish_within(Some(limit), self.client.simple_query(sql)).map(|answers| rows(&answers))
    }

    /// As [`Session::run`], and gives the rows as text; NULL is empty.
    pub(super) fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>, Fault> {
        let answers = self.finish(self.client.simple_query(sql))?;
        let rows = answers.iter().filter_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|column| row.get(column).unwrap_or_default().to_owned()).collect())
            }
            _ => None,
        });
        Ok(rows.collect())
    }

    /// The first column of the one row that a statement of the engine itself answers, as text.
    pub(super) fn ask(&self, sql: &str) -> Result<String, Fault> {
        let answer = self.rows(sql)?.into_iter().flatten().next();
        answer.ok_or_else(|| StoreError::Internal(format!("no answer to {sql}")).into())
    }

    /// Sends a statement of the engine itself that cannot be refused and does not wait, as [`Session::execute_later`].
    pub(crate) fn run_later(&self, sql: &'static str) -> Result<(), Fault> {
        self.send_rows()?;
        let client = Arc::clone(&self.client);
        let answer = Box::pin(async move { client.batch_execute(sql).await.map(|()| 0) });
        self.keep_for_later(Later { answer, assumed: false })
    }

    /// Statements that follow belong to another closure than those before.
    pub(super) fn begin_closure(&self) {
        self.rows.borrow_mut().begin_closure();
    }

    /// Rolls back. What nobody waits for is undone as well, and need not be sent, nor its errors be known.
    pub(super) fn roll_back(&self) -> Result<(), Fault> {
        self.rows.take();
        self.later.take();
        self.run("ROLLBACK").map(drop)
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

    /// Sends the second statement before the first is answered. The error of the first goes first: the second may only follow from it.
    pub(crate) fn execute_pair(
        &self,
        first: (&str, &[Param<'_>]),
        second: (&str, &[Param<'_>]),
    ) -> Result<(u64, u64), Fault> {
        let statements = (self.prepare(first.0, first.1.len())?, self.prepare(second.0, second.1.len())?);
        self.finish(async {
            let both = join(
                self.client.execute_raw(&statements.0, first.1.iter().map(Bound)),
                self.client.execute_raw(&statements.1, second.1.iter().map(Bound)),
            );
            let (first, second) = both.await;
            Ok((first?, second?))
        })
    }

    /// Runs a statement that cannot be refused and does not wait: its error, if there is one, comes in place of a later answer on this
    /// connection. It runs before what is run after it; rows for one table are sent together.
    pub(crate) fn execute_later(&self, sql: &str, params: &[Param<'_>]) -> Result<(), Fault> {
        self.execute_without_waiting(sql, params, false)
    }

    /// As [`Session::execute_later`], for a statement that may be refused: whoever gets the error begins anew.
    pub(crate) fn assume(&self, sql: &str, params: &[Param<'_>]) -> Result<(), Fault> {
        self.execute_without_waiting(sql, params, true)
    }

    fn execute_without_waiting(&self, sql: &str, params: &[Param<'_>], assumed: bool) -> Result<(), Fault> {
        // The statement that a value does not fit into is this one, not the one that it is sent with.
        params.iter().try_for_each(fits).map_err(|unfit| Fault::from(StoreError::from(unfit)))?;
        let keep = || self.rows.borrow_mut().keep(sql, params, assumed);
        if keep() {
            return Ok(());
        }
        self.send_rows()?;
        if keep() {
            return Ok(());
        }
        let params = params.iter().cloned().map(Param::into_owned).collect();
        self.send_one(sql, params, assumed)
    }

    /// Sends the rows that wait.
    fn send_rows(&self) -> Result<(), Fault> {
        if self.rows.borrow().is_empty() {
            return Ok(());
        }
        let inserts = self.rows.borrow_mut().take();
        inserts.into_iter().try_for_each(|insert| self.send_insert(insert))
    }

    fn send_insert(&self, insert: Insert) -> Result<(), Fault> {
        let Insert { sql, rows, assumed } = insert;
        let width = rows.first().map_or(0, Vec::len);
        let one = self.prepare(&sql, width)?;
        let many = if rows.len() > 1 { of_many(&sql, one.params()) } else { None };
        let Some(many) = many else {
            return rows.into_iter().try_for_each(|row| self.send_one(&sql, row, assumed));
        };
        let statement = self.prepare(&many, width)?;
        let client = Arc::clone(&self.client);
        let answer = Box::pin(async move {
            let column = |place: usize| rows.iter().filter_map(|row| row.get(place)).map(Bound).collect();
            let columns: Vec<Vec<Bound<'_>>> = (0..width).map(column).collect();
            client.execute_raw(&statement, columns).await
        });
        self.keep_for_later(Later { answer, assumed })
    }

    fn send_one(&self, sql: &str, params: Vec<Param<'static>>, assumed: bool) -> Result<(), Fault> {
        let statement = self.prepare(sql, params.len())?;
        let client = Arc::clone(&self.client);
        let answer = Box::pin(async move { client.execute_raw(&statement, params.iter().map(Bound)).await });
        self.keep_for_later(Later { answer, assumed })
    }

    fn keep_for_later(&self, mut later: Later) -> Result<(), Fault> {
        // The first look sends, or finds that a value cannot be.
        match (&mut later.answer).now_or_never() {
            None => self.later.borrow_mut().push(later),
            Some(done) => drop(self.finish(ready(done))?),
        }
        Ok(())
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

    /// Sends all statements before the first is answered.
    pub(crate) fn each_of(
        &self,
        statements: &[(&str, &[Param<'_>])],
        visit: &mut dyn FnMut(usize, &Row<'_>) -> Result<(), StoreError>,
    ) -> Result<Result<(), StoreError>, Fault> {
        let mut sent = Vec::with_capacity(statements.len());
        for (sql, params) in statements {
            sent.push((self.prepare(sql, params.len())?, params));
        }
        self.send_rows()?;
        // The first look at each of them sends it.
        let sent: Vec<_> = sent
            .iter()
            .map(|(statement, params)| {
                let mut answer = Box::pin(self.client.query_raw(statement, params.iter().map(Bound)));
                ((&mut answer).now_or_never(), answer)
            })
            .collect();
        for (place, (done, answer)) in sent.into_iter().enumerate() {
            let rows = match done {
                Some(done) => self.finish(ready(done))?,
                None => self.finish(answer)?,
            };
            let mut rows = pin!(rows);
            while let Some(row) = self.finish(rows.try_next())? {
                if let Err(error) = visit(place, &Row::from(&row)) {
                    return Ok(Err(error));
                }
            }
        }
        Ok(Ok(()))
    }

    /// Whether PostgreSQL takes a statement, however many parameters it has, and, if it inserts a row, the one that inserts many.
    pub(crate) fn take(&self, sql: &str) -> Result<(), Fault> {
        let take = |sql: &str| self.finish(self.client.prepare(&Dialect::Postgres.statement(sql)));
        match of_many(sql, take(sql)?.params()) {
            Some(many) => take(&many).map(drop),
            None => Ok(()),
        }
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
        self.finish_within(self.limit, answer)
    }

    fn finish_within<T>(
        &self,
        limit: Option<Duration>,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Fault> {
        self.send_rows()?;
        let mut earlier = None;
        let fault = match self.driver.wait(limit, self.with_earlier(answer, &mut earlier)) {
            Some(answer) => match (earlier, answer) {
                // The first of several is the one that the others follow from.
                (Some(earlier), _) => earlier.fault(),
                (None, Err(error)) => fault(&error),
                (None, Ok(answer)) => {
                    self.answered.set(Instant::now());
                    return Ok(answer);
                }
            },
            None => lost(&format!("no answer within {} s", limit.unwrap_or_default().as_secs())),
        };
        if fault.reach == Reach::Connection {
            self.lost.set(true);
        }
        Err(fault)
    }

    /// The answer, together with those to what was sent before, of whose errors the first is left in `failed`. All of them are looked
    /// at, for the connection waits with an answer until somebody takes the one before it.
    fn with_earlier<T>(
        &self,
        answer: impl Future<Output = Result<T, Error>>,
        failed: &mut Option<EarlierError>,
    ) -> impl Future<Output = Result<T, Error>> {
        let mut earlier = self.later.take();
        async move {
            let (mut answer, mut answered) = (pin!(answer), None);
            poll_fn(|context| {
                if answered.is_none()
                    && let Poll::Ready(done) = answer.as_mut().poll(context)
                {
                    answered = Some(done);
                }
                earlier.retain_mut(|one| match one.answer.as_mut().poll(context) {
                    Poll::Pending => true,
                    Poll::Ready(done) => {
                        if let Err(error) = done {
                            failed.get_or_insert(EarlierError { error, assumed: one.assumed });
                        }
                        false
                    }
                });
                match answered.take() {
                    Some(done) if earlier.is_empty() => Poll::Ready(done),
                    waiting => {
                        answered = waiting;
                        Poll::Pending
                    }
                }
            })
            .await
        }
    }
}

fn rows(answers: &[SimpleQueryMessage]) -> usize {
    answers.iter().filter(|answer| matches!(answer, SimpleQueryMessage::Row(_))).count()
}

impl EarlierError {
    /// What it means. One that cannot be refused failed as others do, but the data is not what it has to be if a constraint stands
    /// against it.
    fn fault(&self) -> Fault {
        let mut fault = fault(&self.error);
        if !self.assumed
            && let StoreError::Unique { .. } | StoreError::ForeignKey | StoreError::Constraint(_) =
                fault.error
        {
            fault.error = StoreError::Corrupt(format!("a row that must fit does not: {}", fault.error));
        }
        fault
    }
}

/// Whether a statement controls the transaction. Such a one cannot be prepared when the transaction has failed, and need not be.
fn is_control(sql: &str) -> bool {
    ["SAVEPOINT ", "RELEASE ", "ROLLBACK", "COMMIT"].iter().any(|word| sql.starts_with(word))
}
