//! Replace on `emails[type eq "work"].value` of a user without such an element must create it (E-3).

use serde_json::{Value, json};

use crate::company::Account;
use crate::entra::patch_default::send;
use crate::entra::provision::WORK_EMAIL;
use crate::script::Script;
use crate::session::Session;
use crate::wire::{operation, patch};

/// Takes all addresses away and lets the default client put elements back by filter.
pub(crate) async fn create_on_filter(session: &Session, account: &Account) -> Option<()> {
    let script = Script::new(session, "create by filter");
    let email = account.person.email.as_str();
    send(script, account, &patch(vec![json!({"op": "Remove", "path": "emails"})])).await?;
    let answer = script.read("/Users", &account.id).await;
    let bare = answer.read(&account.id)?;
    let none = bare.get("emails").and_then(Value::as_array).is_none_or(Vec::is_empty);
    answer.require(none, || "Remove of emails left addresses behind".to_owned())?;

    let operations = vec![
        operation("Replace", WORK_EMAIL, email),
        operation("Add", "phoneNumbers[type eq \"mobile\"].value", "+49 (170) 123 45-67"),
        operation("Replace", "addresses[type eq \"work\"].country", "DE"),
    ];
    send(script, account, &patch(operations)).await?;
    let answer = script.read("/Users", &account.id).await;
    let stored = answer.read(&account.id)?;
    let expected = json!({
        "emails": [{"type": "work", "value": email}],
        "phoneNumbers": [{"type": "mobile", "value": "+49 (170) 123 45-67"}],
        "addresses": [{"type": "work", "country": "DE"}]
    });
    answer.echoes(&expected, &stored)?;
    script.find("/Users", WORK_EMAIL, email).await.only(&account.id).map(|_| ())
}
