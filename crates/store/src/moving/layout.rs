//! The tables as the migrations make them: no list is kept by hand.
//!
//! The steps are taken on an empty database in memory, and its catalogue is read. Tables come in the order in which they were made, so that a
//! table comes after those that it refers to.

use crate::engine::Session;
use crate::error::StoreError;
use crate::migrate::migrate;
use crate::params;
use crate::tx::{Param, Tx};

/// Values bound to one statement at most: rows beyond go into the next one.
const MOST_VALUES: usize = 2_000;

/// The tables of a store, apart from the one of migrations.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) tables: Vec<Table>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// Places of the columns that together are different in each row and never NULL.
    pub(crate) key: Vec<usize>,
}

impl Layout {
    /// The tables after so many steps.
    ///
    /// # Errors
    /// [`StoreError::Internal`].
    pub(crate) fn of(steps: usize) -> Result<Self, StoreError> {
        let told = |error: rusqlite::Error| StoreError::Internal(error.to_string());
        let session = Session::scratch().map_err(told)?;
        migrate(&session, jiff::Timestamp::UNIX_EPOCH, steps)?;
        let tx = Tx::new(&session);
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migrations' \
                   AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY _rowid_";
        let names = tx.query(sql, &[], |row| Ok(row.text(0)?.to_owned()))?;
        let tables = names.into_iter().map(|name| Table::read(&tx, name)).collect::<Result<_, _>>()?;
        Ok(Self { tables })
    }
}

impl Table {
    fn read(tx: &Tx<'_>, name: String) -> Result<Self, StoreError> {
        let sql = "SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid";
        let columns = tx.query(sql, &params![&name], |row| Ok((row.text(0)?.to_owned(), row.integer(1)?)))?;
        let mut primary: Vec<(i64, usize)> = columns
            .iter()
            .enumerate()
            .map(|(place, (_, pk))| (*pk, place))
            .filter(|(pk, _)| *pk > 0)
            .collect();
        primary.sort_unstable();
        let mut key: Vec<usize> = primary.into_iter().map(|(_, place)| place).collect();
        if key.is_empty() {
            // The columns of a unique index that covers all rows, in its order.
            let sql = "SELECT columns.cid FROM pragma_index_list(?1) AS indexes \
                       JOIN pragma_index_info(indexes.name) AS columns \
                       JOIN pragma_table_info(?1) AS info ON info.cid = columns.cid \
                       WHERE indexes.\"unique\" = 1 AND indexes.partial = 0 AND info.\"notnull\" = 1 ORDER BY columns.seqno";
            key = tx.query(sql, &params![&name], |row| {
                Ok(usize::try_from(row.integer(0)?).unwrap_or_default())
            })?;
        }
        if key.is_empty() {
            return Err(StoreError::Internal(format!("the table {name} has no key")));
        }
        Ok(Self { name, columns: columns.into_iter().map(|(column, _)| column).collect(), key })
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) fn count(&self, tx: &Tx<'_>) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM \"{}\"", self.name);
        let count = tx.first(&sql, &[], |row| row.integer(0))?.unwrap_or(0);
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The next rows in the order of the key: behind a key if `after`, whose values come first; then how many at most.
    pub(crate) fn select(&self, after: bool) -> String {
        let columns = quoted(self.columns.iter());
        let key = quoted(self.key_names());
        let (behind, limit) = if after {
            let values: Vec<String> = (1..=self.key.len()).map(|number| format!("?{number}")).collect();
            (format!(" WHERE ({key}) > ({})", values.join(", ")), self.key.len() + 1)
        } else {
            (String::new(), 1)
        };
        format!("SELECT {columns} FROM \"{}\"{behind} ORDER BY {key} LIMIT ?{limit}", self.name)
    }

    /// The key of a row.
    pub(crate) fn key_of(&self, row: &[Param<'static>]) -> Vec<Param<'static>> {
        self.key.iter().filter_map(|place| row.get(*place).cloned()).collect()
    }

    /// Writes rows, as many as fit into a statement at a time.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) fn insert(&self, tx: &Tx<'_>, rows: &[Vec<Param<'static>>]) -> Result<(), StoreError> {
        for rows in rows.chunks((MOST_VALUES / self.columns.len()).max(1)) {
            let mut place = 0;
            let rows_of: Vec<String> = rows
                .iter()
                .map(|row| {
                    let values: Vec<String> = row
                        .iter()
                        .map(|_| {
                            place += 1;
                            format!("?{place}")
                        })
                        .collect();
                    format!("({})", values.join(", "))
                })
                .collect();
            let columns = quoted(self.columns.iter());
            let sql = format!("INSERT INTO \"{}\" ({columns}) VALUES {}", self.name, rows_of.join(", "));
            tx.execute(&sql, &rows.concat())?;
        }
        Ok(())
    }

    fn key_names(&self) -> impl Iterator<Item = &String> {
        self.key.iter().filter_map(|place| self.columns.get(*place))
    }
}

fn quoted<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
