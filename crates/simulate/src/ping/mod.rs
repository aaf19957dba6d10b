//! Ping (the SCIM provisioner of PingFederate) as a SCIM client (idp-wire.md §6).

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

/// Creates the company's users and groups and plays every sequence once. The last of four or more people is disabled where
/// they come from, and provisioned as that (P-4).
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
    let mut choices = Choices::new(seed, "ping sequences");
    alone(progress, "test connection", connect(session, &mut choices)).await?;

    if company.people.len() >= 4
        && let Some(last) = company.people.last_mut()
    {
        last.active = false;
    }
    let people = &company.people;
    let provision = |index: usize| async move { user::provision(session, people.get(index)?).await };
    let accounts = side_by_side(progress, "provision users", parallel, people.len(), provision).await;
    let mut roster = Roster { accounts };
    alone(progress, "user sequences", user::sequences(session, roster.present_mut())).await;
    roster.write_back(company);

    let known = alone(progress, "download groups", group::download(session)).await.unwrap_or_default();
    let (teams, roster, known) = (&company.teams, &roster, &known);
    let push = |index: usize| async move {
        let team = teams.get(index)?;
        let script = Script::new(session, "provision groups");
        let group = group::create_or_take_over(script, &team.name, known).await?;
        let members = roster.of(&team.members);
        groups::add_members(script, &group, &members).await?;
        groups::verify(script, &group, &members).await
    };
    side_by_side(progress, "provision groups", parallel, teams.len(), push).await;
    alone(progress, "trial sequences", group::trial(session, &mut choices)).await;
    Ok(())
}

/// Looks for somebody who cannot exist, with the filter that will match users (P-2).
async fn connect(session: &Session, choices: &mut Choices) -> Result<(), String> {
    let script = Script::new(session, "test connection");
    let first = script.find("/Users", "userName", &choices.guid()).await;
    reachable(&first)?;
    first.nobody();
    script.get_as("/Users", "Bearer wrong-token").await.refused(401, None);
    Ok(())
}
