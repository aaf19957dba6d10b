//! Google Workspace as a SCIM client (idp-wire.md §4). It provisions users and no groups. The bodies of its requests are
//! not documented; the plainest forms of RFC 7644 are played.

mod user;

use crate::company::{Company, Roster};
use crate::progress::Progress;
use crate::random::Choices;
use crate::script::Script;
use crate::session::Session;
use crate::shared::connect::reachable;
use crate::stage::{alone, side_by_side};

/// Creates the company's users and plays every sequence once. The company has no groups afterwards.
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
    let mut choices = Choices::new(seed, "google sequences");
    alone(progress, "probe", probe(session)).await?;

    let people = &company.people;
    let provision = |index: usize| async move { user::provision(session, people.get(index)?).await };
    let accounts = side_by_side(progress, "provision users", parallel, people.len(), provision).await;
    let mut roster = Roster { accounts };
    alone(progress, "user sequences", user::sequences(session, roster.present_mut())).await;
    roster.write_back(company);
    alone(progress, "deprovisioning", user::leave(session, &mut choices)).await;

    if !company.teams.is_empty() {
        company.teams.clear();
        session.ledger.skipped("groups: Google Workspace provisions users only".to_owned());
    }
    Ok(())
}

/// One user of the list shows that URL and token are right (G-2).
async fn probe(session: &Session) -> Result<(), String> {
    let script = Script::new(session, "probe");
    let first = script.get("/Users?count=1").await;
    reachable(&first)?;
    if let Some(page) = first.list() {
        first.require(page.resources.len() <= 1, || "count=1 gave more than one user".to_owned());
    }
    script.get_as("/Users?count=1", "Bearer wrong-token").await.refused(401, None);
    Ok(())
}
