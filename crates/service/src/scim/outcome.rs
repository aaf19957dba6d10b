//! What came of a request, and what was read differently from how it was written.

use std::sync::{Arc, Mutex, PoisonError};

use enroll_scim::{Note, Notes};

use crate::Error;

/// What came of a SCIM request.
///
/// A refused request has notes too: what a quirk did to it on the way may be just what its sender has to know.
#[derive(Debug)]
#[must_use]
pub struct Outcome<T> {
    /// The answer, or why there is none.
    pub result: Result<T, Error>,
    /// What was read differently from how it was written, or ignored: the quirk that allowed it and a sentence, each once.
    pub notes: Vec<Note>,
}

/// Collects the notes of one request. Its clones share them, so that a transaction can write into it; one that has to be
/// carried out again writes the same notes, and each is kept once.
#[derive(Debug, Clone, Default)]
pub(super) struct Book(Arc<Mutex<Notes>>);

impl Book {
    /// Reads something that may leave notes.
    pub(super) fn noting<T>(&self, read: impl FnOnce(&mut Notes) -> T) -> T {
        // Notes are whole whatever happened to a thread that was writing them.
        read(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The outcome with all notes.
    pub(super) fn close<T>(&self, result: Result<T, Error>) -> Outcome<T> {
        Outcome { result, notes: self.noting(std::mem::take).into() }
    }
}

#[cfg(test)]
mod tests {
    use enroll_scim::Quirk;

    use super::Book;
    use crate::Error;

    #[test]
    fn a_transaction_that_runs_again_leaves_its_notes_once_also_when_it_fails() {
        let book = Book::default();
        for _ in 0..2 {
            book.clone()
                .noting(|notes| notes.quirk(Quirk::StringBooleans, "active: \"False\" read as false"));
        }
        book.noting(|notes| notes.ignored("password ignored"));
        let outcome = book.close::<()>(Err(Error::Invalid("no".to_owned())));
        assert!(outcome.result.is_err());
        let notes: Vec<_> = outcome.notes.iter().map(|note| (note.quirk, note.text.as_str())).collect();
        assert_eq!(
            notes,
            [(Some(Quirk::StringBooleans), "active: \"False\" read as false"), (None, "password ignored")]
        );
    }
}
