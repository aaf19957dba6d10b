//! `value eq"x"`: no space before a quoted literal. RFC 7644 itself prints a PATCH path so (§3.5.2.2).
//!
//! The grammar wants one space (Figure 1, `attrExp`). The text has one reading without it, so `compat` takes it; `strict`
//! answers 400 `invalidFilter`. An example: `members[value eq"2819c223-7f76-453a-919d-413861904646"]`.

use super::{Dialect, Notes, Quirk};

/// Whether a quoted literal may follow its operator at once; notes it when it may.
pub(crate) fn accept(dialect: &Dialect, notes: &mut Notes) -> bool {
    let allowed = dialect.allows(Quirk::MissingFilterSpace);
    if allowed {
        notes.quirk(Quirk::MissingFilterSpace, "filter: a missing space before a quoted value was added");
    }
    allowed
}
