//! Everything, for `enroll verify`.

use std::ops::ControlFlow;

use enroll_domain::DirectoryId;
use enroll_domain::enrollment::{State, UserFacts};

use super::read_group;
use crate::member::Member;
use crate::{StoreError, Tx, directory, grant, mapping, params, resource, resource_grant};

/// The whole instance. Memory grows with it: about 100 bytes for each user and each membership.
///
/// # Errors
/// The store fails.
pub fn everything(tx: &Tx<'_>) -> Result<State, StoreError> {
    let mut state = State::default();
    for directory in directory::every_id(tx)? {
        load(tx, directory, &mut state)?;
    }
    state.grants = grant::list(tx)?.into_iter().map(|row| row.grant).collect();
    state.resources = resource::all_facts(tx)?.into_iter().collect();
    state.resource_grants = resource_grant::list_all(tx)?.into_iter().map(|row| row.grant).collect();
    Ok(state)
}

fn load(tx: &Tx<'_>, directory: DirectoryId, state: &mut State) -> Result<(), StoreError> {
    tx.each("SELECT id, active FROM users WHERE directory_id = ?1", &params![directory], |row| {
        let facts = UserFacts { directory: Some(directory), active: row.boolean(1)? };
        state.users.insert(row.id(0)?, facts);
        Ok(ControlFlow::Continue(()))
    })?;
    tx.each("SELECT id, display_name FROM groups WHERE directory_id = ?1", &params![directory], |row| {
        state.groups.extend([read_group(row)?]);
        Ok(ControlFlow::Continue(()))
    })?;
    tx.each(
        "SELECT member_id, member_type, group_id FROM group_members WHERE directory_id = ?1",
        &params![directory],
        |row| {
            if let Some(group) = state.groups.get_mut(&row.id(2)?) {
                match Member::read(row, 0)? {
                    Member::User(user) => group.members.push(user),
                    Member::Group(nested) => group.nested.push(nested),
                }
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    state.mappings.extend(mapping::list(tx, directory)?.into_iter().map(|row| row.mapping));
    Ok(())
}
