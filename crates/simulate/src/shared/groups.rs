//! What every identity provider relies on after it has changed a group.

use serde_json::{Value, json};

use crate::company::{Account, RemoteGroup};
use crate::script::Script;
use crate::wire::patch;

/// How many members one request names; the real numbers are not documented.
pub(crate) const MEMBERS_AT_ONCE: usize = 100;

/// Sends a PATCH of the group.
pub(crate) async fn change(script: Script<'_>, group: &RemoteGroup, operations: Vec<Value>) -> Option<()> {
    script.patch("/Groups", &group.id, &patch(operations)).await.changed(&group.id).map(|_| ())
}

/// Reads the group and compares: its members are the expected ones and those that it was taken over with.
pub(crate) async fn verify(script: Script<'_>, group: &RemoteGroup, expected: &[&Account]) -> Option<()> {
    let answer = script.read("/Groups", &group.id).await;
    let stored = answer.read(&group.id)?;
    answer.holds(&stored, "/displayName", &json!(group.name))?;
    let expected = expected.iter().map(|account| account.id.as_str());
    let ids: Vec<&str> = expected.chain(group.others.iter().map(String::as_str)).collect();
    answer.has_members(&stored, &ids)
}
