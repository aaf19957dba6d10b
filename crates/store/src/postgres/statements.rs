//! The statements that one connection has prepared.

use std::collections::HashMap;

use tokio_postgres::Statement;

/// Prepared statements kept per connection: more than the program has, apart from filters.
const MOST: usize = 512;

/// By their portable text. Those that were not used for longest go first.
#[derive(Default)]
pub(super) struct Statements {
    known: HashMap<String, (Statement, u64)>,
    used: u64,
}

impl Statements {
    pub(super) fn get(&mut self, sql: &str) -> Option<Statement> {
        let (statement, used) = self.known.get_mut(sql)?;
        self.used += 1;
        *used = self.used;
        Some(statement.clone())
    }

    pub(super) fn keep(&mut self, sql: &str, statement: &Statement) {
        if self.known.len() >= MOST {
            let oldest = self.known.iter().min_by_key(|(_, (_, used))| *used).map(|(sql, _)| sql.clone());
            oldest.and_then(|sql| self.known.remove(&sql));
        }
        self.used += 1;
        self.known.insert(sql.to_owned(), (statement.clone(), self.used));
    }
}
