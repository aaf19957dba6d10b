//! One transaction, whatever the engine.

mod param;
mod row;

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use crate::audit::KnownHead;
use crate::dialect::Dialect;
use crate::engine::{Session, Trouble};
use crate::error::StoreError;
use crate::postgres::{self, Fault, Reach};

pub use param::Param;
pub use row::Row;
pub(crate) use row::Value;

/// One transaction: what a closure of [`Db::write`](crate::Db::write) or [`Db::read`](crate::Db::read) works with.
///
/// Statements are portable SQL with parameters `?1`, `?2`, ...; each one is prepared once per connection and kept, so its text
/// should not vary more than it must, and values are always bound.
///
/// After a statement has failed, the transaction is over, as PostgreSQL has it: every further statement fails, and nothing is
/// committed even if the closure returns `Ok`. For a conflict that is expected use `ON CONFLICT DO NOTHING` and look at the
/// number of rows, or [`Tx::nested`].
pub struct Tx<'t> {
    engine: Engine<'t>,
    failed: Cell<bool>,
    trouble: RefCell<Option<Trouble>>,
    fault: RefCell<Option<Fault>>,
    /// Set by the first statement that has changed something, or of which nobody knows.
    touched: Cell<bool>,
    head: Option<&'t KnownHead>,
    assumption: Assumption,
}

/// What a transaction does about statements that are expected to fit: [`Tx::assume`].
#[derive(Debug, Default)]
struct Assumption {
    /// Whether it may go on without their answers.
    allowed: Cell<bool>,
    /// Whether it did.
    made: Cell<bool>,
}

/// The connection of the transaction.
#[derive(Clone, Copy)]
pub(crate) enum Engine<'t> {
    Sqlite(&'t Session),
    Postgres(&'t postgres::Session),
}

impl<'t> From<&'t Session> for Engine<'t> {
    fn from(session: &'t Session) -> Self {
        Self::Sqlite(session)
    }
}

impl<'t> From<&'t postgres::Session> for Engine<'t> {
    fn from(session: &'t postgres::Session) -> Self {
        Self::Postgres(session)
    }
}

impl<'t> Tx<'t> {
    pub(crate) fn new(engine: impl Into<Engine<'t>>) -> Self {
        Self {
            engine: engine.into(),
            failed: Cell::new(false),
            trouble: RefCell::new(None),
            fault: RefCell::new(None),
            touched: Cell::new(false),
            head: None,
            assumption: Assumption::default(),
        }
    }

    /// A transaction that holds the lock of those who write, with what it knows of the audit trail: nobody else can add to it.
    pub(crate) fn writing(engine: impl Into<Engine<'t>>, head: &'t KnownHead) -> Self {
        Self { head: Some(head), ..Self::new(engine) }
    }

    /// The same, run again as a whole, and not allowed to assume anything then, when one of the statements that it assumed to fit does not.
    pub(crate) fn assuming(self, allowed: bool) -> Self {
        self.assumption.allowed.set(allowed);
        self
    }

    /// Whether it went on without an answer that it may have been wrong about.
    pub(crate) fn has_assumed(&self) -> bool {
        self.assumption.made.get()
    }

    /// What is known of the end of the audit trail, where anything is kept.
    pub(crate) fn known_head(&self) -> Option<&KnownHead> {
        self.head
    }

    /// Whether no statement has changed anything, as far as is known, and none has failed.
    pub(crate) fn is_untouched(&self) -> bool {
        !self.touched.get() && !self.failed.get()
    }

    /// What the engine wants otherwise than others.
    pub(crate) fn dialect(&self) -> Dialect {
        match self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement that returns no rows and gives the number of rows it inserted, updated or deleted.
    ///
    /// # Errors
    /// [`StoreError::Unique`], [`StoreError::ForeignKey`] and [`StoreError::Constraint`] as the schema says; the rest as the
    /// engine fails.
    pub fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        self.go_on()?;
        let rows = match self.engine {
            Engine::Sqlite(session) => {
                let run = session.prepare(sql, params).and_then(|mut statement| statement.raw_execute());
                let changed = run.map_err(|error| self.fail(session, &error))?;
                u64::try_from(changed).unwrap_or(u64::MAX)
            }
            Engine::Postgres(session) => {
                session.execute(sql, params).map_err(|fault| self.fault_at(fault))?
            }
        };
        let of_rows = matches!(sql.split(' ').next(), Some("INSERT" | "UPDATE" | "DELETE"));
        self.touched.set(self.touched.get() || rows > 0 || !of_rows);
        Ok(rows)
    }

    /// Runs a statement that returns no rows and that cannot be refused by what is in the database, and need not wait for its end: on a
    /// database server that saves a round trip. If it fails all the same, the next statement or the commit does, by that error.
    ///
    /// # Errors
    /// The engine fails; [`StoreError::Corrupt`], at the latest at the commit, when a constraint is against it after all.
    pub fn execute_later(&self, sql: &str, params: &[Param<'_>]) -> Result<(), StoreError> {
        match self.engine {
            Engine::Sqlite(_) => self.execute(sql, params).map(drop),
            Engine::Postgres(session) => {
                self.go_on()?;
                self.touched.set(true);
                session.execute_later(sql, params).map_err(|fault| self.fault_at(fault))
            }
        }
    }

    /// Runs statements that return no rows and nearly always fit, without waiting for their ends, if the transaction may: `false` if it may
    /// not, and nothing was run then. When one of them is refused after all, everything since the transaction began is undone and run again,
    /// and may not assume anything; so nobody is told what follows from a wrong assumption. Each statement has to fail, not to do nothing,
    /// where it does not fit.
    ///
    /// # Errors
    /// The engine fails.
    pub fn assume(&self, statements: &[(&str, &[Param<'_>])]) -> Result<bool, StoreError> {
        let Engine::Postgres(session) = self.engine else { return Ok(false) };
        if !self.assumption.allowed.get() {
            return Ok(false);
        }
        self.go_on()?;
        self.touched.set(true);
        self.assumption.made.set(true);
        for (sql, params) in statements {
            session.assume(sql, params).map_err(|fault| self.fault_at(fault))?;
        }
        Ok(true)
    }

    /// Runs two statements that return no rows, one after the other, and gives the numbers of their rows. On a database server both are sent
    /// at once, which saves a round trip; so the second has to be right whatever the first does, short of an error.
    ///
    /// # Errors
    /// Those of [`Tx::execute`]; of two, the first.
    pub fn execute_pair(
        &self,
        first: (&str, &[Param<'_>]),
        second: (&str, &[Param<'_>]),
    ) -> Result<(u64, u64), StoreError> {
        match self.engine {
            Engine::Sqlite(_) => Ok((self.execute(first.0, first.1)?, self.execute(second.0, second.1)?)),
            Engine::Postgres(session) => {
                self.go_on()?;
                self.touched.set(true);
                session.execute_pair(first, second).map_err(|fault| self.fault_at(fault))
            }
        }
    }

    /// All rows of an answer. For an answer whose size is bounded; otherwise [`Tx::each`].
    ///
    /// # Errors
    /// The engine fails, or `read` does.
    pub fn query<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut answer = Vec::new();
        self.each(sql, params, |row| {
            answer.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(answer)
    }

    /// The first row of an answer, if it has one.
    ///
    /// # Errors
    /// The engine fails, or `read` does.
    pub fn first<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut read = Some(read);
        let mut answer = None;
        self.each(sql, params, |row| {
            if let Some(read) = read.take() {
                answer = Some(read(row)?);
            }
            Ok(ControlFlow::Break(()))
        })?;
        Ok(answer)
    }

    /// Hands the rows of an answer to `visit`, one by one, until it says `Break`: memory does not grow with the answer.
    ///
    /// `visit` must not run statements of its own on this transaction: not every engine can.
    ///
    /// # Errors
    /// The engine fails, or `visit` does.
    pub fn each(
        &self,
        sql: &str,
        params: &[Param<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        self.go_on()?;
        // A list may change something too: UPDATE ... RETURNING.
        self.touched.set(self.touched.get() || !sql.starts_with("SELECT"));
        match self.engine {
            Engine::Sqlite(session) => {
                let fail = |error| self.fail(session, &error);
                let mut statement = session.prepare(sql, params).map_err(fail)?;
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next().map_err(fail)? {
                    if visit(&Row::from(row))?.is_break() {
                        break;
                    }
                }
                Ok(())
            }
            Engine::Postgres(session) => {
                session.each(sql, params, &mut visit).map_err(|fault| self.fault_at(fault))?
            }
        }
    }

    /// Runs `work` so that its failure undoes its own changes alone and the transaction goes on: one operation of a Bulk request
    /// (RFC 7644 §3.7.3).
    ///
    /// # Errors
    /// Those of `work`; also when `work` returned `Ok` after one of its statements had failed.
    pub fn nested<T, E: From<StoreError>>(&self, work: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        let known = self.head.map(KnownHead::now);
        self.execute("SAVEPOINT nested", &[])?;
        // What is undone alone has to be known to fail before it ends.
        let allowed = self.assumption.allowed.replace(false);
        let result = self.settle(work(self));
        self.assumption.allowed.set(allowed);
        if result.is_err() && self.may_go_on() {
            self.failed.set(false);
            if let Some((head, known)) = self.head.zip(known) {
                head.come_back_to(known);
            }
            self.execute("ROLLBACK TO nested", &[])?;
        }
        if !self.failed.get() {
            self.execute("RELEASE nested", &[])?;
        }
        result
    }

    /// Runs several statements that do not follow from each other and hands their rows to `visit`, with the place of the statement:
    /// all rows of the first, then those of the second, and so on. On a database server they take one round trip.
    ///
    /// # Errors
    /// As [`Tx::each`].
    pub fn each_of(
        &self,
        statements: &[(&str, &[Param<'_>])],
        mut visit: impl FnMut(usize, &Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self.engine {
            Engine::Sqlite(_) => statements.iter().enumerate().try_for_each(|(place, (sql, params))| {
                self.each(sql, params, |row| visit(place, row).map(ControlFlow::Continue))
            }),
            Engine::Postgres(session) => {
                self.go_on()?;
                let reads = statements.iter().all(|(sql, _)| sql.starts_with("SELECT"));
                self.touched.set(self.touched.get() || !reads);
                session.each_of(statements, &mut visit).map_err(|fault| self.fault_at(fault))?
            }
        }
    }

    /// Whether the engine takes a statement, which is not run. For tests of statements.
    ///
    /// # Errors
    /// The statement is wrong.
    #[doc(hidden)]
    pub fn prepare(&self, sql: &str) -> Result<(), StoreError> {
        self.go_on()?;
        match self.engine {
            Engine::Sqlite(session) => {
                session.connection().prepare(sql).map(drop).map_err(|error| self.fail(session, &error))
            }
            Engine::Postgres(session) => session.take(sql).map_err(|fault| self.fault_at(fault)),
        }
    }

    /// How the engine would run a statement, a line a step. For tests that a statement uses its index; the text is the engine's.
    ///
    /// # Errors
    /// The statement is wrong.
    #[doc(hidden)]
    pub fn plan(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<String>, StoreError> {
        let (explain, column) = self.dialect().explain();
        self.query(&format!("{explain} {sql}"), params, |row| row.text(column).map(str::to_owned))
    }

    /// The closure's result, or an error if it went on after a failed statement.
    pub(crate) fn settle<T, E: From<StoreError>>(&self, result: Result<T, E>) -> Result<T, E> {
        if result.is_ok() && self.failed.get() {
            return Err(StoreError::Internal("a closure went on after a failed statement".to_owned()).into());
        }
        result
    }

    /// What happened to the connection, if it was more than a refused statement.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble.borrow().clone()
    }

    /// What happened to the transaction or its connection, on PostgreSQL.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault.borrow().clone()
    }

    /// Whether the transaction is still there, so that a savepoint can be gone back to.
    fn may_go_on(&self) -> bool {
        match self.engine {
            Engine::Sqlite(session) => self.trouble.borrow().is_none() && session.in_transaction(),
            Engine::Postgres(session) => self.fault.borrow().is_none() && !session.is_lost(),
        }
    }

    fn go_on(&self) -> Result<(), StoreError> {
        if self.failed.get() {
            return Err(StoreError::Internal("a statement was run after one that failed".to_owned()));
        }
        Ok(())
    }

    fn fail(&self, session: &Session, error: &rusqlite::Error) -> StoreError {
        self.failed.set(true);
        let (error, trouble) = session.judge(error);
        if trouble.is_some() {
            self.trouble.replace(trouble);
        }
        error
    }

    fn fault_at(&self, fault: Fault) -> StoreError {
        self.failed.set(true);
        if fault.reach != Reach::Statement {
            self.fault.replace(Some(fault.clone()));
        }
        fault.error
    }
}
