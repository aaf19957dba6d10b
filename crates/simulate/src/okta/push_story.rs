//! Every form of group push, played on a group that is deleted at the end.

use serde_json::json;

use crate::company::Account;
use crate::okta::push::{change, create_or_link, delete, members, push_now, send_name, update_members};
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups::verify;
use crate::wire::{GROUP, patch};

const NAME: &str = "Okta Push Trial";
const NEW_NAME: &str = "Okta Push Trial (renamed)";

/// Group push with three members: create, add, rename, remove, replace, empty, PUT, unlink and delete.
pub(crate) async fn group_push(session: &Session, three: &[&Account]) -> Option<()> {
    let script = Script::new(session, "group push");
    let mut group = create_or_link(script, NAME).await?;
    push_now(script, &group, &[]).await?;
    verify(script, &group, &[]).await?;

    update_members(script, &group, &[], three).await;
    verify(script, &group, three).await;
    // Adding who is there already must change nothing.
    update_members(script, &group, &[], three).await;
    verify(script, &group, three).await;

    group.name = NEW_NAME.to_owned();
    send_name(script, &group).await;
    verify(script, &group, three).await;

    if let [first, rest @ ..] = three {
        update_members(script, &group, &[first], &[]).await;
        verify(script, &group, rest).await;
        update_members(script, &group, rest, &[first]).await;
        verify(script, &group, &[first]).await;
        push_now(script, &group, rest).await;
        verify(script, &group, rest).await;
        let without_path = patch(vec![json!({"op": "replace", "value": {"members": members(&[first])}})]);
        change(script, &group, &without_path).await;
        verify(script, &group, &[first]).await;
    }
    push_now(script, &group, &[]).await;
    verify(script, &group, &[]).await;

    let script = Script::new(session, "group PUT");
    for present in [three, &[]] {
        let whole = json!({
            "schemas": [GROUP], "id": group.id, "displayName": group.name, "members": members(present)
        });
        script.put("/Groups", &group.id, &whole).await.changed(&group.id);
        verify(script, &group, present).await;
    }
    delete(Script::new(session, "unlink and delete group"), &group, three).await
}
