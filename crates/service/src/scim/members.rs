//! Members of a group: rows that are added and removed, never a list that is written anew.

use std::collections::{HashMap, HashSet};

use enroll_domain::{DirectoryId, GroupId};
use enroll_scim::patch::MemberChange;
use enroll_scim::{Limits, ScimError};
use enroll_store::Tx;
use enroll_store::member::{self, Member};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::view::View;
use crate::Error;
use crate::audit::Moved;

/// Members looked at in one statement while a filter chooses among them.
const CHUNK: u32 = 1000;

/// The ids in a list of member elements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MemberIds(Vec<Uuid>);

impl MemberIds {
    /// One id.
    pub(super) fn one(id: Uuid) -> Self {
        Self(vec![id])
    }

    /// Ids that were looked up.
    pub(super) fn of_ids(ids: Vec<Uuid>) -> Self {
        Self(ids)
    }

    /// Reads the elements of `members`: objects with a `value`.
    ///
    /// # Errors
    /// 413 for more values than one request may have, 400 `invalidValue` for one that is no id.
    pub(super) fn of_values(members: Option<Value>, limits: &Limits) -> Result<Self, ScimError> {
        let Some(Value::Array(elements)) = members else { return Ok(Self::default()) };
        if elements.len() > limits.member_values {
            return Err(ScimError::too_large(format!(
                "members has {} values; one request may have {}: add the others by PATCH",
                elements.len(),
                limits.member_values
            )));
        }
        elements.iter().map(id_of).collect::<Result<_, _>>().map(Self)
    }
}

fn id_of(element: &Value) -> Result<Uuid, ScimError> {
    let value = element.get("value").and_then(Value::as_str).unwrap_or_default();
    parse(value).ok_or_else(|| unknown(value))
}

/// An id as this server writes it; anything else is not an id of anybody.
fn parse(value: &str) -> Option<Uuid> {
    Uuid::try_parse(value).ok().filter(|uuid| uuid.hyphenated().to_string() == value)
}

fn unknown(value: &str) -> ScimError {
    ScimError::invalid_value(format!(
        "members: no user or group of this directory has the id {value:?}; provision it first"
    ))
}

/// Adds members; gives those who were none before.
pub(super) fn add(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
    ids: &MemberIds,
    now: Timestamp,
) -> Result<Moved, Error> {
    if ids.0.is_empty() {
        return Ok(Moved::default());
    }
    let known: HashMap<Uuid, Member> = member::kinds(tx, directory, ids.0.iter().copied())?
        .into_iter()
        .map(|member| (*member.uuid(), member))
        .collect();
    let members = ids
        .0
        .iter()
        .map(|id| known.get(id).copied().ok_or_else(|| unknown(&id.to_string())))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Moved { added: member::add(tx, directory, group, &members, now)?, removed: Vec::new() })
}

/// Makes the list the whole membership; gives who has come and gone.
pub(super) fn replace(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
    ids: &MemberIds,
    now: Timestamp,
) -> Result<Moved, Error> {
    if ids.0.is_empty() {
        return Ok(gone(member::remove_all(tx, directory, group)?));
    }
    let keep: HashSet<Uuid> = ids.0.iter().copied().collect();
    let mut leaving = Vec::new();
    let mut after = None;
    loop {
        let page = member::list(tx, directory, group, after, CHUNK)?;
        let Some(last) = page.last() else { break };
        after = Some(*last.member.uuid());
        leaving.extend(page.iter().map(|row| *row.member.uuid()).filter(|id| !keep.contains(id)));
    }
    let mut moved = gone(member::remove(tx, directory, group, &leaving)?);
    moved.extend(add(tx, directory, group, ids, now)?);
    Ok(moved)
}

/// Carries out one change of a PATCH; gives who has come and gone.
pub(super) fn apply(
    tx: &Tx<'_>,
    view: &View,
    group: GroupId,
    change: &MemberChange,
    now: Timestamp,
) -> Result<Moved, Error> {
    let directory = view.directory;
    let ids = |elements: &[Value]| elements.iter().map(id_of).collect::<Result<_, _>>().map(MemberIds);
    Ok(match change {
        MemberChange::Add(elements) => add(tx, directory, group, &ids(elements)?, now)?,
        MemberChange::ReplaceAll(elements) => replace(tx, directory, group, &ids(elements)?, now)?,
        // What is no id is nobody's: removing it changes nothing (RFC 7644 §3.5.2.2).
        MemberChange::Remove(values) => {
            let ids: Vec<Uuid> = values.iter().filter_map(|value| parse(value)).collect();
            gone(member::remove(tx, directory, group, &ids)?)
        }
        MemberChange::RemoveAll => gone(member::remove_all(tx, directory, group)?),
        MemberChange::RemoveMatching(filter) => {
            let mut leaving = Vec::new();
            let mut after = None;
            loop {
                let page = member::list(tx, directory, group, after, CHUNK)?;
                let Some(last) = page.last() else { break };
                after = Some(*last.member.uuid());
                for row in &page {
                    let Value::Object(alone) = json!({"members": [view.member(row)]}) else { continue };
                    if filter.matches(&alone) {
                        leaving.push(*row.member.uuid());
                    }
                }
            }
            gone(member::remove(tx, directory, group, &leaving)?)
        }
    })
}

fn gone(removed: Vec<Member>) -> Moved {
    Moved { added: Vec::new(), removed }
}
