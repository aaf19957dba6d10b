//! Hard deletion: gone for filters and ids, and a second DELETE says so.

use serde_json::json;

use crate::company::Account;
use crate::script::Script;
use crate::session::Session;
use crate::wire::{operation, patch};

/// Deletes the user for good.
pub(crate) async fn hard_delete(session: &Session, account: &Account) -> Option<()> {
    let script = Script::new(session, "hard delete");
    script.delete("/Users", &account.id).await.deleted()?;
    script.read("/Users", &account.id).await.refused(404, None);
    script.find("/Users", "userName", &account.person.user_name).await.nobody();
    script.find("/Users", "externalId", &account.person.external_id).await.nobody();
    let body = patch(vec![operation("Replace", "active", json!("False"))]);
    script.patch("/Users", &account.id, &body).await.refused(404, None);
    script.delete("/Users", &account.id).await.refused(404, None)
}
