//! Users. Which verb an update uses is not documented, so both are played (J-3).

use serde_json::json;

use crate::company::Account;
use crate::people::Person;
use crate::script::Script;
use crate::session::Session;
use crate::shared::users::{look_up, plain_body, shows_active};
use crate::wire::{operation, patch};

/// Looks the person up by userName and creates the account, or takes over the one that is there.
pub(crate) async fn provision(session: &Session, person: &Person) -> Option<Account> {
    let script = Script::new(session, "provision user");
    if let Some(account) = look_up(script, person).await? {
        put(script, &account).await?;
        return Some(account);
    }
    let sent = plain_body(person);
    let answer = script.post("/Users", &sent).await;
    let (id, created) = answer.created()?;
    answer.echoes(&sent, &created);
    let answer = script.read("/Users", &id).await;
    answer.echoes(&sent, &answer.read(&id)?);
    Some(Account { id, person: person.clone() })
}

/// Puts the whole user.
pub(crate) async fn put(script: Script<'_>, account: &Account) -> Option<()> {
    let mut sent = plain_body(&account.person);
    sent.as_object_mut()?.insert("id".to_owned(), json!(account.id));
    script.put("/Users", &account.id, &sent).await.changed(&account.id)?;
    let answer = script.read("/Users", &account.id).await;
    answer.echoes(&sent, &answer.read(&account.id)?)
}

/// Changes one attribute by PATCH.
pub(crate) async fn patch_title(script: Script<'_>, account: &mut Account, title: &str) -> Option<()> {
    account.person.title = title.to_owned();
    let body = patch(vec![operation("replace", "title", title)]);
    script.patch("/Users", &account.id, &body).await.changed(&account.id)?;
    let answer = script.read("/Users", &account.id).await;
    answer.holds(&answer.read(&account.id)?, "/title", &json!(title))
}

/// Suspends or restores by PATCH.
pub(crate) async fn set_active(script: Script<'_>, account: &mut Account, active: bool) -> Option<()> {
    account.person.active = active;
    let body = patch(vec![operation("replace", "active", active)]);
    script.patch("/Users", &account.id, &body).await.changed(&account.id)?;
    shows_active(script, account).await
}

/// What JumpCloud does to single users. The last of four or more is suspended and stays so.
pub(crate) async fn sequences(session: &Session, mut accounts: Vec<&mut Account>) {
    let enough = accounts.len() >= 4;
    let script = Script::new(session, "update user");
    if let Some(first) = accounts.first_mut() {
        first.person.department = "Platform".to_owned();
        put(script, first).await;
        patch_title(script, first, "Principal Engineer").await;
        set_active(script, first, false).await;
        set_active(script, first, true).await;
    }
    if enough && let Some(last) = accounts.last_mut() {
        set_active(Script::new(session, "suspend"), last, false).await;
    }
}
