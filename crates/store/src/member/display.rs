//! Members as they are shown: with a name.

use std::ops::ControlFlow;

use enroll_domain::{DirectoryId, GroupId};
use uuid::Uuid;

use super::Member;
use crate::id_list::id_lists;
use crate::{Param, Row, StoreError, Tx, document, params};

/// A member of a group with the name to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The member.
    pub member: Member,
    /// A user's displayName, else the userName; a group's displayName (conformance D5).
    pub display: Option<String>,
}

/// The members of groups with what their names are made of. A user's displayName is in the document alone, which is read only
/// where there is one.
const SELECT: &str = "SELECT group_members.member_id, group_members.member_type, group_members.group_id, \
    groups.display_name, users.user_name, \
    CASE WHEN users.display_name_key IS NULL THEN NULL ELSE users.document END \
    FROM group_members \
    LEFT JOIN users ON users.directory_id = ?1 AND users.id = group_members.member_id \
    LEFT JOIN groups ON groups.directory_id = ?1 AND groups.id = group_members.member_id \
    WHERE group_members.directory_id = ?1";

fn read(row: &Row<'_>) -> Result<MemberRow, StoreError> {
    let member = Member::read(row, 0)?;
    let display_name = match (row.optional_text(3)?, row.optional_text(5)?) {
        (Some(name), _) => Some(name.to_owned()),
        (None, Some(document)) => document::display_name(document)?,
        (None, None) => None,
    };
    let display = match display_name.filter(|name| !name.is_empty()) {
        Some(name) => Some(name),
        None => row.optional_text(4)?.map(str::to_owned),
    };
    Ok(MemberRow { member, display })
}

/// The direct members of a group in the order of their ids, from behind `after`: the cost of a page is the same for each.
///
/// # Errors
/// The store fails.
pub fn list(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<MemberRow>, StoreError> {
    let after = Param::from(after.map_or_else(String::new, |after| after.to_string()));
    tx.query(
        &format!(
            "{SELECT} AND group_members.group_id = ?2 AND group_members.member_id > ?3 \
             ORDER BY group_members.member_id LIMIT ?4"
        ),
        &[directory.into(), group.into(), after, limit.into()],
        read,
    )
}

/// The direct members of a group with the names that are theirs alone in the directory: userName and displayName. In the order of
/// their ids, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn names(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<(Member, String)>, StoreError> {
    let after = Param::from(after.map_or_else(String::new, |after| after.to_string()));
    tx.query(
        "SELECT group_members.member_id, group_members.member_type, users.user_name, groups.display_name \
         FROM group_members \
         LEFT JOIN users ON users.directory_id = ?1 AND users.id = group_members.member_id \
         LEFT JOIN groups ON groups.directory_id = ?1 AND groups.id = group_members.member_id \
         WHERE group_members.directory_id = ?1 AND group_members.group_id = ?2 AND group_members.member_id > ?3 \
         ORDER BY group_members.member_id LIMIT ?4",
        &[directory.into(), group.into(), after, limit.into()],
        |row| {
            let name = row.optional_text(2)?.or(row.optional_text(3)?).unwrap_or_default().to_owned();
            Ok((Member::read(row, 0)?, name))
        },
    )
}

/// Hands the direct members of several groups to `visit`, one by one, ordered by group and member: for a page of groups.
/// `visit` must not run statements of its own.
///
/// # Errors
/// The store fails, or `visit` does.
pub fn each_of_groups(
    tx: &Tx<'_>,
    directory: DirectoryId,
    groups: &[GroupId],
    mut visit: impl FnMut(GroupId, MemberRow) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    let mut stopped = false;
    for list in id_lists(2, groups.iter().map(|group| *group.as_uuid())) {
        let sql = format!(
            "{SELECT} AND group_members.group_id IN ({}) ORDER BY group_members.group_id, group_members.member_id",
            list.placeholders
        );
        tx.each(&sql, &list.after(params![directory]), |row| {
            let flow = visit(row.id(2)?, read(row)?)?;
            stopped = flow.is_break();
            Ok(flow)
        })?;
        if stopped {
            break;
        }
    }
    Ok(())
}
