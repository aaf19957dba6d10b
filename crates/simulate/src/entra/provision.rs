//! Bringing a person to the server: look up by a matching attribute, then POST, or PATCH who is found.

use serde_json::{Value, json};

use crate::company::Account;
use crate::compare::text;
use crate::people::Person;
use crate::script::Script;
use crate::session::Session;
use crate::wire::{ENTERPRISE, USER, enterprise, operation, patch};

/// The matching attribute for the work e-mail address (E-11).
pub(crate) const WORK_EMAIL: &str = "emails[type eq \"work\"].value";

/// The body of Entra's create request. Half of the tenants send unmapped attributes as null.
pub(crate) fn create_body(person: &Person, with_nulls: bool) -> Value {
    let name = json!({
        "formatted": person.display_name(), "familyName": person.family, "givenName": person.given
    });
    let mut body = json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": person.external_id,
        "userName": person.user_name,
        "active": true,
        "displayName": person.display_name(),
        "title": person.title,
        "emails": [{"primary": true, "type": "work", "value": person.email}],
        "meta": {"resourceType": "User"},
        "name": name,
        "roles": [],
        ENTERPRISE: {"employeeNumber": person.employee_number, "department": person.department}
    });
    if let Some(attributes) = body.as_object_mut().filter(|_| with_nulls) {
        for name in ["addresses", "phoneNumbers", "manager", "nickName"] {
            attributes.insert(name.to_owned(), Value::Null);
        }
    }
    body
}

/// Looks the person up by userName and creates the account, or takes over and reactivates the one that is there.
pub(crate) async fn provision(session: &Session, person: &Person, with_nulls: bool) -> Option<Account> {
    let script = Script::new(session, "provision user");
    let page = script.find("/Users", "userName", &person.user_name).await.list()?;
    if let Some(id) = page.resources.first().and_then(|user| text(user, "id")) {
        return take_over(script, person, id).await;
    }
    let sent = create_body(person, with_nulls);
    let answer = script.post("/Users", &sent).await;
    let (id, created) = answer.created()?;
    answer.echoes(&sent, &created);
    let answer = script.read("/Users", &id).await;
    let stored = answer.read(&id)?;
    answer.echoes(&sent, &stored);
    Some(Account { id, person: person.clone() })
}

/// The matched user gets every mapped attribute in one PATCH of the default client.
async fn take_over(script: Script<'_>, person: &Person, id: &str) -> Option<Account> {
    let operations = vec![
        operation("Replace", "externalId", person.external_id.as_str()),
        operation("Replace", "active", "True"),
        operation("Replace", "displayName", person.display_name()),
        operation("Replace", "title", person.title.as_str()),
        operation("Replace", WORK_EMAIL, person.email.as_str()),
        operation("Replace", "name.formatted", person.display_name()),
        operation("Replace", "name.givenName", person.given.as_str()),
        operation("Replace", "name.familyName", person.family.as_str()),
        operation("Replace", &enterprise("department"), person.department.as_str()),
        operation("Replace", &enterprise("employeeNumber"), person.employee_number.as_str()),
    ];
    script.patch("/Users", id, &patch(operations)).await.changed(id)?;
    let answer = script.read("/Users", id).await;
    let stored = answer.read(id)?;
    answer.echoes(&create_body(person, false), &stored);
    Some(Account { id: id.to_owned(), person: person.clone() })
}

/// Finds the user by each matching attribute, in any case where the attribute allows it, and creates it again.
pub(crate) async fn matching(session: &Session, account: &Account) -> Option<()> {
    let script = Script::new(session, "matching attributes");
    let person = &account.person;
    script.find("/Users", "userName", &person.user_name).await.only(&account.id);
    script.find("/Users", "userName", &person.user_name.to_uppercase()).await.only(&account.id);
    script.find("/Users", "externalId", &person.external_id).await.only(&account.id);
    script.find("/Users", WORK_EMAIL, &person.email).await.only(&account.id);
    script.find("/Users", WORK_EMAIL, "nobody@acme.example").await.nobody();
    script.post("/Users", &create_body(person, false)).await.refused(409, Some("uniqueness"))
}
