//! The `schemas` of a request body (RFC 7643 §3, §3.3).

use std::collections::HashSet;

use serde_json::Value;

use super::shown;
use crate::quirks::lenient_schemas;
use crate::schema::{UnknownExtensions, is_extension_uri};
use crate::{Dialect, Notes, ResourceModel, SchemaUri, ScimError};

/// Checks the `schemas` of a body: a list of URIs without duplicates that has the base schema and else only extensions of
/// the resource type.
///
/// # Errors
/// 400 `invalidSyntax` when it is no list of strings, or when it has a fault that the dialect does not overlook.
pub(super) fn check(
    model: &ResourceModel,
    dialect: &Dialect,
    notes: &mut Notes,
    schemas: Option<&Value>,
) -> Result<(), ScimError> {
    let mut fault = |sentence: String| {
        if lenient_schemas::overlooks(dialect, notes, &sentence) {
            Ok(())
        } else {
            Err(ScimError::invalid_syntax(sentence))
        }
    };
    let base = &model.base().id;
    let uris = match schemas {
        None | Some(Value::Null) => {
            return fault(format!("schemas is missing: it must be a list with {base}"));
        }
        Some(Value::Array(uris)) => uris.as_slice(),
        Some(one) => {
            fault("schemas must be a list of URIs".into())?;
            std::slice::from_ref(one)
        }
    };
    let mut seen = HashSet::new();
    for uri in uris {
        let Value::String(uri) = uri else {
            return Err(ScimError::invalid_syntax("schemas must be a list of URIs, each a string"));
        };
        let kept = model.unknown_extensions() == UnknownExtensions::Keep && is_extension_uri(uri);
        if !base.is(uri) && model.extension(uri).is_none() && !kept {
            fault(format!("schemas has {}, which {} does not have", shown(uri), model.resource_type().name))?;
        } else if !seen.insert(SchemaUri::new(uri.as_str())) {
            fault(format!("schemas has {} twice", shown(uri)))?;
        }
    }
    if seen.contains(base) { Ok(()) } else { fault(format!("schemas does not have {base}")) }
}
