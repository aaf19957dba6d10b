//! Disabling and enabling. The default client sends the words "False" and "True" (E-2).

use serde_json::{Value, json};

use crate::company::Account;
use crate::entra::patch_default::send;
use crate::script::Script;
use crate::session::Session;
use crate::shared::users::shows_active;
use crate::wire::{operation, patch};

/// How a tenant writes the active flag.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// `{"op":"Replace","path":"active","value":"False"}`
    Default,
    /// `{"op":"replace","path":"active","value":false}`
    Flag,
    /// `{"op":"Replace","value":{"active":"False"}}`
    WithoutPath,
}

/// Sets the active flag; the user must show it as a real boolean, by id and by filter (E-10).
pub(crate) async fn set(session: &Session, account: &mut Account, active: bool, form: Form) -> Option<()> {
    let script = Script::new(session, "disable and enable");
    account.person.active = active;
    let word = Value::from(if active { "True" } else { "False" });
    let (script, operation) = match form {
        Form::Default => (script, operation("Replace", "active", word)),
        Form::Flag => (script.flagged(), operation("replace", "active", active)),
        Form::WithoutPath => (script, json!({"op": "Replace", "value": {"active": word}})),
    };
    send(script, account, &patch(vec![operation])).await?;
    shows_active(script, account).await
}

/// Off and on again in every form.
pub(crate) async fn every_form(session: &Session, account: &mut Account) {
    for form in [Form::Default, Form::Flag, Form::WithoutPath] {
        set(session, account, false, form).await;
        set(session, account, true, form).await;
    }
}
