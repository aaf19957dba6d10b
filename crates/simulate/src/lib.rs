//! Plays identity providers as SCIM clients over HTTP.
//!
//! [`run`] creates users and groups on a SCIM server exactly as Okta, Microsoft Entra ID or another
//! identity provider ([`Idp`]) would, checks every
//! answer as they would, and says what the server must hold afterwards. [`demo::week`] plays a small company for
//! a week, step by step.
//!
//! It knows nothing of the server that it talks to: it can be pointed at any SCIM 2.0 service provider. It never
//! writes the token into a report.
//!
//! ```no_run
//! # async fn example() -> Result<(), enroll_simulate::SetupError> {
//! use enroll_simulate::{Idp, Plan, Silent};
//!
//! let mut plan = Plan::new(Idp::Entra, "http://127.0.0.1:8080/scim/v2", "the-token");
//! plan.users = 200;
//! plan.groups = 20;
//! let summary = enroll_simulate::run(&plan, &Silent).await?;
//! println!("{summary}");
//! # Ok(())
//! # }
//! ```

mod answer;
mod authentik;
mod company;
mod compare;
pub mod demo;
mod entra;
mod exchange;
mod google;
mod jumpcloud;
mod keycloak;
mod ledger;
mod names;
mod okta;
mod onelogin;
mod people;
mod ping;
mod plan;
mod progress;
mod random;
mod script;
mod session;
mod shared;
mod stage;
mod summary;
mod wire;

use std::time::Instant;

pub use exchange::Exchange;
pub use plan::{Idp, Plan};
pub use progress::{Progress, Silent};
pub use session::SetupError;
pub use summary::{ExpectedGroup, ExpectedState, ExpectedUser, FailedCheck, Summary, Timing};

use company::Company;
use session::Session;

/// Plays the plan to its end and reports.
///
/// A failed check is recorded and the run goes on; only a server that does not answer or refuses the token ends
/// it early, which [`Summary::stopped`] then says. Answers 429 with `Retry-After` in seconds are waited out.
///
/// # Errors
/// [`SetupError`] if the URL or the token cannot be used; nothing was sent then.
pub async fn run(plan: &Plan, progress: &dyn Progress) -> Result<Summary, SetupError> {
    let session = Session::new(plan.idp, &plan.base_url, &plan.token)?;
    let mut company = Company::of(plan);
    let started = Instant::now();
    let played = match plan.idp {
        Idp::Okta => okta::play(&session, &mut company, plan.parallel, progress).await,
        Idp::Entra => entra::play(&session, &mut company, plan.seed, plan.parallel, progress).await,
        Idp::OneLogin => onelogin::play(&session, &mut company, plan.seed, plan.parallel, progress).await,
        Idp::JumpCloud => jumpcloud::play(&session, &mut company, plan.seed, plan.parallel, progress).await,
        Idp::Ping => ping::play(&session, &mut company, plan.seed, plan.parallel, progress).await,
        Idp::Google => google::play(&session, &mut company, plan.seed, plan.parallel, progress).await,
        Idp::Keycloak => keycloak::play(&session, &mut company, plan.seed, plan.parallel, progress).await,
        Idp::Authentik => authentik::play(&session, &mut company, plan.seed, plan.parallel, progress).await,
    };
    // Nothing was created if the run ended in the connection test.
    let expected = if played.is_ok() { company.expected() } else { ExpectedState::default() };
    let mut summary = Summary::of(plan.idp, session.base_url(), started.elapsed(), &session.ledger, expected);
    summary.stopped = played.err();
    Ok(summary)
}
