//! Updates with the flag `aadOptscim062020`: lower-case operations, one value without a path whose keys are
//! dotted names and URNs, and the flag as a stray parameter on the URL (E-4, E-21).

use serde_json::json;

use crate::company::Account;
use crate::entra::patch_default::send;
use crate::entra::provision::{WORK_EMAIL, create_body};
use crate::script::Script;
use crate::session::Session;
use crate::wire::{enterprise, operation, patch};

/// Changes attributes by dotted and URN keys; nothing may be stored under the literal key.
pub(crate) async fn update(session: &Session, account: &mut Account) -> Option<()> {
    let script = Script::new(session, "PATCH, aadOptscim062020").flagged();
    let person = &mut account.person;
    person.family = "Unua-Kkom".to_owned();
    person.employee_number = format!("{}-B", person.employee_number);
    person.department = "Platform".to_owned();
    let value = json!({
        "displayName": person.display_name(),
        "name.familyName": person.family,
        "name.formatted": person.display_name(),
        enterprise("employeeNumber"): person.employee_number,
        enterprise("department"): person.department
    });
    let operations = vec![
        operation("replace", WORK_EMAIL, person.email.as_str()),
        json!({"op": "replace", "value": value}),
        operation("add", "userType", "Employee"),
    ];
    send(script, account, &patch(operations)).await?;
    let answer = script.read("/Users", &account.id).await;
    let stored = answer.read(&account.id)?;
    let literal = stored.as_object().is_some_and(|attributes| {
        attributes.contains_key("name.familyName") || attributes.contains_key(&enterprise("department"))
    });
    answer.require(!literal, || "a dotted key was stored as an attribute of that name".to_owned());
    answer.holds(&stored, "/userType", &json!("Employee"));
    answer.echoes(&create_body(&account.person, false), &stored)
}
