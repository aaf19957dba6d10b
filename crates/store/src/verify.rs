//! What the store keeps twice, compared: look-up keys with documents, references with what they refer to.

use std::ops::ControlFlow;

use enroll_scim::{Folded, Object, Resource};

use crate::user::Keys;
use crate::{StoreError, Tx, document};

/// Findings at most; more of the same say nothing new.
const MOST: usize = 100;

/// A sentence for each inconsistency, at most a hundred. None in a sound store.
///
/// # Errors
/// The store fails.
pub fn inconsistencies(tx: &Tx<'_>) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    users(tx, &mut found)?;
    groups(tx, &mut found)?;
    references(tx, &mut found)?;
    found.truncate(MOST);
    Ok(found)
}

fn users(tx: &Tx<'_>, found: &mut Vec<String>) -> Result<(), StoreError> {
    let sql =
        "SELECT id, document, user_name_key, display_name_key, external_id, active, directory_id FROM users";
    tx.each(sql, &[], |row| {
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

fn groups(tx: &Tx<'_>, found: &mut Vec<String>) -> Result<(), StoreError> {
    let sql = "SELECT id, document, display_name_key, external_id, directory_id FROM groups";
    tx.each(sql, &[], |row| {
        let group = Resource::from_stored(document::parse(row.text(1)?)?);
        let key = Folded::new(group.text("displayName").unwrap_or_default());
        if key.as_str() != row.text(2)? || group.text("externalId") != row.optional_text(3)? {
            found.push(format!("the look-up columns of group {} do not fit its document", row.text(0)?));
        }
        Ok(flow(found))
    })
}

/// Rows that name what is not there, in a form that each reads as a sentence.
const REFERENCES: [(&str, &str); 4] = [
    (
        "a member that is neither a user nor a group of the directory",
        "SELECT m.group_id FROM group_members m \
         LEFT JOIN users u ON u.id = m.member_id AND u.directory_id = m.directory_id AND m.member_type = 'User' \
         LEFT JOIN groups g ON g.id = m.member_id AND g.directory_id = m.directory_id AND m.member_type = 'Group' \
         WHERE u.id IS NULL AND g.id IS NULL",
    ),
    (
        "a mapping bound to a group that is not there",
        "SELECT m.id FROM mappings m LEFT JOIN groups g ON g.id = m.group_id AND g.directory_id = m.directory_id \
         WHERE m.binding = 'bound' AND g.id IS NULL",
    ),
    (
        "a handle that is not claimed for its user",
        "SELECT u.id FROM users u \
         LEFT JOIN handles h ON h.handle = u.handle AND h.owner_kind = 'user' AND h.owner_id = u.id \
         WHERE u.directory_id IS NOT NULL AND h.handle IS NULL",
    ),
    (
        "an e-mail look-up of a user of another directory",
        "SELECT e.user_id FROM user_emails e JOIN users u ON u.id = e.user_id WHERE u.directory_id <> e.directory_id",
    ),
];

fn references(tx: &Tx<'_>, found: &mut Vec<String>) -> Result<(), StoreError> {
    for (what, sql) in REFERENCES {
        tx.each(sql, &[], |row| {
            found.push(format!("{what}: {}", row.text(0)?));
            Ok(flow(found))
        })?;
    }
    Ok(())
}

fn flow(found: &[String]) -> ControlFlow<()> {
    if found.len() < MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
