//! Rows to be inserted that nobody waits for: those of one table go in one statement.

use tokio_postgres::types::Type;

use crate::tx::Param;

/// How many rows of one statement wait at most.
const MOST: usize = 1_000;

/// What waits to be inserted, in the order in which it has to be.
#[derive(Debug, Default)]
pub(super) struct Rows {
    inserts: Vec<Insert>,
    /// Where the last row of the closure that runs stands. Its next one must not come before it, which it may refer to.
    place: usize,
}

/// The rows of one statement.
#[derive(Debug)]
pub(super) struct Insert {
    /// The portable text, for one row.
    pub(super) sql: String,
    pub(super) rows: Vec<Vec<Param<'static>>>,
    /// Whether it was thought of that one of them may be refused.
    pub(super) assumed: bool,
}

impl Rows {
    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.inserts.is_empty()
    }

    /// What follows does not refer to rows before.
    pub(super) fn begin_closure(&mut self) {
        self.place = 0;
    }

    /// Keeps a row for later. `false` if what waits has to be sent before, because this row would come before one that it may refer to, or
    /// because it is much already, or because the statement is no insertion of one row.
    pub(super) fn keep(&mut self, sql: &str, params: &[Param<'_>], assumed: bool) -> bool {
        let place = self.inserts.iter().position(|insert| insert.sql == sql).unwrap_or(self.inserts.len());
        if place < self.place {
            return false;
        }
        if place == self.inserts.len() {
            if parts(sql).is_none() {
                return false;
            }
            self.inserts.push(Insert { sql: sql.to_owned(), rows: Vec::new(), assumed });
        }
        let Some(insert) = self.inserts.get_mut(place) else { return false };
        if insert.rows.len() == MOST {
            return false;
        }
        insert.assumed |= assumed;
        insert.rows.push(params.iter().cloned().map(Param::into_owned).collect());
        self.place = place;
        true
    }

    /// All that waits, in order.
    pub(super) fn take(&mut self) -> Vec<Insert> {
        self.place = 0;
        std::mem::take(&mut self.inserts)
    }
}

/// The statement that inserts many rows at once, in place of one that inserts one row: each parameter is an array with the values of all rows.
/// `types` are those of the parameters. `None` for any other statement.
pub(super) fn of_many(sql: &str, types: &[Type]) -> Option<String> {
    let (insert, values) = parts(sql)?;
    let names = |prefix: &str, suffix: &dyn Fn(&Type) -> String| {
        let each = (1_u32..).zip(types).map(|(number, of)| format!("{prefix}{number}{}", suffix(of)));
        each.collect::<Vec<_>>().join(", ")
    };
    let (arrays, columns) = (names("?", &|of| format!("::{of}[]")), names("p", &|_| String::new()));
    let values = values.replace('?', "p");
    Some(format!("{insert} SELECT {values} FROM unnest({arrays}) AS r ({columns})"))
}

/// `INSERT INTO ... (...)` and the values of a statement that inserts one row of parameters and numbers.
fn parts(sql: &str) -> Option<(&str, &str)> {
    let (insert, values) = sql.strip_suffix(')')?.split_once(" VALUES (")?;
    let plain = |c: char| c.is_ascii_digit() || [' ', ',', '?'].contains(&c);
    (insert.starts_with("INSERT INTO ") && values.chars().all(plain)).then_some((insert, values))
}

#[cfg(test)]
mod tests {
    use tokio_postgres::types::Type;

    use super::{Rows, of_many};
    use crate::params;

    const A: &str = "INSERT INTO a (x, y, z) VALUES (?1, 7, ?2)";
    const B: &str = "INSERT INTO b (x) VALUES (?1)";

    fn order(rows: &mut Rows) -> Vec<(String, usize)> {
        rows.take().into_iter().map(|insert| (insert.sql, insert.rows.len())).collect()
    }

    #[test]
    fn a_statement_for_many_rows_has_an_array_for_each_parameter() {
        let many = of_many(A, &[Type::TEXT, Type::INT8]);
        let expected =
            "INSERT INTO a (x, y, z) SELECT p1, 7, p2 FROM unnest(?1::text[], ?2::int8[]) AS r (p1, p2)";
        assert_eq!(many.as_deref(), Some(expected));
        for other in [
            "UPDATE a SET x = ?1",
            "INSERT INTO a (x) VALUES (?1) ON CONFLICT (x) DO NOTHING",
            "INSERT INTO a (x) SELECT ?1",
            "INSERT INTO a (x) VALUES (lower(?1))",
            "INSERT INTO a (x) VALUES ('?1')",
        ] {
            assert_eq!(of_many(other, &[Type::TEXT]), None, "{other}");
        }
    }

    #[test]
    fn rows_of_one_table_go_together() {
        let mut rows = Rows::default();
        for closure in 0..3 {
            rows.begin_closure();
            assert!(rows.keep(A, &params![closure, 1], false));
            assert!(rows.keep(B, &params![closure], false));
            assert!(rows.keep(B, &params![closure + 10], false));
        }
        assert_eq!(order(&mut rows), [(A.to_owned(), 3), (B.to_owned(), 6)]);
        assert!(rows.is_empty());
    }

    #[test]
    fn a_row_does_not_come_before_one_of_the_same_closure() {
        let mut rows = Rows::default();
        assert!(rows.keep(B, &params![1], false));
        rows.begin_closure();
        assert!(rows.keep(A, &params![1, 1], false));
        assert!(!rows.keep(B, &params![2], false), "it may refer to the row before");
        assert_eq!(order(&mut rows), [(B.to_owned(), 1), (A.to_owned(), 1)]);
        assert!(rows.keep(B, &params![2], false), "what waited was sent");
    }

    #[test]
    fn no_more_than_a_thousand_rows_wait() {
        let mut rows = Rows::default();
        for number in 0..1_000 {
            assert!(rows.keep(B, &params![number], false));
        }
        assert!(!rows.keep(B, &params![1_000], false));
        assert_eq!(order(&mut rows), [(B.to_owned(), 1_000)]);
        assert!(rows.keep(B, &params![1_000], false));
    }

    #[test]
    fn an_assumption_counts_for_all_rows_of_the_statement() {
        let mut rows = Rows::default();
        assert!(rows.keep(B, &params![1], false));
        assert!(rows.keep(B, &params![2], true));
        assert!(rows.keep(B, &params![3], false));
        assert!(rows.take().iter().all(|insert| insert.assumed));
    }
}
