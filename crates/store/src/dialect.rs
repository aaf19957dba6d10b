//! Every difference between the engines.
//!
//! The statements of this crate are one text for all. What an engine wants otherwise is written here.

use std::borrow::Cow;

/// Tables with narrow rows that are always found by their primary key: on SQLite the key is the row's place.
const WITHOUT_ROWID: [&str; 7] = [
    "fact_history",
    "group_members",
    "handles",
    "resource_role_history",
    "role_history",
    "schema_migrations",
    "user_emails",
];

/// How a migration adds a column.
const ADD_COLUMN: &str = " ADD COLUMN IF NOT EXISTS ";

/// What PostgreSQL calls the types and functions of the portable texts. Text is compared byte by byte, which is the order of code
/// points, whatever the locale of the database.
const POSTGRES_WORDS: [(&str, &str); 3] =
    [("INTEGER", "BIGINT"), ("BLOB", "BYTEA"), ("TEXT", "TEXT COLLATE \"C\"")];

/// An engine, as far as its SQL is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// A statement of a migration as the engine wants it.
    pub(crate) fn ddl(self, statement: &str) -> Cow<'_, str> {
        let statement = statement.trim().trim_end_matches(';').trim_end();
        match self {
            Self::Sqlite => sqlite_ddl(statement),
            Self::Postgres => Cow::Owned(postgres_ddl(statement)),
        }
    }

    /// Any other statement as the engine wants it.
    pub(crate) fn statement(self, statement: &str) -> Cow<'_, str> {
        match self {
            Self::Sqlite => Cow::Borrowed(statement),
            Self::Postgres => Cow::Owned(postgres_statement(statement)),
        }
    }

    /// Gives a row if there is a table of this name.
    pub(crate) const fn find_table(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1",
            Self::Postgres => "SELECT 1 WHERE to_regclass(?1) IS NOT NULL",
        }
    }

    /// What goes before a statement to be told how it would run, and the column of the answer.
    pub(crate) const fn explain(self) -> (&'static str, usize) {
        match self {
            Self::Sqlite => ("EXPLAIN QUERY PLAN", 3),
            Self::Postgres => ("EXPLAIN", 0),
        }
    }
}

/// Tables are strict about types, narrow ones are stored in their key.
fn sqlite_ddl(statement: &str) -> Cow<'_, str> {
    if added_column(statement).is_some() {
        return Cow::Owned(statement.replacen(ADD_COLUMN, " ADD COLUMN ", 1));
    }
    let Some(rest) = statement.strip_prefix("CREATE TABLE IF NOT EXISTS ") else {
        return Cow::Borrowed(statement);
    };
    let table = rest.split(|c: char| c == '(' || c.is_whitespace()).next().unwrap_or_default();
    let options = if WITHOUT_ROWID.contains(&table) { "STRICT, WITHOUT ROWID" } else { "STRICT" };
    Cow::Owned(format!("{statement} {options}"))
}

/// The table and the column that a statement of a migration adds. SQLite has no `IF NOT EXISTS` for columns: whoever runs the
/// statement there looks first, and [`sqlite_ddl`] leaves the words out.
pub(crate) fn added_column(statement: &str) -> Option<(&str, &str)> {
    let (table, rest) = statement.trim().strip_prefix("ALTER TABLE ")?.split_once(ADD_COLUMN)?;
    Some((table, rest.split_whitespace().next()?))
}

fn postgres_ddl(statement: &str) -> String {
    outside_of_quotes(statement, |part| {
        let mut text = String::with_capacity(part.len() + 64);
        let mut rest = part;
        while let Some(start) = rest.find(is_word) {
            let (before, from) = rest.split_at(start);
            let (word, after) = from.split_at(from.find(|c| !is_word(c)).unwrap_or(from.len()));
            let known = POSTGRES_WORDS.iter().find(|(portable, _)| *portable == word);
            text.extend([before, known.map_or(word, |(_, own)| own)]);
            rest = after;
        }
        text + rest
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Parameters are `$1`, what looks for a text in another one is called `strpos`, and the `LIKE` that does not regard the case of ASCII
/// letters is called `ILIKE`: of other letters it does not know either, because columns have the collation "C".
fn postgres_statement(statement: &str) -> String {
    outside_of_quotes(statement, |part| {
        part.replace('?', "$").replace("instr(", "strpos(").replace(" LIKE ", " ILIKE ")
    })
}

/// Rewrites what is not inside single or double quotes.
fn outside_of_quotes(statement: &str, rewrite: impl Fn(&str) -> String) -> String {
    let mut text = String::with_capacity(statement.len() + 64);
    let mut rest = statement;
    while let Some(start) = rest.find(['\'', '"']) {
        let (before, from) = rest.split_at(start);
        let quote = if from.starts_with('"') { '"' } else { '\'' };
        // A quote doubled inside ends one literal and begins another: the same for this purpose.
        let end =
            from.char_indices().skip(1).find(|(_, c)| *c == quote).map_or(from.len(), |(end, _)| end + 1);
        let (quoted, after) = from.split_at(end);
        text.push_str(&rewrite(before));
        text.push_str(quoted);
        rest = after;
    }
    text + &rewrite(rest)
}

/// Whether a text contains another one.
pub(crate) fn contains(text: &str, part: &str) -> String {
    format!("instr({text}, {part}) > 0")
}

/// The last characters of a text; what is shorter than so many gives anything that is shorter, too. There is at least one.
pub(crate) fn last_characters(text: &str, count: &str) -> String {
    format!("substr({text}, length({text}) - {count} + 1)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_tables_are_strict_and_narrow_ones_have_no_rowid() {
        let ddl = |statement| Dialect::Sqlite.ddl(statement).into_owned();
        assert_eq!(
            ddl("CREATE TABLE IF NOT EXISTS users (\n  id TEXT\n);\n"),
            "CREATE TABLE IF NOT EXISTS users (\n  id TEXT\n) STRICT"
        );
        assert_eq!(
            ddl("CREATE TABLE IF NOT EXISTS handles (handle TEXT)"),
            "CREATE TABLE IF NOT EXISTS handles (handle TEXT) STRICT, WITHOUT ROWID"
        );
    }

    #[test]
    fn a_column_is_added_without_words_that_sqlite_lacks() {
        let statement = "ALTER TABLE users ADD COLUMN IF NOT EXISTS nick TEXT;";
        assert_eq!(added_column(statement), Some(("users", "nick")));
        assert_eq!(Dialect::Sqlite.ddl(statement), "ALTER TABLE users ADD COLUMN nick TEXT");
        assert_eq!(added_column("CREATE TABLE IF NOT EXISTS users (id TEXT)"), None);
    }

    #[test]
    fn postgres_tables_have_wide_numbers_and_compare_text_by_bytes() {
        let ddl = |statement| Dialect::Postgres.ddl(statement).into_owned();
        assert_eq!(
            ddl(
                "CREATE TABLE IF NOT EXISTS t (a TEXT NOT NULL, b INTEGER CHECK (b IN (0, 1)), c BLOB DEFAULT 'TEXT');\n"
            ),
            "CREATE TABLE IF NOT EXISTS t (a TEXT COLLATE \"C\" NOT NULL, b BIGINT CHECK (b IN (0, 1)), c BYTEA DEFAULT 'TEXT')"
        );
        assert_eq!(
            ddl("ALTER TABLE t ADD COLUMN IF NOT EXISTS d TEXT"),
            "ALTER TABLE t ADD COLUMN IF NOT EXISTS d TEXT COLLATE \"C\""
        );
    }

    #[test]
    fn other_statements_of_a_migration_stay_as_they_are() {
        let index = "CREATE INDEX IF NOT EXISTS users_created ON users (directory_id, created)";
        assert_eq!(Dialect::Sqlite.ddl(index), index);
        assert_eq!(Dialect::Postgres.ddl(index), index);
    }

    #[test]
    fn parameters_are_numbered_as_the_engine_has_it_and_literals_stay() {
        let portable = "SELECT 'why?' FROM t WHERE a = ?1 AND instr(b, ?12) > 0 AND c = 'it''s ?' AND d LIKE ?2 ESCAPE '\\'";
        assert_eq!(Dialect::Sqlite.statement(portable), portable);
        assert_eq!(
            Dialect::Postgres.statement(portable),
            "SELECT 'why?' FROM t WHERE a = $1 AND strpos(b, $12) > 0 AND c = 'it''s ?' AND d ILIKE $2 ESCAPE '\\'"
        );
    }
}
