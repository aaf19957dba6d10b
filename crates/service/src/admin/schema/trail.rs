//! What the audit trail tells of definitions: the names of a schema's attributes, and the extensions of a resource type.

use enroll_domain::DirectoryId;
use enroll_domain::audit::{Action, SubjectKind};
use enroll_store::Tx;
use enroll_store::custom_schema::Definitions;
use serde_json::Value;

use crate::Error;
use crate::audit::{Changes, Scribe};

/// Writes an entry for each definition that is new or another; none for one that stays as it was.
pub(super) fn registered(
    tx: &Tx<'_>,
    scribe: &Scribe,
    directory: DirectoryId,
    old: &Definitions,
    new: &Definitions,
) -> Result<(), Error> {
    let lists = [(&old.schemas, &new.schemas), (&old.resource_types, &new.resource_types)];
    for (old, new) in lists {
        let old: Vec<Definition> =
            old.iter().map(|text| Definition::parse(text)).collect::<Result<_, _>>()?;
        for text in new {
            let after = Definition::parse(text)?;
            let before = old.iter().find(|before| before.name.eq_ignore_ascii_case(&after.name));
            if before.is_some_and(|before| before.value == after.value) {
                continue;
            }
            let action = if before.is_some() { Action::SchemaUpdated } else { Action::SchemaRegistered };
            let mut changes = Changes::default();
            changes.change(after.kind, before.map(|before| &before.defines), Some(&after.defines));
            let subject = (SubjectKind::Schema, after.name.as_str(), after.name.as_str());
            scribe.write(tx, action, directory, subject, &changes)?;
        }
    }
    Ok(())
}

/// Writes an entry for each definition that is gone, and for each that has become another by that.
pub(super) fn removed(
    tx: &Tx<'_>,
    scribe: &Scribe,
    directory: DirectoryId,
    old: &Definitions,
    new: &Definitions,
) -> Result<(), Error> {
    let lists = [(&old.schemas, &new.schemas), (&old.resource_types, &new.resource_types)];
    for (old, new) in lists {
        let new: Vec<Definition> =
            new.iter().map(|text| Definition::parse(text)).collect::<Result<_, _>>()?;
        for text in old {
            let before = Definition::parse(text)?;
            if new.iter().all(|after| !after.name.eq_ignore_ascii_case(&before.name)) {
                let changes = Changes::default().without(before.kind, &before.defines);
                let subject = (SubjectKind::Schema, before.name.as_str(), before.name.as_str());
                scribe.write(tx, Action::SchemaRemoved, directory, subject, &changes)?;
            }
        }
    }
    registered(tx, scribe, directory, old, new)
}

/// A definition as it is stored.
struct Definition {
    name: String,
    /// What it is a list of.
    kind: &'static str,
    defines: Vec<String>,
    value: Value,
}

impl Definition {
    fn parse(text: &str) -> Result<Self, Error> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Error::Internal(format!("a stored definition cannot be read: {error}")))?;
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let (list, of, kind) = match value.get("attributes") {
            Some(attributes) => (attributes.as_array(), "name", "attributes"),
            None => (value.get("schemaExtensions").and_then(Value::as_array), "schema", "schemaExtensions"),
        };
        let defines = list.into_iter().flatten().filter_map(|element| text(element, of)).collect();
        let name = if kind == "attributes" { text(&value, "id") } else { text(&value, "name") };
        Ok(Self { name: name.unwrap_or_default(), kind, defines, value })
    }
}
