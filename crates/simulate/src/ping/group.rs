//! Groups: never filtered, always downloaded (P-3), and changed by PATCH (P-1).

use serde_json::{Value, json};

use crate::company::RemoteGroup;
use crate::compare::text;
use crate::ping::user;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups;
use crate::shared::pages::pages;
use crate::shared::users::{delete, trial_person};
use crate::wire::{GROUP, operation};

/// All groups, page by page, to be searched here.
pub(crate) async fn download(session: &Session) -> Option<Vec<Value>> {
    pages(Script::new(session, "download groups"), "/Groups", 100).await
}

/// The group of that name among those downloaded, or a new one without members.
pub(crate) async fn create_or_take_over(
    script: Script<'_>,
    name: &str,
    known: &[Value],
) -> Option<RemoteGroup> {
    let found = known.iter().find(|group| text(group, "displayName") == Some(name));
    match found.and_then(|group| text(group, "id")) {
        Some(id) => groups::take_over(script, id, name).await,
        None => {
            let body = json!({"schemas": [GROUP], "displayName": name, "members": []});
            groups::create(script, name, &body).await
        }
    }
}

/// A group with two people: members come and go, the name changes, everything is deleted.
pub(crate) async fn trial(session: &Session, choices: &mut Choices) -> Option<()> {
    let mut trial = Vec::new();
    for name in ["one", "two"] {
        trial.push(user::provision(session, &trial_person(name, choices.guid())).await?);
    }
    let [one, two] = trial.as_slice() else { return None };
    let script = Script::new(session, "groups");
    let mut group = create_or_take_over(script, "Ping Trial", &download(session).await?).await?;
    groups::add_members(script, &group, &[one, two]).await;
    groups::verify(script, &group, &[one, two]).await;
    let path = format!("members[value eq \"{}\"]", one.id);
    groups::change(script, &group, vec![json!({"op": "remove", "path": path})]).await;
    groups::verify(script, &group, &[two]).await;
    group.name = "Ping Trial (renamed)".to_owned();
    groups::change(script, &group, vec![operation("replace", "displayName", group.name.as_str())]).await;
    groups::verify(script, &group, &[two]).await;
    // The download must show the change: there is no other look-up.
    let found = download(session).await?.iter().any(|known| text(known, "displayName") == Some(&group.name));
    session.ledger.checked();
    if !found {
        session.ledger.failed("groups", "the renamed group is missing in the download".to_owned(), None);
    }
    groups::delete(script, &group, &[one, two]).await;
    for account in &trial {
        delete(Script::new(session, "delete user"), account).await;
    }
    Some(())
}
