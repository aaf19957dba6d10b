//! Groups: created without members, which then come and go one operation each.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::authentik::config::Config;
use crate::authentik::user;
use crate::company::{Account, RemoteGroup};
use crate::compare::{member_ids, text};
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups;
use crate::shared::users::{delete, trial_person};
use crate::wire::{GROUP, operation, patch};

fn body(name: &str, external_id: &str) -> Value {
    json!({"schemas": [GROUP], "externalId": external_id, "displayName": name})
}

/// Creates the group; 409 makes authentik look it up by name.
pub(crate) async fn create(script: Script<'_>, name: &str, external_id: &str) -> Option<RemoteGroup> {
    let sent = body(name, external_id);
    let answer = script.post("/Groups", &sent).await;
    if answer.status() == Some(409) {
        answer.refused(409, Some("uniqueness"))?;
        let lookup = script.find("/Groups", "displayName", name).await;
        let page = lookup.list()?;
        lookup.require(!page.resources.is_empty(), || {
            format!("{name} is a conflict, but the filter finds no group")
        })?;
        let id = text(page.resources.first()?, "id")?.to_owned();
        let group = RemoteGroup { id, name: name.to_owned(), others: Vec::new() };
        update(script, &group, external_id).await?;
        return Some(group);
    }
    let (id, created) = answer.created()?;
    answer.echoes(&sent, &created);
    Some(RemoteGroup { id, name: name.to_owned(), others: Vec::new() })
}

/// The whole group as a value without a path, its id and schemas included.
async fn update(script: Script<'_>, group: &RemoteGroup, external_id: &str) -> Option<()> {
    let mut whole = body(&group.name, external_id);
    whole.as_object_mut()?.insert("id".to_owned(), json!(group.id));
    let replace = patch(vec![json!({"op": "replace", "value": whole})]);
    script.patch("/Groups", &group.id, &replace).await.changed(&group.id).map(|_| ())
}

/// Reads the group, compares its members with those it should have, and sends the difference: one operation each, as many
/// in a request as the server's bulk limit says. Without `members` in the answer authentik would add nobody.
pub(crate) async fn set_members(
    script: Script<'_>,
    config: &Config,
    group: &RemoteGroup,
    accounts: &[&Account],
) -> Option<()> {
    let answer = script.read("/Groups", &group.id).await;
    let stored = answer.read(&group.id)?;
    answer.require(stored.get("members").is_some_and(Value::is_array), || {
        "members must be there, as an empty array if need be".to_owned()
    })?;
    let there = member_ids(&stored);
    let wanted: BTreeSet<String> = accounts.iter().map(|account| account.id.clone()).collect();
    let one = |op: &str, id: &String| operation(op, "members", json!([{"value": id}]));
    let operations: Vec<Value> = wanted
        .difference(&there)
        .map(|id| one("add", id))
        .chain(there.difference(&wanted).map(|id| one("remove", id)))
        .collect();
    for chunk in operations.chunks(config.chunk()) {
        groups::change(script, group, chunk.to_vec()).await?;
    }
    Some(())
}

/// A group with two people: members come and go, the name changes, everything is deleted, and one person comes back.
pub(crate) async fn trial(session: &Session, config: &Config, choices: &mut Choices) -> Option<()> {
    let mut trial = Vec::new();
    for name in ["one", "two"] {
        trial.push(user::create(session, &trial_person(name, choices.guid())).await?);
    }
    let [one, two] = trial.as_slice() else { return None };
    let script = Script::new(session, "groups");
    let external_id = choices.guid();
    let mut group = create(script, "authentik Trial", &external_id).await?;
    for members in [vec![one, two], vec![two], vec![one]] {
        set_members(script, config, &group, &members).await;
        groups::verify(script, &group, &members).await;
    }
    group.name = "authentik Trial (renamed)".to_owned();
    update(script, &group, &external_id).await;
    // The update names no members, so it must not touch them.
    groups::verify(script, &group, &[one]).await;
    set_members(script, config, &group, &[]).await;
    groups::verify(script, &group, &[]).await;
    // Created again, the group is found by its name.
    create(script, &group.name, &external_id).await;
    groups::delete(script, &group, &[one, two]).await;
    user::recreate(session, one).await;
    delete(Script::new(session, "delete user"), two).await
}
