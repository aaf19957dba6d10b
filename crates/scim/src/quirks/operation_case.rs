//! `Add`, `Replace`, `Remove`: the name of an operation in another case than the RFC writes it.
//!
//! Entra ID's default client, without `aadOptscim062020`:
//!
//! ```json
//! {"Operations": [{"op": "Replace", "path": "displayName", "value": "Pvlo"}]}
//! ```
//!
//! RFC 7644 §3.5.2 has `add`, `remove` and `replace`, and says of no value of `op` that its case does not matter.

use super::{Dialect, Notes, Quirk};

/// Whether `op`, one of the three names in another case, is read as that name.
pub(crate) fn accepts(dialect: &Dialect, notes: &mut Notes, op: &str) -> bool {
    let accepted = dialect.allows(Quirk::OperationCase);
    if accepted {
        notes.quirk(Quirk::OperationCase, format!("op: {op:?} read in lower case"));
    }
    accepted
}
