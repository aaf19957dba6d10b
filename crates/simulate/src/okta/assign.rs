//! Assigning a person to the application: look up, then create or link.

use serde_json::{Value, json};

use crate::company::Account;
use crate::compare::text;
use crate::okta::wizard;
use crate::people::Person;
use crate::script::Script;
use crate::session::Session;
use crate::wire::{ENTERPRISE, USER};

/// The body of Okta's create request, with the placeholders that a server must tolerate (O-5).
pub(crate) fn create_body(person: &Person) -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "userName": person.user_name,
        "name": {"givenName": person.given, "familyName": person.family},
        "emails": [{"primary": true, "value": person.email, "type": "work"}],
        "title": person.title,
        "displayName": person.display_name(),
        "locale": "en-US",
        "externalId": person.external_id,
        ENTERPRISE: {"department": person.department, "employeeNumber": person.employee_number},
        "groups": [],
        "password": "1mz050nq",
        "active": true
    })
}

/// Looks the person up by userName and creates the account, or links and reactivates the one that is there.
pub(crate) async fn assign(session: &Session, person: &Person) -> Option<Account> {
    let script = Script::new(session, "assign user");
    let lookup = script.find("/Users", "userName", &person.user_name).await;
    let page = lookup.list()?;
    let Some(found) = page.resources.first() else {
        let sent = create_body(person);
        let answer = script.post("/Users", &sent).await;
        let (id, created) = answer.created()?;
        answer.echoes(&sent, &created);
        return Some(Account { id, person: person.clone() });
    };
    // A different userName here would link the wrong person for good (O-9).
    let user_name = text(found, "userName").unwrap_or_default().to_lowercase();
    lookup.require(page.total == 1 && user_name == person.user_name.to_lowercase(), || {
        format!("the lookup of {} found {} users, the first is {user_name}", person.user_name, page.total)
    })?;
    let account = Account { id: text(found, "id")?.to_owned(), person: person.clone() };
    wizard::push_profile(script, &account).await;
    Some(account)
}

/// Okta repeats a create after a time-out: that must be a conflict, and the lookup must then find the user (O-11).
pub(crate) async fn repeated_create(session: &Session, account: &Account) -> Option<()> {
    let script = Script::new(session, "repeated create");
    script.post("/Users", &create_body(&account.person)).await.refused(409, Some("uniqueness"));
    let lookup = script.find("/Users", "userName", &account.person.user_name).await;
    lookup.only(&account.id)?;
    let shouted = account.person.user_name.to_uppercase();
    script.find("/Users", "userName", &shouted).await.only(&account.id)?;
    script.find("/Users", "userName", "nobody.of.this.name@acme.example").await.nobody()
}
