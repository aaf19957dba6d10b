//! OneLogin as a SCIM client (idp-wire.md §3). The bodies of its PATCH requests are not documented; the plainest forms are
//! played.

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
    let mut choices = Choices::new(seed, "onelogin sequences");
    alone(progress, "enable connection", enable(session, &mut choices)).await?;

    let people = &company.people;
    let provision = |index: usize| async move { user::provision(session, people.get(index)?).await };
    let accounts = side_by_side(progress, "provision users", parallel, people.len(), provision).await;
    let mut roster = Roster { accounts };
    alone(progress, "user sequences", user::sequences(session, roster.present_mut())).await;
    roster.write_back(company);

    let (teams, people, roster) = (&company.teams, &company.people, &roster);
    let reports = |index: usize| async move {
        let manager = roster.get(people.get(index)?.manager?)?;
        user::set_manager(session, roster.get(index)?, manager).await
    };
    side_by_side(progress, "managers", parallel, people.len(), reports).await;

    let known = alone(progress, "refresh entitlements", group::refresh(session)).await.unwrap_or_default();
    let known = &known;
    let push = |index: usize| async move {
        let team = teams.get(index)?;
        let script = Script::new(session, "provision groups");
        let group = group::create_or_take_over(script, &team.name, known).await?;
        let members = roster.of(&team.members);
        groups::add_members(script, &group, &members).await?;
        groups::verify(script, &group, &members).await
    };
    side_by_side(progress, "provision groups", parallel, teams.len(), push).await;
    alone(progress, "trial sequences", user::trial(session, &mut choices)).await;
    Ok(())
}

/// "Enable": asks for somebody who cannot exist. An empty list and 404 are both good answers.
async fn enable(session: &Session, choices: &mut Choices) -> Result<(), String> {
    let script = Script::new(session, "enable connection");
    let nobody = format!("{}@acme.example", choices.guid());
    let first = script.find("/Users", "userName", &nobody).await;
    reachable(&first)?;
    if first.status() == Some(404) {
        first.refused(404, None);
    } else {
        first.nobody();
    }
    script.get_as("/Users", "Bearer wrong-token").await.refused(401, None);
    Ok(())
}
