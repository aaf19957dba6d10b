//! What the store keeps twice, compared: look-up keys with documents, references with what they refer to.

use std::ops::ControlFlow;

use enroll_domain::DirectoryId;
use enroll_scim::{Folded, Object, Resource};

use crate::user::Keys;
use crate::{StoreError, Tx, directory, document, params};

/// Findings at most; more of the same say nothing new.
const MOST: usize = 100;

/// A sentence for each inconsistency, at most a hundred. None in a sound store.
///
/// # Errors
/// The store fails.
pub fn inconsistencies(tx: &Tx<'_>) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for directory in directory::every_id(tx)? {
        users(tx, directory, &mut found)?;
        groups(tx, directory, &mut found)?;
        resources(tx, directory, &mut found)?;
        references(tx, directory, &mut found)?;
    }
    found.truncate(MOST);
    Ok(found)
}

fn users(tx: &Tx<'_>, directory: DirectoryId, found: &mut Vec<String>) -> Result<(), StoreError> {
    let sql = "SELECT id, document, user_name_key, display_name_key, external_id, active FROM users WHERE directory_id = ?1";
    tx.each(sql, &params![directory], |row| {
        let object: Object = document::parse(row.text(1)?)?;
        let keys = Keys::of(&Resource::from_stored(object));
        let sound = keys.user_name_key.as_str() == row.text(2)?
            && keys.display_name_key.as_ref().map(Folded::as_str) == row.optional_text(3)?
            && keys.external_id.as_deref() == row.optional_text(4)?
            && keys.active == row.boolean(5)?;
        if !sound {
            found.push(format!("the look-up columns of user {} do not fit its document", row.text(0)?));
        }
        Ok(flow(found))
    })
}

fn groups(tx: &Tx<'_>, directory: DirectoryId, found: &mut Vec<String>) -> Result<(), StoreError> {
    let sql = "SELECT id, document, display_name_key, external_id FROM groups WHERE directory_id = ?1";
    tx.each(sql, &params![directory], |row| {
        let group = Resource::from_stored(document::parse(row.text(1)?)?);
        let key = Folded::new(group.text("displayName").unwrap_or_default());
        if key.as_str() != row.text(2)? || group.text("externalId") != row.optional_text(3)? {
            found.push(format!("the look-up columns of group {} do not fit its document", row.text(0)?));
        }
        Ok(flow(found))
    })
}

fn resources(tx: &Tx<'_>, directory: DirectoryId, found: &mut Vec<String>) -> Result<(), StoreError> {
    let sql = "SELECT id, document, external_id FROM resources WHERE directory_id = ?1";
    tx.each(sql, &params![directory], |row| {
        let resource = Resource::from_stored(document::parse(row.text(1)?)?);
        if resource.text("externalId") != row.optional_text(2)? {
            found.push(format!("the look-up columns of resource {} do not fit its document", row.text(0)?));
        }
        Ok(flow(found))
    })
}

/// Rows that name what is not there, in a form that each reads as a sentence.
const REFERENCES: [(&str, &str); 7] = [
    (
        "a group with a member that is neither a user nor a group of its directory",
        "SELECT group_id FROM group_members WHERE group_members.directory_id = ?1 \
         AND NOT (member_type = 'User' \
         AND EXISTS (SELECT 1 FROM users WHERE users.directory_id = ?1 AND users.id = group_members.member_id)) \
         AND NOT (member_type = 'Group' \
         AND EXISTS (SELECT 1 FROM groups WHERE groups.directory_id = ?1 AND groups.id = group_members.member_id))",
    ),
    (
        "a mapping bound to a group that is not there",
        "SELECT id FROM mappings WHERE mappings.directory_id = ?1 AND binding = 'bound' \
         AND NOT EXISTS (SELECT 1 FROM groups WHERE groups.directory_id = ?1 AND groups.id = mappings.group_id)",
    ),
    (
        "a mapping to a resource bound to a group that is not there",
        "SELECT id FROM resource_mappings WHERE resource_mappings.directory_id = ?1 AND binding = 'bound' \
         AND NOT EXISTS (SELECT 1 FROM groups WHERE groups.directory_id = ?1 AND groups.id = resource_mappings.group_id)",
    ),
    (
        "a user whose handle is not claimed",
        "SELECT id FROM users WHERE users.directory_id = ?1 AND NOT EXISTS (SELECT 1 FROM handles \
         WHERE handles.handle = users.handle AND handles.owner_kind = 'user' AND handles.owner_id = users.id)",
    ),
    (
        "an e-mail look-up of nobody in its directory",
        "SELECT user_id FROM user_emails WHERE user_emails.directory_id = ?1 \
         AND NOT EXISTS (SELECT 1 FROM users WHERE users.directory_id = ?1 AND users.id = user_emails.user_id)",
    ),
    (
        "a resource of a type that its directory has not defined",
        "SELECT id FROM resources WHERE resources.directory_id = ?1 AND NOT EXISTS (SELECT 1 FROM directory_schemas \
         WHERE directory_schemas.directory_id = ?1 AND directory_schemas.kind = 'resource-type' \
         AND directory_schemas.name_key = resources.type_key)",
    ),
    (
        "a unique value of nothing in its directory",
        "SELECT owner_id FROM unique_values WHERE unique_values.directory_id = ?1 \
         AND NOT EXISTS (SELECT 1 FROM users WHERE users.directory_id = ?1 AND users.id = unique_values.owner_id) \
         AND NOT EXISTS (SELECT 1 FROM groups WHERE groups.directory_id = ?1 AND groups.id = unique_values.owner_id) \
         AND NOT EXISTS (SELECT 1 FROM resources \
         WHERE resources.directory_id = ?1 AND resources.id = unique_values.owner_id)",
    ),
];

fn references(tx: &Tx<'_>, directory: DirectoryId, found: &mut Vec<String>) -> Result<(), StoreError> {
    for (what, sql) in REFERENCES {
        tx.each(sql, &params![directory], |row| {
            found.push(format!("{what}: {}", row.text(0)?));
            Ok(flow(found))
        })?;
    }
    Ok(())
}

fn flow(found: &[String]) -> ControlFlow<()> {
    if found.len() < MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
