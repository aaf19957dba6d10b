//! `remove` with a value removes only what the value lists.
//!
//! Entra ID, JumpCloud and authentik take members out of a group so:
//!
//! ```json
//! {"Operations": [{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "2819c223-7f76-453a-919d-413861904646"}]}]}
//! ```
//!
//! RFC 7644 §3.5.2.2 knows no value in a `remove`, so to the letter this empties the group. Nobody who sends a list means
//! that: without this quirk the operation is refused.

use super::{Dialect, Notes, Quirk};

/// Whether the value of a `remove` at `path` lists what is to be removed.
pub(crate) fn accepts(dialect: &Dialect, notes: &mut Notes, path: &str) -> bool {
    let accepted = dialect.allows(Quirk::RemoveByValue);
    if accepted {
        notes.quirk(
            Quirk::RemoveByValue,
            format!("{path}: only the values that the operation lists are removed"),
        );
    }
    accepted
}
