//! Microsoft Entra ID as a SCIM client (idp-wire.md §2).

pub(crate) mod active;
pub(crate) mod connect;
mod delete;
pub(crate) mod group;
mod group_story;
pub(crate) mod manager;
mod patch_default;
mod patch_flag;
pub(crate) mod provision;
mod verbose;
mod work_email;

use crate::company::{Account, Company, Roster};
use crate::progress::Progress;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::groups;
use crate::shared::users::trial_person;
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
    let mut choices = Choices::new(seed, "entra sequences");
    alone(progress, "test connection", connect::test_connection(session, &mut choices)).await?;

    let people = &company.people;
    let provision =
        |index: usize| async move { provision::provision(session, people.get(index)?, index % 2 == 1).await };
    let accounts = side_by_side(progress, "provision users", parallel, people.len(), provision).await;
    let mut roster = Roster { accounts };
    alone(progress, "user sequences", user_sequences(session, roster.present_mut())).await;
    roster.write_back(company);

    let (teams, people, roster) = (&company.teams, &company.people, &roster);
    let reports = |index: usize| async move {
        let manager = roster.get(people.get(index)?.manager?)?;
        manager::set(session, roster.get(index)?, manager).await
    };
    side_by_side(progress, "managers", parallel, people.len(), reports).await;

    let push = |index: usize| async move {
        let team = teams.get(index)?;
        let script = Script::new(session, "provision groups");
        let group = group::create_or_take_over(script, team).await?;
        group::add_members(script, &group, &roster.of(&team.members)).await?;
        groups::verify(script, &group, &roster.of(&team.members)).await
    };
    side_by_side(progress, "provision groups", parallel, teams.len(), push).await;

    alone(progress, "trial sequences", trial_sequences(session, &mut choices)).await;
    Ok(())
}

/// What Entra does to single users. The last of four or more is disabled and stays so.
async fn user_sequences(session: &Session, mut accounts: Vec<&mut Account>) {
    let enough = accounts.len() >= 4;
    if let Some(first) = accounts.first_mut() {
        provision::matching(session, first).await;
        patch_default::update(session, first).await;
        patch_flag::update(session, first).await;
        active::every_form(session, first).await;
    }
    if enough && let Some(last) = accounts.last_mut() {
        active::set(session, last, false, active::Form::Default).await;
    }
}

/// Sequences that would leave traces, played on three people who are deleted for good at the end.
async fn trial_sequences(session: &Session, choices: &mut Choices) -> Option<()> {
    let mut trial = Vec::new();
    for name in ["one", "two", "three"] {
        let person = trial_person(name, choices.guid());
        trial.push(provision::provision(session, &person, name == "two").await?);
    }
    let accounts: [Account; 3] = trial.try_into().ok()?;
    let [one, two, three] = &accounts;
    manager::every_form(session, one, two).await;
    work_email::create_on_filter(session, two).await;
    verbose::add_attributes(session, three).await;
    group_story::groups(session, choices, &accounts).await;
    for account in &accounts {
        delete::hard_delete(session, account).await;
    }
    Some(())
}
