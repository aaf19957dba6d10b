//! Okta as a SCIM client (idp-wire.md §1). It never sends `DELETE /Users`.

pub(crate) mod assign;
pub(crate) mod catalog;
pub(crate) mod connect;
mod import;
pub(crate) mod push;
mod push_story;
pub(crate) mod wizard;

use crate::company::{Account, Company, Roster};
use crate::progress::Progress;
use crate::script::Script;
use crate::session::Session;
use crate::stage::{alone, side_by_side};

/// Creates the company's users and groups and plays every sequence once.
///
/// # Errors
/// A sentence why the run ended before anything was created.
pub(crate) async fn play(
    session: &Session,
    company: &mut Company,
    parallel: usize,
    progress: &dyn Progress,
) -> Result<(), String> {
    alone(progress, "test connector", connect::test_connector(session)).await?;

    let people = &company.people;
    let assign = |index: usize| async move { assign::assign(session, people.get(index)?).await };
    let accounts = side_by_side(progress, "assign users", parallel, people.len(), assign).await;
    let mut roster = Roster { accounts };

    alone(progress, "user sequences", user_sequences(session, roster.present_mut())).await;
    roster.write_back(company);

    let (teams, roster) = (&company.teams, &roster);
    let push = |index: usize| async move {
        let team = teams.get(index)?;
        let members = roster.of(&team.members);
        let script = Script::new(session, "push groups");
        let group = push::create_or_link(script, &team.name).await?;
        push::push_now(script, &group, &members).await?;
        Some((group, members))
    };
    let groups = side_by_side(progress, "push groups", parallel, teams.len(), push).await;

    let present = roster.present();
    if let [one, two, three, ..] = present.as_slice() {
        alone(progress, "group push", push_story::group_push(session, &[one, two, three])).await;
    } else {
        session.ledger.skipped("group push needs at least three users".to_owned());
    }
    let groups: Vec<_> = groups.into_iter().flatten().collect();
    alone(progress, "import", import::import_and_compare(session, &present, &groups)).await;
    Ok(())
}

/// What Okta does to single users. The last of four or more leaves and stays inactive.
async fn user_sequences(session: &Session, mut accounts: Vec<&mut Account>) {
    if let Some(first) = accounts.first_mut() {
        assign::repeated_create(session, first).await;
        wizard::update(session, first).await;
    }
    match accounts.get_mut(1) {
        Some(second) => {
            catalog::deactivate_and_back(session, second).await;
        }
        None => session.ledger.skipped("catalog activation needs at least two users".to_owned()),
    }
    if accounts.len() >= 4
        && let Some(last) = accounts.last_mut()
    {
        wizard::set_active(session, last, false).await;
    }
}
