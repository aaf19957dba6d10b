//! Keycloak with the plug-in keycloak-scim as a SCIM client, and some of scim-for-keycloak (idp-wire.md §7).

mod group;
mod user;

use crate::company::{Company, Roster};
use crate::progress::Progress;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::connect::reachable;
use crate::shared::groups;
use crate::stage::{alone, side_by_side};

/// Creates the company's users and groups and plays every sequence once.
///
/// # Errors
/// A sentence why the run ended before anything was created.
pub(crate) async fn play(
    session: &Session,
    company: &mut Company,
    seed: u64,
    parallel: usize,
    progress: &dyn Progress,
) -> Result<(), String> {
    let mut choices = Choices::new(seed, "keycloak sequences");
    alone(progress, "import users", connect(session)).await?;

    let people = &company.people;
    let provision = |index: usize| async move { user::create(session, people.get(index)?).await };
    let accounts = side_by_side(progress, "create users", parallel, people.len(), provision).await;
    let mut roster = Roster { accounts };
    alone(progress, "user sequences", user::sequences(session, roster.present_mut())).await;
    roster.write_back(company);

    let (teams, roster) = (&company.teams, &roster);
    let push = |index: usize| async move {
        let team = teams.get(index)?;
        let script = Script::new(session, "create groups");
        let group = group::create(script, team).await?;
        let members = roster.of(&team.members);
        group::put(script, &group, &team.external_id, &members).await?;
        groups::verify(script, &group, &members).await
    };
    side_by_side(progress, "create groups", parallel, teams.len(), push).await;
    alone(progress, "trial sequences", group::trial(session, &mut choices)).await;
    Ok(())
}

/// There is no connection test; the import is the first thing that an administrator can ask for.
async fn connect(session: &Session) -> Result<(), String> {
    let script = Script::new(session, "import users");
    let first = script.get("/Users").await;
    reachable(&first)?;
    user::importable(&first);
    script.get_as("/Users", "Bearer wrong-token").await.refused(401, None);
    Ok(())
}
