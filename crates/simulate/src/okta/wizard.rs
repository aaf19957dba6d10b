//! Updates of applications made with the App Integration Wizard: GET, change, PUT the whole object back.

use serde_json::{Value, json};

use crate::company::Account;
use crate::script::Script;
use crate::session::Session;
use crate::wire::ENTERPRISE;

/// Reads the user, lets `change` edit what came back, and puts all of it, read-only attributes included (O-5).
async fn put_back(script: Script<'_>, id: &str, change: impl FnOnce(&mut Value)) -> Option<Value> {
    let mut whole = script.read("/Users", id).await.read(id)?;
    change(&mut whole);
    let answer = script.put("/Users", id, &whole).await;
    let answered = answer.changed(id)?;
    let stored = match answered {
        Some(stored) => stored,
        None => script.read("/Users", id).await.read(id)?,
    };
    answer.echoes(&whole, &stored)?;
    Some(stored)
}

/// Pushes the profile as the identity provider knows it, and its active flag.
pub(crate) async fn push_profile(script: Script<'_>, account: &Account) -> Option<Value> {
    let person = &account.person;
    put_back(script, &account.id, |whole| {
        set(whole, "userName", json!(person.user_name));
        set(whole, "externalId", json!(person.external_id));
        set(whole, "name", json!({"givenName": person.given, "familyName": person.family}));
        set(whole, "displayName", json!(person.display_name()));
        set(whole, "title", json!(person.title));
        set(whole, "emails", json!([{"primary": true, "value": person.email, "type": "work"}]));
        let enterprise = json!({"department": person.department, "employeeNumber": person.employee_number});
        set(whole, ENTERPRISE, enterprise);
        set(whole, "active", json!(person.active));
    })
    .await
}

/// Deactivates or reactivates by the same PUT (O-7); the id stays.
pub(crate) async fn set_active(session: &Session, account: &mut Account, active: bool) -> Option<()> {
    let script = Script::new(session, "wizard activation");
    account.person.active = active;
    put_back(script, &account.id, |whole| set(whole, "active", json!(active))).await?;
    let answer = script.read("/Users", &account.id).await;
    let stored = answer.read(&account.id)?;
    answer.holds(&stored, "/active", &json!(active))
}

/// Changes a profile, pushes empty values (test C9337), deactivates and reactivates.
pub(crate) async fn update(session: &Session, account: &mut Account) -> Option<()> {
    let script = Script::new(session, "wizard update");
    account.person.title = "Principal Engineer".to_owned();
    account.person.department = "Platform".to_owned();
    push_profile(script, account).await?;
    put_back(script, &account.id, |whole| {
        set(whole, "nickName", json!(""));
        set(whole, "phoneNumbers", json!([]));
    })
    .await?;
    set_active(session, account, false).await?;
    set_active(session, account, true).await
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(attributes) = object.as_object_mut() {
        attributes.insert(name.to_owned(), value);
    }
}
