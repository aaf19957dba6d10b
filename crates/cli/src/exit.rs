//! Exit codes: 0 done, 1 refused or failed, 2 wrong usage (by the argument parser), 3 answered "no", 4 the store cannot be
//! used. Scripts rely on them; `enroll --help` documents them.

use std::process::ExitCode;

use enroll_service::Error;
use enroll_store::StoreError;
use enroll_store::backup::BackupError;
use enroll_store::moving::MoveError;

use crate::api::{Refused, Unreachable};
use crate::open::NoDatabase;

/// `check` answered no; `apply --dry-run` would change something; `readiness` found an error; `verify`, `audit verify` or the `verify`
/// after `move` found differences; `simulate` saw failed checks; `conform` saw a MUST broken; `directory sso test` was refused;
/// `directory sso refresh` took nothing; `import` refused a line, or its report has an error.
pub(crate) const ANSWERED_NO: u8 = 3;

/// What `--help` says of them.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  refused or failed; the message says why
  2  the command line cannot be understood
  3  the answer is no: `check` denied, `verify` or `audit verify` found differences (also after
     `move`: the source has them too),
     `readiness` found an error, `simulate` saw failed checks, `conform` saw a MUST broken,
     `apply --dry-run` has changes to make, `directory sso test` saw a check refuse,
     `directory sso refresh` could not take the metadata, `import` refused a line or a list has errors
  4  the database cannot be used, or the server of --server does not answer";

/// Prints the error with what led to it, and gives the code for it.
#[expect(clippy::print_stderr, reason = "the message is for the person at the terminal")]
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    eprintln!("enroll: {}", told(error));
    let store = error.downcast_ref::<StoreError>().is_some()
        || error.downcast_ref::<NoDatabase>().is_some()
        || error.downcast_ref::<Unreachable>().is_some()
        || error.downcast_ref::<Refused>().is_some_and(|refused| refused.status.is_server_error())
        || matches!(error.downcast_ref::<Error>(), Some(Error::Store(_)))
        || matches!(
            error.downcast_ref::<BackupError>(),
            Some(BackupError::Store(_) | BackupError::Move(MoveError::Store(_)))
        )
        || matches!(error.downcast_ref::<MoveError>(), Some(MoveError::Store(_)));
    ExitCode::from(if store { 4 } else { 1 })
}

/// The error with what led to it. One that only wraps another has its words, which are said once.
fn told(error: &anyhow::Error) -> String {
    let mut words: Vec<String> = error.chain().map(ToString::to_string).collect();
    words.dedup();
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use std::{fmt, io};

    use anyhow::anyhow;

    #[test]
    fn an_error_that_wraps_another_with_its_words_says_them_once() {
        #[derive(Debug)]
        struct Wrapped(io::Error);

        impl fmt::Display for Wrapped {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::error::Error for Wrapped {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(&self.0)
            }
        }

        let error = anyhow!(Wrapped(io::Error::other("full"))).context("it cannot be written");
        assert_eq!(super::told(&error), "it cannot be written: full");
    }
}
