//! The calls for groups, one function each.

use serde_json::{Value, json};

use crate::company::{Account, RemoteGroup};
use crate::compare::{member_ids, text};
use crate::people::Team;
use crate::script::Script;
use crate::shared::groups::{MEMBERS_AT_ONCE, change};
use crate::wire::{GROUP, operation};

/// The URI that Entra adds to the schemas of a group (E-9).
const MICROSOFT_GROUP: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

/// The two ways to take members out (E-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `{"op":"Remove","path":"members","value":[{"$ref":null,"value":"..."}]}`
    ValueList,
    /// `{"op":"remove","path":"members[value eq \"...\"]"}`
    FilterPath,
}

/// Members as Entra names them (E-8).
pub(crate) fn members(accounts: &[&Account]) -> Value {
    accounts.iter().map(|account| json!({"$ref": null, "value": account.id})).collect()
}

/// The operation that adds members.
pub(crate) fn add(accounts: &[&Account]) -> Value {
    operation("Add", "members", members(accounts))
}

/// The operations that remove exactly these members.
pub(crate) fn remove(accounts: &[&Account], form: Form) -> Vec<Value> {
    match form {
        Form::ValueList => vec![operation("Remove", "members", members(accounts))],
        Form::FilterPath => accounts
            .iter()
            .map(|account| json!({"op": "remove", "path": format!("members[value eq \"{}\"]", account.id)}))
            .collect(),
    }
}

/// The body of Entra's create request: no members (E-15).
pub(crate) fn create_body(team: &Team) -> Value {
    json!({
        "schemas": [GROUP, MICROSOFT_GROUP],
        "externalId": team.external_id,
        "displayName": team.name,
        "meta": {"resourceType": "Group"}
    })
}

/// Looks the group up by name without its members; takes it over with whoever is in it, or creates it.
pub(crate) async fn create_or_take_over(script: Script<'_>, team: &Team) -> Option<RemoteGroup> {
    let lookup = script.find("/Groups", "displayName", &team.name).await;
    let page = lookup.list()?;
    if let Some(found) = page.resources.first() {
        lookup
            .require(found.get("members").is_none(), || "excludedAttributes=members was ignored".to_owned());
        let id = text(found, "id")?;
        let others = member_ids(&script.read("/Groups", id).await.read(id)?).into_iter().collect();
        return Some(RemoteGroup { id: id.to_owned(), name: team.name.clone(), others });
    }
    let sent = create_body(team);
    let answer = script.post("/Groups", &sent).await;
    let (id, created) = answer.created()?;
    answer.echoes(&sent, &created);
    answer.require(member_ids(&created).is_empty(), || "a new group has members".to_owned());
    Some(RemoteGroup { id, name: team.name.clone(), others: Vec::new() })
}

/// Adds members, a hundred in a request.
pub(crate) async fn add_members(
    script: Script<'_>,
    group: &RemoteGroup,
    accounts: &[&Account],
) -> Option<()> {
    for chunk in accounts.chunks(MEMBERS_AT_ONCE) {
        change(script, group, vec![add(chunk)]).await?;
    }
    Some(())
}

/// Renames the group and keeps the new name.
pub(crate) async fn rename(script: Script<'_>, group: &mut RemoteGroup, name: &str) -> Option<()> {
    group.name = name.to_owned();
    change(script, group, vec![operation("Replace", "displayName", name)]).await
}

/// Deletes the group; it is gone for filters and ids, and a second DELETE says so.
pub(crate) async fn delete(script: Script<'_>, group: &RemoteGroup) -> Option<()> {
    script.delete("/Groups", &group.id).await.deleted()?;
    script.read("/Groups", &group.id).await.refused(404, None);
    script.find("/Groups", "displayName", &group.name).await.nobody();
    script.delete("/Groups", &group.id).await.refused(404, None)
}
