//! Every form of group traffic, played on two groups that are deleted at the end.

use serde_json::{Value, json};

use crate::company::{Account, RemoteGroup};
use crate::entra::active;
use crate::entra::group::{Form, add, add_members, create_body, create_or_take_over, delete, remove, rename};
use crate::people::Team;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups::{change, verify};
use crate::wire::{operation, resource};

/// Plays the group sequences with three members. The third is disabled and enabled again on the way.
pub(crate) async fn groups(session: &Session, choices: &mut Choices, accounts: &[Account; 3]) -> Option<()> {
    let [one, two, three] = accounts;
    let all = [one, two, three];
    let script = Script::new(session, "groups");
    let trial = |name: &str, external_id| Team { name: name.to_owned(), external_id, members: Vec::new() };
    let team = trial("Entra Trial", choices.guid());
    let mut group = create_or_take_over(script, &team).await?;
    let other = create_or_take_over(script, &trial("Entra Trial Two", choices.guid())).await?;

    lookups(script, &group, &team).await;
    script.post("/Groups", &create_body(&team)).await.refused(409, Some("uniqueness"));
    add_members(script, &group, &all).await;
    without_members(script, &group).await;
    verify(script, &group, &all).await;

    let script = Script::new(session, "rename group");
    rename(script, &mut group, "Entra Trial (renamed)").await;
    verify(script, &group, &all).await;
    taken_name(script, &group, &other).await;
    verify(script, &group, &all).await;

    member_forms(session, &group, all).await;
    inactive_member(session, &group, all).await;

    let script = Script::new(session, "delete group");
    delete(script, &other).await;
    delete(script, &group).await;
    for account in all {
        script.read("/Users", &account.id).await.read(&account.id);
    }
    Some(())
}

async fn lookups(script: Script<'_>, group: &RemoteGroup, team: &Team) {
    script.find("/Groups", "displayName", &group.name.to_uppercase()).await.only(&group.id);
    script.find("/Groups", "externalId", &team.external_id).await.only(&group.id);
}

/// `excludedAttributes=members` must leave the members out.
async fn without_members(script: Script<'_>, group: &RemoteGroup) -> Option<()> {
    let path = format!("{}?excludedAttributes=members", resource("/Groups", &group.id));
    let answer = script.get(&path).await;
    let stored = answer.read(&group.id)?;
    answer.require(stored.get("members").is_none(), || "excludedAttributes=members was ignored".to_owned())
}

/// Renaming to the name of another group is a conflict (E-25).
async fn taken_name(script: Script<'_>, group: &RemoteGroup, other: &RemoteGroup) -> Option<()> {
    let rename = operation("Replace", "displayName", other.name.as_str());
    let body = crate::wire::patch(vec![rename]);
    script.patch("/Groups", &group.id, &body).await.refused(409, Some("uniqueness"))
}

/// Removal in both forms takes out the named member only (E-7), also several in one PATCH.
async fn member_forms(session: &Session, group: &RemoteGroup, all: [&Account; 3]) {
    let script = Script::new(session, "member forms");
    let [one, two, three] = all;
    for form in [Form::ValueList, Form::FilterPath] {
        let script = if form == Form::FilterPath { script.flagged() } else { script };
        change(script, group, remove(&[one], form)).await;
        verify(script, group, &[two, three]).await;
        // Who is no member any more can be removed again without harm.
        change(script, group, remove(&[one], form)).await;
        verify(script, group, &[two, three]).await;
        change(script, group, vec![add(&[one])]).await;
        verify(script, group, &all).await;
        change(script, group, remove(&[one, three], form)).await;
        verify(script, group, &[two]).await;
        let several: Vec<Value> =
            [vec![add(&[one, three])], remove(&[two], form), vec![add(&[one])]].concat();
        change(script, group, several).await;
        verify(script, group, &[one, three]).await;
        change(script, group, [vec![add(&[two])], remove(&[two], form)].concat()).await;
        verify(script, group, &[one, three]).await;
        change(script, group, vec![operation("Replace", "members", json!([{"value": two.id}]))]).await;
        verify(script, group, &[two]).await;
        add_members(script, group, &all).await;
    }
}

/// A disabled member stays in its group, since nothing is sent again on reactivation (E-20).
async fn inactive_member(session: &Session, group: &RemoteGroup, all: [&Account; 3]) -> Option<()> {
    let script = Script::new(session, "inactive member");
    let [.., third] = all;
    let mut third = third.clone();
    for on in [false, true] {
        active::set(session, &mut third, on, active::Form::Default).await;
        verify(script, group, &all).await;
    }
    Some(())
}
