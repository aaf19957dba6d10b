//! authentik as a SCIM client (idp-wire.md §8).

mod config;
mod group;
mod user;

use crate::company::{Company, Roster};
use crate::progress::Progress;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::connect::reachable;
use crate::shared::groups;
use crate::shared::pages::pages;
use crate::stage::{alone, side_by_side};
use config::Config;

/// Objects that one page of the discovery asks for.
const PAGE: usize = 100;

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
    let mut choices = Choices::new(seed, "authentik sequences");
    let config = &alone(progress, "service provider configuration", connect(session)).await?;

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
        let group = group::create(script, &team.name, &team.external_id).await?;
        let members = roster.of(&team.members);
        group::set_members(script, config, &group, &members).await?;
        groups::verify(script, &group, &members).await
    };
    side_by_side(progress, "create groups", parallel, teams.len(), push).await;
    alone(progress, "trial sequences", group::trial(session, config, &mut choices)).await;
    alone(progress, "discovery", discover(session)).await;
    Ok(())
}

/// Reads the configuration before anything else. It may be open to everybody, so the token shows in the next request.
async fn connect(session: &Session) -> Result<Config, String> {
    let script = Script::new(session, "service provider configuration");
    let first = script.get("/ServiceProviderConfig").await;
    reachable(&first)?;
    let config = Config::read(&first);
    let discovery = script.get(&format!("/Users?startIndex=1&count={PAGE}")).await;
    reachable(&discovery)?;
    discovery.list();
    script.get_as("/Users", "Bearer wrong-token").await.refused(401, None);
    Ok(config)
}

/// Pages until `totalResults` have been seen; a page with nothing on it would go on for ever.
async fn discover(session: &Session) -> Option<()> {
    let script = Script::new(session, "discovery");
    pages(script, "/Users", PAGE).await?;
    pages(script, "/Groups", PAGE).await.map(|_| ())
}
