//! The calls of group push, one function each.

use serde_json::{Value, json};

use crate::company::{Account, RemoteGroup};
use crate::compare::text;
use crate::script::Script;
use crate::shared::groups::MEMBERS_AT_ONCE;
use crate::wire::{GROUP, patch};

/// Members as Okta names them in PATCH and PUT.
pub(crate) fn members(accounts: &[&Account]) -> Value {
    let member = |account: &&Account| json!({"value": account.id, "display": account.person.user_name});
    Value::Array(accounts.iter().map(member).collect())
}

/// Looks the group up by name; links it, or creates it without members.
pub(crate) async fn create_or_link(script: Script<'_>, name: &str) -> Option<RemoteGroup> {
    let page = script.find("/Groups", "displayName", name).await.list()?;
    if let Some(id) = page.resources.first().and_then(|group| text(group, "id")) {
        return Some(RemoteGroup { id: id.to_owned(), name: name.to_owned(), others: Vec::new() });
    }
    let sent = json!({"schemas": [GROUP], "displayName": name, "members": []});
    let answer = script.post("/Groups", &sent).await;
    let (id, created) = answer.created()?;
    answer.echoes(&sent, &created);
    Some(RemoteGroup { id, name: name.to_owned(), others: Vec::new() })
}

/// Renames the group; Okta writes the id into the value (O-4) and sends this before every membership update.
pub(crate) async fn send_name(script: Script<'_>, group: &RemoteGroup) -> Option<()> {
    let value = json!({"id": group.id, "displayName": group.name});
    let body = patch(vec![json!({"op": "replace", "value": value})]);
    change(script, group, &body).await
}

/// Removes some members and adds others in one PATCH.
pub(crate) async fn update_members(
    script: Script<'_>,
    group: &RemoteGroup,
    removed: &[&Account],
    added: &[&Account],
) -> Option<()> {
    send_name(script, group).await?;
    let mut operations: Vec<Value> = removed
        .iter()
        .map(|account| json!({"op": "remove", "path": format!("members[value eq \"{}\"]", account.id)}))
        .collect();
    if !added.is_empty() {
        operations.push(json!({"op": "add", "path": "members", "value": members(added)}));
    }
    change(script, group, &patch(operations)).await
}

/// "Push now": replaces all members; an empty group sends an empty array.
pub(crate) async fn push_now(script: Script<'_>, group: &RemoteGroup, accounts: &[&Account]) -> Option<()> {
    let mut chunks = accounts.chunks(MEMBERS_AT_ONCE);
    let first = chunks.next().unwrap_or_default();
    let body = patch(vec![json!({"op": "replace", "path": "members", "value": members(first)})]);
    change(script, group, &body).await?;
    for chunk in chunks {
        update_members(script, group, &[], chunk).await?;
    }
    Some(())
}

/// Sends a PATCH of the group.
pub(crate) async fn change(script: Script<'_>, group: &RemoteGroup, body: &Value) -> Option<()> {
    script.patch("/Groups", &group.id, body).await.changed(&group.id).map(|_| ())
}

/// Unlink and delete; the members stay as users.
pub(crate) async fn delete(script: Script<'_>, group: &RemoteGroup, former: &[&Account]) -> Option<()> {
    script.delete("/Groups", &group.id).await.deleted()?;
    script.read("/Groups", &group.id).await.refused(404, None)?;
    script.find("/Groups", "displayName", &group.name).await.nobody()?;
    for account in former {
        script.read("/Users", &account.id).await.read(&account.id)?;
    }
    Some(())
}
