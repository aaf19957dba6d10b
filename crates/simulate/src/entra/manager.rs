//! The manager: as a string, as an array of objects, and cleared with "" (E-6).

use serde_json::{Value, json};

use crate::company::Account;
use crate::entra::patch_default::send;
use crate::script::Script;
use crate::session::Session;
use crate::wire::{ENTERPRISE, enterprise, operation, patch};

/// Sets the manager as the default client does: the id as a plain string.
pub(crate) async fn set(session: &Session, account: &Account, manager: &Account) -> Option<()> {
    let script = Script::new(session, "managers");
    let body = patch(vec![operation("Add", &enterprise("manager"), manager.id.as_str())]);
    send(script, account, &body).await
}

/// Every form in turn, each read back.
pub(crate) async fn every_form(session: &Session, account: &Account, manager: &Account) -> Option<()> {
    let script = Script::new(session, "manager forms");
    let reference = format!("{}/Users/{}", session.base_url(), manager.id);
    let array = json!([{"$ref": reference, "value": manager.id}]);
    let qualified = enterprise("manager");
    let forms = [
        (operation("Add", &qualified, manager.id.as_str()), Some(manager)),
        (operation("Replace", &qualified, ""), None),
        (operation("Replace", &qualified, manager.id.as_str()), Some(manager)),
        (operation("Remove", &qualified, ""), None),
        (operation("Add", "manager", array), Some(manager)),
        (json!({"op": "Remove", "path": qualified}), None),
    ];
    for (operation, expected) in forms {
        if send(script, account, &patch(vec![operation])).await.is_some() {
            verify(script, account, expected).await;
        }
    }
    Some(())
}

async fn verify(script: Script<'_>, account: &Account, manager: Option<&Account>) -> Option<()> {
    let answer = script.read("/Users", &account.id).await;
    let stored = answer.read(&account.id)?;
    let got = stored.get(ENTERPRISE).and_then(|attributes| attributes.get("manager"));
    let id = got.and_then(|manager| manager.get("value")).and_then(Value::as_str).unwrap_or_default();
    let expected = manager.map(|manager| manager.id.as_str()).unwrap_or_default();
    answer.require(id == expected, || format!("expected the manager {expected:?}, got {id:?}"))
}
