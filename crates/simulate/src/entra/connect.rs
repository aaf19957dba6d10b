//! "Test connection" in the provisioning settings.

use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::connect::reachable;

/// Asks for a user and a group that cannot exist; 200 with an empty list is the only good answer (E-10).
///
/// # Errors
/// A sentence why nothing else can be played: no answer, or the token was refused.
pub(crate) async fn test_connection(session: &Session, choices: &mut Choices) -> Result<(), String> {
    let script = Script::new(session, "test connection");
    let first = script.find("/Users", "userName", &choices.guid()).await;
    reachable(&first)?;
    first.nobody();
    script.find("/Groups", "displayName", &choices.guid()).await.nobody();
    script.flagged().find("/Users", "userName", &choices.guid()).await.nobody();
    script.read("/Users", &choices.guid()).await.refused(404, None);
    script.read("/Groups", &choices.guid()).await.refused(404, None);
    script.get("/Schemas").await.list();
    script.get_as("/Users", "Bearer expired-token").await.refused(401, None);
    Ok(())
}
