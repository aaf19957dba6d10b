//! The connection test that runs when an administrator saves the provisioning settings.

use crate::script::Script;
use crate::session::Session;
use crate::shared::connect::reachable;

/// Lists users and groups in several page sizes and makes sure that a wrong token is refused (test C9340).
///
/// # Errors
/// A sentence why nothing else can be played: no answer, or the token was refused.
pub(crate) async fn test_connector(session: &Session) -> Result<(), String> {
    let script = Script::new(session, "test connector");
    let first = script.get("/Users?startIndex=1&count=2").await;
    reachable(&first)?;
    first.list();
    for path in
        ["/Users?startIndex=1&count=1", "/Users?startIndex=1&count=100", "/Groups?startIndex=1&count=100"]
    {
        script.get(path).await.list();
    }
    script.get("/Groups").await.list();
    script.read("/Users", "010101001010101011001010101011").await.refused(404, None);
    let wrong = script.get_as("/Users?startIndex=1&count=1", "Bearer non-token").await;
    wrong.refused(401, None);
    script.get_as("/Groups", "non-token").await.refused(401, None);
    Ok(())
}
