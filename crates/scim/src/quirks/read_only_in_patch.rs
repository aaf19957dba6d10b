//! A readOnly attribute beside others in a PATCH value without a path: it is ignored, as in PUT.
//!
//! Okta writes the `id` beside the new name of a group, authentik sends the whole group:
//!
//! ```json
//! {"Operations": [{"op": "replace", "value": {"id": "abf4dd94-a4c0-4f67-89c9-76b03340cb9b", "displayName": "Test SCIMv2"}}]}
//! ```
//!
//! RFC 7644 §3.5.2 wants an error for an operation on a readOnly attribute. One that is named by a `path` is refused in both
//! dialects: who names it means it.

use super::{Dialect, Notes, Quirk};

/// Whether the readOnly attribute `label` in a value without a path is passed over.
pub(crate) fn ignores(dialect: &Dialect, notes: &mut Notes, label: &str) -> bool {
    let ignored = dialect.allows(Quirk::ReadOnlyInPatch);
    if ignored {
        notes.quirk(Quirk::ReadOnlyInPatch, format!("{label} ignored: only the server sets it"));
    }
    ignored
}
