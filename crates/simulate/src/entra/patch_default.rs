//! Updates of the default client: capitalised operations, one path each.

use serde_json::{Value, json};

use crate::company::Account;
use crate::entra::provision::{WORK_EMAIL, create_body};
use crate::script::Script;
use crate::session::Session;
use crate::wire::{enterprise, operation, patch};

/// Changes a few attributes one operation each (E-1, E-5), then adds one.
pub(crate) async fn update(session: &Session, account: &mut Account) -> Option<()> {
    let script = Script::new(session, "PATCH, default client");
    let person = &mut account.person;
    person.given = "Renée".to_owned();
    person.title = "Team Lead".to_owned();
    person.department = "Data".to_owned();
    person.email = format!("renamed+{}", person.email);
    let operations = vec![
        operation("Replace", "displayName", person.display_name()),
        operation("Replace", "name.formatted", person.display_name()),
        operation("Replace", "name.givenName", person.given.as_str()),
        operation("Replace", "title", person.title.as_str()),
        operation("Replace", WORK_EMAIL, person.email.as_str()),
        operation("Replace", "externalId", person.external_id.as_str()),
        operation("Replace", &enterprise("department"), person.department.as_str()),
        operation("Add", "nickName", "Babs"),
    ];
    send(script, account, &patch(operations)).await?;
    let answer = script.read("/Users", &account.id).await;
    let stored = answer.read(&account.id)?;
    answer.holds(&stored, "/nickName", &json!("Babs"));
    answer.echoes(&create_body(&account.person, false), &stored)
}

/// Sends a PATCH of the user and checks the form of the answer.
pub(crate) async fn send(script: Script<'_>, account: &Account, body: &Value) -> Option<()> {
    script.patch("/Users", &account.id, body).await.changed(&account.id).map(|_| ())
}
