//! Users: the template of the administrator, sent by POST and PUT.

use serde_json::{Value, json};

use crate::company::Account;
use crate::people::Person;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups;
use crate::shared::users::{delete, look_up, shows_active, trial_person};
use crate::wire::{ENTERPRISE, operation};

/// The schema that old templates still name (L-1).
const SCIM_1_1: &str = "urn:scim:schemas:core:1.0";

/// The template filled in: its macros give strings, also for booleans, and the manager is named as in SCIM 1.1 (L-1, L-5).
fn template(person: &Person, manager: Option<&str>) -> Value {
    json!({
        "schemas": [SCIM_1_1],
        "id": null,
        "userName": person.user_name,
        "externalId": person.external_id,
        "name": {"givenName": person.given, "familyName": person.family},
        "displayName": person.display_name(),
        "title": person.title,
        "emails": [{"value": person.email, "type": "work", "primary": "true"}],
        "active": person.active.to_string(),
        ENTERPRISE: {
            "department": person.department,
            "employeeNumber": person.employee_number,
            "manager": {"managerId": manager}
        }
    })
}

/// Looks the person up by userName and creates the account, or takes over the one that is there.
pub(crate) async fn provision(session: &Session, person: &Person) -> Option<Account> {
    let script = Script::new(session, "provision user");
    if let Some(account) = look_up(script, person).await? {
        update(script, &account, None).await?;
        return Some(account);
    }
    let sent = template(person, None);
    let answer = script.post("/Users", &sent).await;
    let (id, created) = answer.created()?;
    answer.echoes(&sent, &created);
    Some(Account { id, person: person.clone() })
}

/// "Update User": reads the user, then puts the template.
async fn update(script: Script<'_>, account: &Account, manager: Option<&str>) -> Option<()> {
    script.read("/Users", &account.id).await.read(&account.id)?;
    let answer = script.put("/Users", &account.id, &template(&account.person, manager)).await;
    answer.changed(&account.id)?;
    let answer = script.read("/Users", &account.id).await;
    let stored = answer.read(&account.id)?;
    answer.echoes(&template(&account.person, None), &stored)
}

/// The user gets a manager by the id that the server gave.
pub(crate) async fn set_manager(session: &Session, account: &Account, manager: &Account) -> Option<()> {
    update(Script::new(session, "manager"), account, Some(&manager.id)).await
}

async fn set_active(session: &Session, account: &mut Account, active: bool) -> Option<()> {
    let script = Script::new(session, "suspend");
    account.person.active = active;
    update(script, account, None).await?;
    shows_active(script, account).await
}

/// What OneLogin does to single users. The last of four or more is suspended and stays so.
pub(crate) async fn sequences(session: &Session, mut accounts: Vec<&mut Account>) {
    let enough = accounts.len() >= 4;
    if let Some(first) = accounts.first_mut() {
        first.person.title = "Principal Engineer".to_owned();
        update(Script::new(session, "update user"), first, None).await;
        set_active(session, first, false).await;
        set_active(session, first, true).await;
    }
    if enough && let Some(last) = accounts.last_mut() {
        set_active(session, last, false).await;
    }
}

/// Members come and go by PATCH, and a deletion is sent as one, as the administrator may choose (L-3, L-4).
pub(crate) async fn trial(session: &Session, choices: &mut Choices) -> Option<()> {
    let mut trial = Vec::new();
    for name in ["one", "two"] {
        trial.push(provision(session, &trial_person(name, choices.below(100_000).to_string())).await?);
    }
    let [one, two] = trial.as_slice() else { return None };
    let script = Script::new(session, "groups");
    let known = super::group::refresh(session).await?;
    let group = super::group::create_or_take_over(script, "OneLogin Trial", &known).await?;
    groups::add_members(script, &group, &[one, two]).await;
    groups::verify(script, &group, &[one, two]).await;
    let path = format!("members[value eq \"{}\"]", one.id);
    groups::change(script, &group, vec![json!({"op": "remove", "path": path})]).await;
    groups::verify(script, &group, &[two]).await;
    let all = operation("replace", "members", groups::members(&[one]));
    groups::change(script, &group, vec![all]).await;
    groups::verify(script, &group, &[one]).await;
    groups::delete(script, &group, &[one, two]).await;
    for account in &trial {
        delete(Script::new(session, "delete user"), account).await;
    }
    Some(())
}
