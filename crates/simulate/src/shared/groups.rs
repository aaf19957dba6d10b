//! Members, and what every identity provider relies on after it has changed a group.

use serde_json::{Value, json};

use crate::company::{Account, RemoteGroup};
use crate::compare::member_ids;
use crate::script::Script;
use crate::wire::{operation, patch};

/// How many members one request names; the real numbers are not documented.
pub(crate) const MEMBERS_AT_ONCE: usize = 100;

/// Members by their ids alone.
pub(crate) fn members(accounts: &[&Account]) -> Value {
    accounts.iter().map(|account| json!({"value": account.id})).collect()
}

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

/// Deletes the group; it is gone, and its former members are still users.
pub(crate) async fn delete(script: Script<'_>, group: &RemoteGroup, former: &[&Account]) -> Option<()> {
    script.delete("/Groups", &group.id).await.deleted()?;
    script.read("/Groups", &group.id).await.refused(404, None);
    for account in former {
        script.read("/Users", &account.id).await.read(&account.id)?;
    }
    Some(())
}

/// Creates the group that `body` describes.
pub(crate) async fn create(script: Script<'_>, name: &str, body: &Value) -> Option<RemoteGroup> {
    let answer = script.post("/Groups", body).await;
    let (id, created) = answer.created()?;
    answer.echoes(body, &created);
    Some(RemoteGroup { id, name: name.to_owned(), others: Vec::new() })
}

/// A group that is there already is taken over with whoever is in it.
pub(crate) async fn take_over(script: Script<'_>, id: &str, name: &str) -> Option<RemoteGroup> {
    let others = member_ids(&script.read("/Groups", id).await.read(id)?).into_iter().collect();
    Some(RemoteGroup { id: id.to_owned(), name: name.to_owned(), others })
}

/// Adds members, a hundred in a request.
pub(crate) async fn add_members(
    script: Script<'_>,
    group: &RemoteGroup,
    accounts: &[&Account],
) -> Option<()> {
    for chunk in accounts.chunks(MEMBERS_AT_ONCE) {
        change(script, group, vec![operation("add", "members", members(chunk))]).await?;
    }
    Some(())
}
