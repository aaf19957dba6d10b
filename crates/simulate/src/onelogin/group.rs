//! Groups: read first ("Refresh Entitlements"), created when they are missing.

use serde_json::{Value, json};

use crate::company::RemoteGroup;
use crate::compare::text;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups;
use crate::shared::pages::pages;
use crate::wire::GROUP;

/// Everything under `/Groups`, before groups can be given to users (L-4).
pub(crate) async fn refresh(session: &Session) -> Option<Vec<Value>> {
    pages(Script::new(session, "refresh entitlements"), "/Groups", 100).await
}

/// The group of that name among those that are known, or a new one without members.
pub(crate) async fn create_or_take_over(
    script: Script<'_>,
    name: &str,
    known: &[Value],
) -> Option<RemoteGroup> {
    let found = known.iter().find(|group| text(group, "displayName") == Some(name));
    match found.and_then(|group| text(group, "id")) {
        Some(id) => groups::take_over(script, id, name).await,
        None => groups::create(script, name, &json!({"schemas": [GROUP], "displayName": name})).await,
    }
}
