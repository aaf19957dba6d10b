//! What every identity provider relies on after it has changed a user.

use serde_json::{Value, json};

use crate::company::Account;
use crate::compare::text;
use crate::people::Person;
use crate::script::Script;
use crate::wire::{ENTERPRISE, USER};

/// The plainest body of a user with an enterprise extension.
pub(crate) fn plain_body(person: &Person) -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "userName": person.user_name,
        "externalId": person.external_id,
        "name": {"givenName": person.given, "familyName": person.family},
        "displayName": person.display_name(),
        "title": person.title,
        "emails": [{"value": person.email, "type": "work", "primary": true}],
        "active": person.active,
        ENTERPRISE: {"department": person.department, "employeeNumber": person.employee_number}
    })
}

/// Looks the person up by userName: the account that is there, if there is one; `None` when the list was no list.
pub(crate) async fn look_up(script: Script<'_>, person: &Person) -> Option<Option<Account>> {
    let page = script.find("/Users", "userName", &person.user_name).await.list()?;
    let id = page.resources.first().and_then(|user| text(user, "id"));
    Some(id.map(|id| Account { id: id.to_owned(), person: person.clone() }))
}

/// The user shows the active flag that was set, as a real boolean, by id and by filter (E-10).
pub(crate) async fn shows_active(script: Script<'_>, account: &Account) -> Option<()> {
    let active = json!(account.person.active);
    let answer = script.read("/Users", &account.id).await;
    let stored = answer.read(&account.id)?;
    answer.holds(&stored, "/active", &active)?;
    let lookup = script.find("/Users", "userName", &account.person.user_name).await;
    let found = lookup.only(&account.id)?;
    lookup.holds(&found, "/active", &active)
}

/// Deletes the user for good; the user is gone for ids and filters, and a second DELETE says so.
pub(crate) async fn delete(script: Script<'_>, account: &Account) -> Option<()> {
    script.delete("/Users", &account.id).await.deleted()?;
    script.read("/Users", &account.id).await.refused(404, None);
    script.find("/Users", "userName", &account.person.user_name).await.nobody();
    script.delete("/Users", &account.id).await.refused(404, None)
}

/// Somebody who is there only for sequences that would leave traces.
pub(crate) fn trial_person(name: &str, external_id: String) -> Person {
    let address = format!("trial.{name}@acme.example");
    Person {
        given: "Trial".to_owned(),
        family: name.to_owned(),
        user_name: address.clone(),
        email: address,
        title: "Trial".to_owned(),
        department: "Trial".to_owned(),
        employee_number: format!("T-{name}"),
        external_id,
        manager: None,
        active: true,
    }
}
