//! A week in a small company: hires, moves, leavers, a rename and promotions.
//!
//! Employees come from Okta into one directory, partners and contractors from Microsoft Entra ID into another.
//! The caller plays one step after the other, so that it can show what each of them did.
//!
//! ```no_run
//! # async fn example() -> Result<(), enroll_simulate::SetupError> {
//! use enroll_simulate::demo::{Target, week};
//!
//! let okta = Target::new("http://127.0.0.1:8080/scim/v2", "token of the directory acme");
//! let entra = Target::new("http://127.0.0.1:8080/scim/v2", "token of the directory northwind");
//! let mut week = week(&okta, &entra)?;
//! while let Some(step) = week.play_next().await {
//!     println!("{} ({} requests)", step.scene, step.requests);
//! }
//! # Ok(())
//! # }
//! ```

mod cast;
mod directory;
mod player;
mod plot;

use std::fmt;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde::Serialize;

pub use plot::Day;

use crate::plan::Idp;
use crate::session::{Session, SetupError};
use crate::summary::Summary;
use directory::Directory;
use player::Player;
use plot::{Line, PLOT};

/// Where one directory of the week is provisioned to.
#[derive(Debug, Clone)]
pub struct Target {
    /// The SCIM base URL.
    pub base_url: String,
    /// The SCIM token of the directory.
    pub token: SecretString,
}

impl Target {
    /// A base URL and a token.
    pub fn new(base_url: impl Into<String>, token: impl Into<SecretString>) -> Self {
        Self { base_url: base_url.into(), token: token.into() }
    }
}

/// What a step of the week is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scene {
    /// When it happens.
    pub day: Day,
    /// Which identity provider acts.
    pub idp: Idp,
    /// What happens, such as "Ana García joins Engineering".
    pub sentence: String,
}

impl fmt::Display for Scene {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.day, self.sentence)
    }
}

/// A step that was played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it was about.
    pub scene: Scene,
    /// How many requests the identity provider sent.
    pub requests: usize,
    /// How many checks on the answers failed; the evidence is in [`Week::summaries`].
    pub failures: usize,
}

/// The week in progress.
#[derive(Debug)]
pub struct Week {
    okta: Directory,
    entra: Directory,
    position: usize,
    elapsed: Duration,
}

/// Prepares the week; nothing is sent yet.
///
/// The two targets should be two directories: the people of one do not know those of the other.
///
/// # Errors
/// [`SetupError`] if a URL or a token cannot be used.
pub fn week(okta: &Target, entra: &Target) -> Result<Week, SetupError> {
    let directory = |player: Player, target: &Target| {
        let session = Session::new(player.idp(), &target.base_url, &target.token)?;
        Ok::<_, SetupError>(Directory::new(player, session))
    };
    Ok(Week {
        okta: directory(Player::Okta, okta)?,
        entra: directory(Player::Entra, entra)?,
        position: 0,
        elapsed: Duration::ZERO,
    })
}

impl Week {
    /// How many steps the week has.
    pub fn steps(&self) -> usize {
        PLOT.len()
    }

    /// The step that [`Week::play_next`] will play; nothing at the end of the week.
    pub fn upcoming(&self) -> Option<Scene> {
        PLOT.get(self.position).map(scene)
    }

    /// Plays the next step and says what it was; nothing at the end of the week.
    pub async fn play_next(&mut self) -> Option<Step> {
        let line = PLOT.get(self.position)?;
        self.position += 1;
        let directory = match line.player {
            Player::Okta => &mut self.okta,
            Player::Entra => &mut self.entra,
        };
        let (requests, failures) = directory.session.ledger.counts();
        let started = Instant::now();
        // What could not be done is in the ledger, and the week goes on.
        let _ = directory.play(line.action).await;
        self.elapsed += started.elapsed();
        let (requests_now, failures_now) = directory.session.ledger.counts();
        Some(Step {
            scene: scene(line),
            requests: requests_now - requests,
            failures: failures_now - failures,
        })
    }

    /// The summaries of Okta's and of Entra's directory: requests, failed checks, and the state expected now.
    pub fn summaries(&self) -> [Summary; 2] {
        [&self.okta, &self.entra].map(|directory| {
            let session = &directory.session;
            let (idp, base_url) = (session.idp(), session.base_url());
            Summary::of(idp, base_url, self.elapsed, &session.ledger, directory.expected())
        })
    }
}

fn scene(line: &Line) -> Scene {
    Scene { day: line.day, idp: line.player.idp(), sentence: line.sentence.to_owned() }
}
