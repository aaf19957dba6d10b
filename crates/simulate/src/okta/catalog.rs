//! Catalog (OIN) applications: PATCH without a path for activation, PUT for the rest.

use serde_json::{Value, json};

use crate::company::Account;
use crate::script::Script;
use crate::session::Session;
use crate::shared::users::shows_active;
use crate::wire::patch;

/// `{"op":"replace","value":{"active":...}}`
pub(crate) fn activation(active: bool) -> Value {
    patch(vec![json!({"op": "replace", "value": {"active": active}})])
}

/// Sets the active flag; whatever the answer, a GET must show it and the user must still be found.
pub(crate) async fn set_active(session: &Session, account: &mut Account, active: bool) -> Option<()> {
    let script = Script::new(session, "catalog activation");
    account.person.active = active;
    script.patch("/Users", &account.id, &activation(active)).await.changed(&account.id)?;
    shows_active(script, account).await
}

/// Deactivates and reactivates, and sets the password as catalog applications do.
pub(crate) async fn deactivate_and_back(session: &Session, account: &mut Account) -> Option<()> {
    set_active(session, account, false).await?;
    set_active(session, account, true).await?;
    let script = Script::new(session, "catalog password");
    let password = patch(vec![json!({"op": "replace", "value": {"password": "1mz050nq"}})]);
    script.patch("/Users", &account.id, &password).await.changed(&account.id).map(|_| ())
}
