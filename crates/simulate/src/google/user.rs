//! Users: created, updated, suspended when they leave the scope, and deleted after a delay.

use crate::company::Account;
use crate::people::Person;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::users::{delete, look_up, plain_body, shows_active, trial_person};
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
    Some(Account { id, person: person.clone() })
}

async fn put(script: Script<'_>, account: &Account) -> Option<()> {
    let sent = plain_body(&account.person);
    script.put("/Users", &account.id, &sent).await.changed(&account.id)?;
    let answer = script.read("/Users", &account.id).await;
    answer.echoes(&sent, &answer.read(&account.id)?)
}

/// Suspends or restores, by PATCH or by PUT.
async fn set_active(session: &Session, account: &mut Account, active: bool, by_patch: bool) -> Option<()> {
    let script = Script::new(session, "suspend");
    account.person.active = active;
    if by_patch {
        let body = patch(vec![operation("replace", "active", active)]);
        script.patch("/Users", &account.id, &body).await.changed(&account.id)?;
    } else {
        put(script, account).await?;
    }
    shows_active(script, account).await
}

/// What happens to single users. The last of four or more leaves the scope and stays suspended.
pub(crate) async fn sequences(session: &Session, mut accounts: Vec<&mut Account>) {
    let enough = accounts.len() >= 4;
    if let Some(first) = accounts.first_mut() {
        first.person.title = "Principal Engineer".to_owned();
        put(Script::new(session, "update user"), first).await;
        for by_patch in [true, false] {
            set_active(session, first, false, by_patch).await;
            set_active(session, first, true, by_patch).await;
        }
    }
    if enough && let Some(last) = accounts.last_mut() {
        set_active(session, last, false, true).await;
    }
}

/// Somebody leaves the scope: suspended at once, deleted when the delay of the administrator has passed.
pub(crate) async fn leave(session: &Session, choices: &mut Choices) -> Option<()> {
    let person = trial_person("google", choices.guid());
    let mut account = provision(session, &person).await?;
    set_active(session, &mut account, false, true).await;
    delete(Script::new(session, "delete user"), &account).await
}
