//! Where a store is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::MoveError;
use crate::DatabaseUrl;

/// The file of a database in its folder.
const FILE: &str = "enroll.db";

/// A database: `sqlite:FOLDER`, `sqlite:FILE` or `postgres://...`. It is shown without a password.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A database on a server.
    Postgres(Box<DatabaseUrl>),
}

impl Place {
    /// A folder that is there, and a name that does not end with `.db`, stand for the file `enroll.db` in it.
    fn file(text: &str) -> PathBuf {
        let path = Path::new(text);
        let named = path.is_file() || !path.is_dir() && path.extension().is_some_and(|end| end == "db");
        if named { path.to_owned() } else { path.join(FILE) }
    }
}

impl FromStr for Place {
    type Err = MoveError;

    fn from_str(text: &str) -> Result<Self, MoveError> {
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(Self::file(path))),
            None if text.starts_with("postgres") && text.contains("://") => {
                Ok(Self::Postgres(Box::new(text.parse()?)))
            }
            _ => Err(MoveError::NoPlace(text.to_owned())),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.pad(&path.display().to_string()),
            Self::Postgres(url) => f.pad(&url.to_string()),
        }
    }
}

impl PartialEq for Place {
    /// Whether both are named the same way. Two names of one database are noticed later: it is not empty, or in use.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sqlite(one), Self::Sqlite(other)) => {
                let known = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
                known(one) == known(other)
            }
            (Self::Postgres(one), Self::Postgres(other)) => one.to_string() == other.to_string(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_the_database_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().to_str().unwrap();
        let file = |text: &str| match text.parse().unwrap() {
            Place::Sqlite(path) => path.to_str().unwrap().to_owned(),
            Place::Postgres(url) => panic!("{url}"),
        };
        assert_eq!(file(&format!("sqlite:{there}")), format!("{there}/enroll.db"));
        assert_eq!(file("sqlite:/not/there"), "/not/there/enroll.db");
        assert_eq!(file("sqlite:/not/there/own.db"), "/not/there/own.db");
        std::fs::write(folder.path().join("own"), "").unwrap();
        assert_eq!(file(&format!("sqlite:{there}/own")), format!("{there}/own"));
    }

    #[test]
    fn what_is_no_place_is_refused_with_the_forms_and_passwords_are_not_shown() {
        for text in ["", "sqlite:", "/var/lib/enroll", "mysql://u@h/d"] {
            let error = text.parse::<Place>().unwrap_err().to_string();
            assert!(error.contains("sqlite:FOLDER"), "{error}");
        }
        let place: Place = "postgres://ada:hunter2@localhost/e".parse().unwrap();
        assert_eq!(place.to_string(), "postgres://ada:***@localhost/e");
        assert_eq!(place, "postgres://ada:hunter2@localhost/e".parse().unwrap());
    }
}
