//! Users: POST, then always PUT, never PATCH.

use serde_json::{Value, json};

use crate::company::Account;
use crate::compare::text;
use crate::people::Person;
use crate::script::Script;
use crate::session::Session;
use crate::shared::users::{delete, shows_active};
use crate::wire::USER;

fn body(person: &Person) -> Value {
    json!({
        "schemas": [USER],
        "externalId": person.external_id,
        "userName": person.user_name,
        "name": {"formatted": person.display_name(), "givenName": person.given, "familyName": person.family},
        "displayName": person.display_name(),
        "title": person.title,
        "photos": [],
        "active": person.active,
        "locale": "en-US",
        "emails": [{"value": person.email, "type": "other", "primary": true}]
    })
}

/// Creates the account; 409 makes authentik look the user up and put it.
pub(crate) async fn create(session: &Session, person: &Person) -> Option<Account> {
    let script = Script::new(session, "create user");
    let sent = body(person);
    let answer = script.post("/Users", &sent).await;
    if answer.status() == Some(409) {
        answer.refused(409, Some("uniqueness"))?;
        let lookup = script.find("/Users", "userName", &person.user_name).await;
        let page = lookup.list()?;
        lookup.require(!page.resources.is_empty(), || {
            format!("{} is a conflict, but the filter finds nobody", person.user_name)
        })?;
        let id = text(page.resources.first()?, "id")?.to_owned();
        let account = Account { id, person: person.clone() };
        put(script, &account).await?;
        return Some(account);
    }
    let (id, created) = answer.created()?;
    answer.echoes(&sent, &created);
    Some(Account { id, person: person.clone() })
}

/// The PUT of every change and of every full synchronisation.
pub(crate) async fn put(script: Script<'_>, account: &Account) -> Option<()> {
    let mut sent = body(&account.person);
    sent.as_object_mut()?.insert("id".to_owned(), json!(account.id));
    script.put("/Users", &account.id, &sent).await.changed(&account.id)?;
    let answer = script.read("/Users", &account.id).await;
    answer.echoes(&sent, &answer.read(&account.id)?)
}

async fn set_active(session: &Session, account: &mut Account, active: bool) -> Option<()> {
    let script = Script::new(session, "deactivate user");
    account.person.active = active;
    put(script, account).await?;
    shows_active(script, account).await
}

/// What authentik does to single users. The last of four or more is deactivated and stays so.
pub(crate) async fn sequences(session: &Session, mut accounts: Vec<&mut Account>) {
    let enough = accounts.len() >= 4;
    if let Some(first) = accounts.first_mut() {
        first.person.title = "Principal Engineer".to_owned();
        let script = Script::new(session, "update user");
        put(script, first).await;
        // The hourly synchronisation sends the same again.
        put(script, first).await;
        set_active(session, first, false).await;
        set_active(session, first, true).await;
    }
    if enough && let Some(last) = accounts.last_mut() {
        set_active(session, last, false).await;
    }
}

/// 404 on a PUT makes authentik forget the id and create the user again.
pub(crate) async fn recreate(session: &Session, account: &Account) -> Option<()> {
    let script = Script::new(session, "recreate user");
    delete(script, account).await?;
    script.put("/Users", &account.id, &body(&account.person)).await.refused(404, None)?;
    let again = create(session, &account.person).await?;
    session.ledger.checked();
    if again.id == account.id {
        let sentence = format!("the id {} was given again after a deletion", account.id);
        session.ledger.failed("recreate user", sentence, None);
    }
    delete(script, &again).await
}
