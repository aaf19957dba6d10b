//! Users: looked up by a filter, updated by PUT and never by PATCH (P-1, P-2).

use serde_json::{Value, json};

use crate::company::Account;
use crate::people::Person;
use crate::script::Script;
use crate::session::Session;
use crate::shared::users::{look_up, plain_body, shows_active};

fn body(person: &Person) -> Value {
    let mut body = plain_body(person);
    body["name"]["formatted"] = json!(person.display_name());
    body
}

/// Looks the person up and creates the account, active or not, or takes over the one that is there.
pub(crate) async fn provision(session: &Session, person: &Person) -> Option<Account> {
    let script = Script::new(session, "provision user");
    if let Some(account) = look_up(script, person).await? {
        put(script, &account).await?;
        return Some(account);
    }
    let sent = body(person);
    let answer = script.post("/Users", &sent).await;
    let (id, created) = answer.created()?;
    answer.echoes(&sent, &created);
    let account = Account { id, person: person.clone() };
    shows_active(script, &account).await?;
    Some(account)
}

/// Puts the whole user.
pub(crate) async fn put(script: Script<'_>, account: &Account) -> Option<()> {
    let sent = body(&account.person);
    script.put("/Users", &account.id, &sent).await.changed(&account.id)?;
    let answer = script.read("/Users", &account.id).await;
    answer.echoes(&sent, &answer.read(&account.id)?)
}

/// Disables or enables by the same PUT.
pub(crate) async fn set_active(session: &Session, account: &mut Account, active: bool) -> Option<()> {
    let script = Script::new(session, "disable user");
    account.person.active = active;
    put(script, account).await?;
    shows_active(script, account).await
}

/// What Ping does to single users.
pub(crate) async fn sequences(session: &Session, mut accounts: Vec<&mut Account>) {
    if let Some(first) = accounts.first_mut() {
        first.person.title = "Principal Engineer".to_owned();
        put(Script::new(session, "update user"), first).await;
        set_active(session, first, false).await;
        set_active(session, first, true).await;
    }
}
