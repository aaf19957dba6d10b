//! JumpCloud as a SCIM client (idp-wire.md §5).

mod connect;
mod user;

use serde_json::json;

use crate::company::{Account, Company, RemoteGroup, Roster};
use crate::compare::text;
use crate::progress::Progress;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups;
use crate::stage::{alone, side_by_side};
use crate::wire::{GROUP, operation};

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
    let mut choices = Choices::new(seed, "jumpcloud sequences");
    alone(progress, "test connection", connect::test_connection(session, &mut choices)).await?;

    let people = &company.people;
    let provision = |index: usize| async move { user::provision(session, people.get(index)?).await };
    let accounts = side_by_side(progress, "provision users", parallel, people.len(), provision).await;
    let mut roster = Roster { accounts };
    alone(progress, "user sequences", user::sequences(session, roster.present_mut())).await;
    roster.write_back(company);

    let (teams, roster) = (&company.teams, &roster);
    let push = |index: usize| async move {
        let team = teams.get(index)?;
        let script = Script::new(session, "provision groups");
        let group = create_or_take_over(script, &team.name).await?;
        let members = roster.of(&team.members);
        groups::add_members(script, &group, &members).await?;
        groups::verify(script, &group, &members).await?;
        match members.as_slice() {
            [one, others @ ..] if index == 0 => leave_and_return(script, &group, one, others).await,
            _ => Some(()),
        }
    };
    side_by_side(progress, "provision groups", parallel, teams.len(), push).await;
    Ok(())
}

/// One member leaves by a list of values at the path `members`, as Entra ID has it (J-2), and comes back.
async fn leave_and_return(
    script: Script<'_>,
    group: &RemoteGroup,
    one: &Account,
    others: &[&Account],
) -> Option<()> {
    let removal = operation("remove", "members", groups::members(&[one]));
    groups::change(script, group, vec![removal]).await;
    // A group that was taken over had the member already.
    let taken_over = group.others.iter().filter(|id| **id != one.id).cloned().collect();
    groups::verify(script, &RemoteGroup { others: taken_over, ..group.clone() }, others).await;
    groups::add_members(script, group, &[one]).await;
    groups::verify(script, group, &[&[one], others].concat()).await
}

/// Looks the group up by name; takes it over, or creates it without members.
async fn create_or_take_over(script: Script<'_>, name: &str) -> Option<RemoteGroup> {
    let page = script.find("/Groups", "displayName", name).await.list()?;
    match page.resources.first().and_then(|group| text(group, "id")) {
        Some(id) => groups::take_over(script, id, name).await,
        None => {
            let body = json!({"schemas": [GROUP], "displayName": name, "members": []});
            groups::create(script, name, &body).await
        }
    }
}
