//! Groups: PUT or PATCH of the whole membership, with relative references (K-1, K-3, K-4).

use serde_json::{Value, json};

use crate::company::{Account, RemoteGroup};
use crate::compare::text;
use crate::keycloak::user;
use crate::people::Team;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups;
use crate::shared::users::{delete, trial_person};
use crate::wire::{GROUP, operation, patch};

fn members(accounts: &[&Account]) -> Value {
    let member = |account: &&Account| json!({"value": account.id, "$ref": format!("Users/{}", account.id)});
    accounts.iter().map(member).collect()
}

fn body(name: &str, external_id: &str, accounts: &[&Account]) -> Value {
    json!({
        "schemas": [GROUP], "externalId": external_id, "displayName": name, "members": members(accounts)
    })
}

/// Creates the group without members. One that is there already is 409, and the import links it then.
pub(crate) async fn create(script: Script<'_>, team: &Team) -> Option<RemoteGroup> {
    let sent = body(&team.name, &team.external_id, &[]);
    let answer = script.post("/Groups", &sent).await;
    let (id, name) = if answer.status() == Some(409) {
        answer.refused(409, Some("uniqueness"))?;
        let page = script.get("/Groups").await.list()?;
        let found =
            page.resources.iter().find(|group| text(group, "displayName") == Some(team.name.as_str()))?;
        (text(found, "id")?.to_owned(), team.name.clone())
    } else {
        let (id, created) = answer.created()?;
        answer.echoes(&sent, &created);
        (id, team.name.clone())
    };
    Some(RemoteGroup { id, name, others: Vec::new() })
}

/// The PUT of every change, with all members.
pub(crate) async fn put(
    script: Script<'_>,
    group: &RemoteGroup,
    external_id: &str,
    accounts: &[&Account],
) -> Option<()> {
    let mut sent = body(&group.name, external_id, accounts);
    sent.as_object_mut()?.insert("id".to_owned(), json!(group.id));
    script.put("/Groups", &group.id, &sent).await.changed(&group.id).map(|_| ())
}

/// A group with two people, in every form; all of it is deleted at the end.
pub(crate) async fn trial(session: &Session, choices: &mut Choices) -> Option<()> {
    let mut trial = Vec::new();
    for name in ["one", "two"] {
        trial.push(user::create(session, &trial_person(name, choices.guid())).await?);
    }
    let [one, two] = trial.as_slice() else { return None };
    let script = Script::new(session, "groups");
    let external_id = choices.guid();
    let sent = body("Keycloak Trial", &external_id, &[one]);
    let mut group = groups::create(script, "Keycloak Trial", &sent).await?;
    groups::verify(script, &group, &[one]).await;
    // A change of membership is the PUT of the group, then that of the user.
    put(script, &group, &external_id, &[one, two]).await;
    user::put(script, two).await;
    groups::verify(script, &group, &[one, two]).await;
    with_patch(session, &mut group, &external_id, [one, two]).await;
    groups::delete(script, &group, &[one, two]).await;
    for account in &trial {
        delete(Script::new(session, "delete user"), account).await;
    }
    Some(())
}

/// The same with the PATCH option on, and what scim-for-keycloak sends when it reconciles.
async fn with_patch(
    session: &Session,
    group: &mut RemoteGroup,
    external_id: &str,
    [one, two]: [&Account; 2],
) -> Option<()> {
    let script = Script::new(session, "groups by PATCH");
    let whole = |name: &str, accounts: &[&Account]| {
        vec![
            operation("replace", "members", members(accounts)),
            operation("replace", "displayName", name),
            operation("replace", "externalId", external_id),
        ]
    };
    group.name = "Keycloak Trial (renamed)".to_owned();
    groups::change(script, group, whole(&group.name, &[two])).await;
    groups::verify(script, group, &[two]).await;
    // An empty group is a remove with a null value (K-3).
    groups::change(script, group, vec![operation("remove", "members", Value::Null)]).await;
    groups::verify(script, group, &[]).await;

    let script = Script::new(session, "reconcile");
    group.name = "Keycloak Trial (reconciled)".to_owned();
    let text = json!({"displayName": group.name, "externalId": external_id}).to_string();
    let added = operation("add", "members", groups::members(&[one, two]));
    // The value is JSON inside a string; servers that refuse it lose the members of the same request (K-5).
    let body = patch(vec![json!({"op": "replace", "value": text}), added]);
    script.patch("/Groups", &group.id, &body).await.changed(&group.id);
    groups::verify(script, group, &[one, two]).await
}
