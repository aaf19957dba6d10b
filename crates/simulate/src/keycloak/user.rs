//! Users: each event is one request, without a look-up before it (K-1).

use serde_json::{Value, json};

use crate::answer::{Answer, Page};
use crate::company::Account;
use crate::compare::text;
use crate::people::Person;
use crate::script::Script;
use crate::session::Session;
use crate::shared::users::shows_active;
use crate::wire::{USER, operation, patch};

/// The user as the plug-in maps it: an address without type and primary, roles that are marked for SCIM (K-2).
fn body(person: &Person) -> Value {
    json!({
        "schemas": [USER],
        "externalId": person.external_id,
        "userName": person.user_name,
        "displayName": person.display_name(),
        "name": {"givenName": person.given, "familyName": person.family},
        "emails": [{"value": person.email}],
        "active": person.active,
        "roles": [{"value": "employee"}]
    })
}

/// Creates the account. Somebody who is there already is 409, which the plug-in only writes to its log; the import links
/// the account then.
pub(crate) async fn create(session: &Session, person: &Person) -> Option<Account> {
    let script = Script::new(session, "create user");
    let sent = body(person);
    let answer = script.post("/Users", &sent).await;
    let account = if answer.status() == Some(409) {
        answer.refused(409, Some("uniqueness"))?;
        let page = importable(&script.get("/Users").await)?;
        let found =
            page.resources.iter().find(|user| text(user, "userName") == Some(person.user_name.as_str()))?;
        Account { id: text(found, "id")?.to_owned(), person: person.clone() }
    } else {
        let (id, created) = answer.created()?;
        answer.echoes(&sent, &created);
        return Some(Account { id, person: person.clone() });
    };
    put(script, &account).await?;
    Some(account)
}

/// The import reads a list without paging and calls for these four attributes of everybody in it (K-4).
pub(crate) fn importable(answer: &Answer<'_>) -> Option<Page> {
    let page = answer.list()?;
    for user in &page.resources {
        for name in ["id", "userName", "displayName", "active"] {
            answer.require(user.get(name).is_some(), || format!("the import needs {name} of every user"));
        }
    }
    Some(page)
}

/// The PUT of every change.
pub(crate) async fn put(script: Script<'_>, account: &Account) -> Option<()> {
    let mut sent = body(&account.person);
    sent.as_object_mut()?.insert("id".to_owned(), json!(account.id));
    script.put("/Users", &account.id, &sent).await.changed(&account.id)?;
    let answer = script.read("/Users", &account.id).await;
    answer.echoes(&sent, &answer.read(&account.id)?)
}

/// Enables or disables by PUT, or by PATCH where that option is on: the boolean is a string then (K-3).
async fn set_active(session: &Session, account: &mut Account, active: bool, by_patch: bool) -> Option<()> {
    let script = Script::new(session, "enable and disable");
    account.person.active = active;
    if by_patch {
        let operations = vec![
            operation("replace", "active", active.to_string()),
            operation("replace", "userName", account.person.user_name.as_str()),
            operation("replace", "displayName", account.person.display_name()),
        ];
        script.patch("/Users", &account.id, &patch(operations)).await.changed(&account.id)?;
    } else {
        put(script, account).await?;
    }
    shows_active(script, account).await
}

/// What Keycloak does to single users. The last of four or more is disabled and stays so.
pub(crate) async fn sequences(session: &Session, mut accounts: Vec<&mut Account>) {
    let enough = accounts.len() >= 4;
    if let Some(first) = accounts.first_mut() {
        first.person.email = format!("new.{}", first.person.email);
        put(Script::new(session, "update user"), first).await;
        for by_patch in [false, true] {
            set_active(session, first, false, by_patch).await;
            set_active(session, first, true, by_patch).await;
        }
        let script = Script::new(session, "create again");
        script.post("/Users", &body(&first.person)).await.refused(409, Some("uniqueness"));
    }
    if enough && let Some(last) = accounts.last_mut() {
        set_active(session, last, false, false).await;
    }
}
