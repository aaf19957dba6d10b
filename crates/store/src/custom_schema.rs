//! Schemas and resource types that a directory has beside those of the RFCs, as JSON text, and its rule for extensions that no
//! schema describes.

use std::ops::ControlFlow;

use enroll_domain::DirectoryId;
use enroll_scim::{Folded, UnknownExtensions};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

/// What a definition defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A schema, by its URI.
    Schema,
    /// A resource type, by its name.
    ResourceType,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::ResourceType => "resource-type",
        }
    }
}

/// What a directory defines for itself. Equal definitions mean the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definitions {
    /// Its schemas, as JSON, in the order in which they were made.
    pub schemas: Vec<String>,
    /// Its resource types, and what it adds to those of the RFCs, as JSON, in the order in which they were made.
    pub resource_types: Vec<String>,
    /// What it does with extensions that it does not know.
    pub unknown_extensions: UnknownExtensions,
}

const OF_DIRECTORY: &str = "SELECT kind, definition, created, name_key FROM directory_schemas WHERE directory_id = ?1 \
    UNION ALL SELECT 'policy', unknown_extensions, 0, '' FROM directory_policies WHERE directory_id = ?1 \
    ORDER BY 3, 4";

/// As for a directory, for the one that a SCIM token opens.
pub(crate) const OF_TOKEN: &str = "SELECT kind, definition, created, name_key FROM directory_schemas \
    WHERE directory_id = (SELECT scim_tokens.directory_id FROM scim_tokens WHERE id = ?1) \
    UNION ALL SELECT 'policy', unknown_extensions, 0, '' FROM directory_policies \
    WHERE directory_id = (SELECT scim_tokens.directory_id FROM scim_tokens WHERE id = ?1) \
    ORDER BY 3, 4";

impl Definitions {
    /// Adds what a row of one of these statements says.
    pub(crate) fn add(&mut self, row: &Row<'_>) -> Result<(), StoreError> {
        let text = row.text(1)?;
        match row.text(0)? {
            "schema" => self.schemas.push(text.to_owned()),
            "resource-type" => self.resource_types.push(text.to_owned()),
            _ => {
                let rule = UnknownExtensions::ALL.into_iter().find(|rule| rule.as_str() == text);
                self.unknown_extensions =
                    rule.ok_or_else(|| StoreError::Corrupt("a rule for unknown extensions".to_owned()))?;
            }
        }
        Ok(())
    }
}

/// What a directory defines for itself.
///
/// # Errors
/// The store fails; [`StoreError::Corrupt`] for a rule that is none.
pub fn definitions(tx: &Tx<'_>, directory: DirectoryId) -> Result<Definitions, StoreError> {
    let mut found = Definitions::default();
    tx.each(OF_DIRECTORY, &params![directory], |row| found.add(row).map(ControlFlow::Continue))?;
    Ok(found)
}

/// Keeps a definition; one of the same name is replaced and keeps its place.
///
/// # Errors
/// The store fails.
pub fn put(
    tx: &Tx<'_>,
    directory: DirectoryId,
    kind: Kind,
    name: &Folded,
    definition: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO directory_schemas (directory_id, kind, name_key, definition, created) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (directory_id, kind, name_key) DO UPDATE SET definition = ?4",
        &params![directory, kind.as_str(), name.as_str(), definition, now],
    )
    .map(drop)
}

/// Forgets a definition; answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, directory: DirectoryId, kind: Kind, name: &Folded) -> Result<bool, StoreError> {
    let sql = "DELETE FROM directory_schemas WHERE directory_id = ?1 AND kind = ?2 AND name_key = ?3";
    Ok(tx.execute(sql, &params![directory, kind.as_str(), name.as_str()])? > 0)
}

/// Changes the rule of a directory for extensions that it does not know.
///
/// # Errors
/// The store fails.
pub fn set_unknown_extensions(
    tx: &Tx<'_>,
    directory: DirectoryId,
    rule: UnknownExtensions,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO directory_policies (directory_id, unknown_extensions) VALUES (?1, ?2) \
         ON CONFLICT (directory_id) DO UPDATE SET unknown_extensions = ?2",
        &params![directory, rule.as_str()],
    )
    .map(drop)
}

/// Whether something is stored by the extension schema `uri`: whether a document of the directory has a member of that name, in
/// whatever case of its letters.
///
/// # Errors
/// The store fails.
pub fn is_used(tx: &Tx<'_>, directory: DirectoryId, uri: &str) -> Result<bool, StoreError> {
    // The URI stands in a document as the name of a member, as the schema or a client spells it: LIKE does not regard the case.
    let needle = format!("%{}%", escape(&format!("{}:", serde_json::Value::from(uri))));
    let statements = [
        "SELECT 1 FROM users WHERE directory_id = ?1 AND document LIKE ?2 ESCAPE '\\' LIMIT 1",
        "SELECT 1 FROM groups WHERE directory_id = ?1 AND document LIKE ?2 ESCAPE '\\' LIMIT 1",
        "SELECT 1 FROM resources WHERE directory_id = ?1 AND document LIKE ?2 ESCAPE '\\' LIMIT 1",
    ];
    for sql in statements {
        if tx.first(sql, &params![directory, &needle], |_| Ok(()))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What `LIKE` would take for a pattern stands for itself.
fn escape(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect()
}
