//! A comparison behind brackets in a filter: `emails[type eq "work"].value eq "bjensen@example.com"`.
//!
//! Entra ID looks users up so when the work address is the matching attribute. The comparison is one more condition on the
//! same element. The grammar of RFC 7644 (Figure 1) ends a `valuePath` at its bracket; it would be written
//! `emails[type eq "work" and value eq "bjensen@example.com"]`, and `strict` answers 400 `invalidFilter`. In the path of a
//! PATCH operation a sub-attribute behind the bracket is in the grammar (Figure 7), in both dialects.

use super::{Dialect, Notes, Quirk};

/// Whether a comparison may follow a closing bracket; notes it when it may.
pub(crate) fn accept(dialect: &Dialect, notes: &mut Notes) -> bool {
    let allowed = dialect.allows(Quirk::ValuePathComparison);
    if allowed {
        let note = "filter: a comparison behind ']' read as one more condition inside the brackets";
        notes.quirk(Quirk::ValuePathComparison, note);
    }
    allowed
}
