//! What was read differently in a request, on its way from the handler to the request log.

use std::fmt::Write as _;
use std::sync::Arc;

use enroll_scim::{Note, Quirk};

/// Sentences that one line of the log has at most; more repeat what they say.
const MOST_SENTENCES: usize = 16;

/// The notes of a request, carried by its answer.
#[derive(Debug, Clone)]
pub(crate) struct Noted(Arc<[Note]>);

impl From<Vec<Note>> for Noted {
    fn from(notes: Vec<Note>) -> Self {
        Self(notes.into())
    }
}

impl Noted {
    /// The names of the quirks, each once, as in `operation-case,string-booleans`; `None` when nothing but unknown or
    /// readOnly attributes was ignored.
    pub(super) fn quirks(&self) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.0.iter().filter_map(|note| note.quirk).map(Quirk::name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        (!names.is_empty()).then(|| names.join(","))
    }

    /// The notes themselves.
    pub(super) fn notes(&self) -> Arc<[Note]> {
        Arc::clone(&self.0)
    }

    /// The sentences.
    pub(super) fn sentences(&self) -> String {
        let shown: Vec<&str> = self.0.iter().take(MOST_SENTENCES).map(|note| note.text.as_str()).collect();
        let mut text = shown.join("; ");
        let hidden = self.0.len().saturating_sub(MOST_SENTENCES);
        if hidden > 0 {
            // Writing into a string does not fail.
            let _ = write!(text, "; and {hidden} more");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use enroll_scim::{Notes, Quirk};

    use super::Noted;

    #[test]
    fn quirks_are_named_once_and_sentences_end_somewhere() {
        let mut notes = Notes::default();
        notes.ignored("title2 ignored: not in the schema");
        assert_eq!(Noted::from(Vec::from(notes.clone())).quirks(), None);
        for number in 1..=20 {
            notes.quirk(Quirk::BareValues, format!("members[{number}]: a bare string read as its value"));
        }
        notes.quirk(Quirk::OperationCase, "op: \"Add\" read in lower case");
        let noted = Noted::from(Vec::from(notes));
        assert_eq!(noted.quirks().as_deref(), Some("bare-values,operation-case"));
        let sentences = noted.sentences();
        assert!(sentences.starts_with("title2 ignored: not in the schema; members[1]: "), "{sentences}");
        assert!(sentences.ends_with("; and 6 more"), "{sentences}");
    }
}
