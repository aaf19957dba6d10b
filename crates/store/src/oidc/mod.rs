//! Applications that let Enroll sign users in, and what they were given. Secrets are stored as their hashes alone; the private
//! keys that sign are stored as they are, as every replica signs with them.

pub mod authorization;
pub mod client;
pub mod logout;
pub mod sign_in_return;
pub mod signing_key;
pub mod token;

use enroll_domain::SecretHash;

use crate::{Row, StoreError};

fn read_hash(row: &Row<'_>, column: usize) -> Result<SecretHash, StoreError> {
    let bytes = row.blob(column)?.try_into();
    bytes.map(SecretHash::from_bytes).map_err(|_| StoreError::Corrupt("the length of a hash".to_owned()))
}

/// Words in one column, a space between them.
fn read_words<T: std::str::FromStr>(row: &Row<'_>, column: usize) -> Result<Vec<T>, StoreError> {
    row.text(column)?
        .split_whitespace()
        .map(|word| word.parse().map_err(|_| StoreError::Corrupt(format!("the word {word:?}"))))
        .collect()
}

fn write_words<T: ToString>(words: &[T]) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::plan_tests::assert_index;

    #[test]
    fn what_a_request_of_a_client_looks_up_is_found_by_index() {
        for (sql, parameters) in [
            ("SELECT 1 FROM client_authorizations WHERE code_hash = ?1", 1),
            ("SELECT 1 FROM client_authorizations WHERE session_id = ?1", 1),
            ("DELETE FROM client_tokens WHERE authorization_id = ?1", 1),
            ("SELECT 1 FROM client_logouts WHERE next_attempt <= ?1 ORDER BY next_attempt LIMIT 1", 1),
        ] {
            assert_index(sql, parameters);
        }
    }
}
