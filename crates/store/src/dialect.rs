//! Every difference between the engines.
//!
//! The statements of this crate are one text for all. What an engine wants in addition is added here.

use std::borrow::Cow;

/// Tables with narrow rows that are always found by their primary key: on SQLite the key is the row's place.
const WITHOUT_ROWID: [&str; 5] =
    ["group_members", "handles", "role_history", "schema_migrations", "user_emails"];

/// How a migration adds a column.
const ADD_COLUMN: &str = " ADD COLUMN IF NOT EXISTS ";

/// A statement of a migration as SQLite wants it: tables are strict about types, narrow ones are stored in their key.
pub(crate) fn sqlite_ddl(statement: &str) -> Cow<'_, str> {
    let statement = statement.trim().trim_end_matches(';').trim_end();
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
/// statement looks first, and [`sqlite_ddl`] leaves the words out.
pub(crate) fn added_column(statement: &str) -> Option<(&str, &str)> {
    let (table, rest) = statement.trim().strip_prefix("ALTER TABLE ")?.split_once(ADD_COLUMN)?;
    Some((table, rest.split_whitespace().next()?))
}

/// Whether a text contains another one: PostgreSQL calls it `strpos`.
pub(crate) fn contains(text: &str, part: &str) -> String {
    format!("instr({text}, {part}) > 0")
}

/// The last characters of a text, all of them if it is shorter: PostgreSQL calls it `right`. There is at least one.
pub(crate) fn last_characters(text: &str, count: &str) -> String {
    format!("substr({text}, -{count})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_strict_and_narrow_ones_have_no_rowid() {
        assert_eq!(
            sqlite_ddl("CREATE TABLE IF NOT EXISTS users (\n  id TEXT\n);\n"),
            "CREATE TABLE IF NOT EXISTS users (\n  id TEXT\n) STRICT"
        );
        assert_eq!(
            sqlite_ddl("CREATE TABLE IF NOT EXISTS handles (handle TEXT)"),
            "CREATE TABLE IF NOT EXISTS handles (handle TEXT) STRICT, WITHOUT ROWID"
        );
    }

    #[test]
    fn a_column_is_added_without_words_that_sqlite_lacks() {
        let statement = "ALTER TABLE users ADD COLUMN IF NOT EXISTS nick TEXT;";
        assert_eq!(added_column(statement), Some(("users", "nick")));
        assert_eq!(sqlite_ddl(statement), "ALTER TABLE users ADD COLUMN nick TEXT");
        assert_eq!(added_column("CREATE TABLE IF NOT EXISTS users (id TEXT)"), None);
    }

    #[test]
    fn other_statements_stay_as_they_are() {
        let index = "CREATE INDEX IF NOT EXISTS users_created ON users (directory_id, created)";
        assert_eq!(sqlite_ddl(index), index);
    }
}
