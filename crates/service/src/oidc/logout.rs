//! Telling clients that a session has ended (OpenID Connect Back-Channel Logout 1.0). The queue is written with the end of the
//! session; some process delivers it, again and again with longer pauses, until the client has it or the last attempt is made.

use enroll_domain::{ClientUri, LogoutId};
use enroll_store::Tx;
use enroll_store::oidc::logout::{self, LogoutRow};
use enroll_store::oidc::{authorization, client};
use enroll_store::session::SessionRow;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{Entropy, Error, Service};

/// The event that a logout token tells of (§2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How long whoever takes a message has it for: twice as long as a client may take to answer. Then another process may try.
const LEASE: SignedDuration = SignedDuration::from_secs(20);

/// How long a logout token is good for.
const TOKEN: SignedDuration = SignedDuration::from_mins(2);

/// Messages taken at a time.
const BATCH: u32 = 20;

/// The pauses after attempts that have failed, in seconds; after the last one the message is given up.
const PAUSES: [i64; 8] = [5, 30, 120, 600, 1800, 3600, 4 * 3600, 8 * 3600];

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutMessage {
    /// The id in the queue.
    pub id: LogoutId,
    /// Where it goes to.
    pub uri: ClientUri,
    /// What is sent as `logout_token`.
    pub token: String,
    /// How often it was tried before.
    pub attempts: i64,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutOutcome {
    /// The client has it.
    Delivered,
    /// It has not.
    Failed,
}

/// Puts messages for the clients of a session into the queue and ends what they were given, in the transaction that ends it.
pub(crate) fn session_ended(tx: &Tx<'_>, session: &SessionRow, now: Timestamp) -> Result<(), Error> {
    let mut told = Vec::new();
    for given in authorization::list_of_session(tx, session.id)? {
        if given.redeemed.is_none() || told.contains(&given.client) {
            continue;
        }
        told.push(given.client);
        if client::find(tx, given.client)?.is_some_and(|client| client.logout_uri.is_some()) {
            let row = LogoutRow {
                id: LogoutId::new(now, &Entropy.id()),
                client: given.client,
                session: session.id,
                user: session.user,
                attempts: 0,
            };
            logout::insert(tx, &row, now)?;
        }
    }
    Ok(authorization::delete_of_session(tx, session.id)?)
}

impl Service {
    /// Takes messages that are to be sent now. Nobody else gets them for 20 s.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Internal`] when they cannot be signed.
    pub async fn take_logouts(&self) -> Result<Vec<LogoutMessage>, Error> {
        let now = self.clock().now();
        if !self.db().look_up_one(|tx| logout::is_due(tx, now))? {
            return Ok(Vec::new());
        }
        let until = now.checked_add(LEASE).unwrap_or(now);
        let taken = self
            .db()
            .write(move |tx| {
                let mut taken = Vec::new();
                for row in logout::take(tx, now, until, BATCH)? {
                    let client = client::find(tx, row.client)?;
                    match client.and_then(|client| Some((client.logout_uri?, client.algorithm))) {
                        Some((uri, algorithm)) => taken.push((row, uri, algorithm)),
                        // The client wants none any more.
                        None => logout::delete(tx, row.id)?,
                    }
                }
                Ok::<_, Error>(taken)
            })
            .await?;
        let mut messages = Vec::new();
        for (row, uri, algorithm) in taken {
            let claims = json!({
                "iss": self.public_url().as_str(),
                "sub": row.user,
                "aud": row.client,
                "sid": row.session,
                "iat": now.as_second(),
                "exp": now.checked_add(TOKEN).unwrap_or(now).as_second(),
                "jti": row.id,
                "events": {EVENT: {}},
            });
            let token = self.sign(algorithm, "logout+jwt", &claims).await?;
            messages.push(LogoutMessage { id: row.id, uri, token, attempts: row.attempts });
        }
        Ok(messages)
    }

    /// Says what came of sending a message. One that was not delivered is tried again later, eight times in some 14 hours; then it
    /// is given up.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn logout_sent(&self, message: &LogoutMessage, outcome: LogoutOutcome) -> Result<(), Error> {
        let (id, now) = (message.id, self.clock().now());
        let pause = usize::try_from(message.attempts).ok().and_then(|attempt| PAUSES.get(attempt));
        self.db()
            .write(move |tx| {
                match (outcome, pause) {
                    (LogoutOutcome::Failed, Some(seconds)) => {
                        let until = now.checked_add(SignedDuration::from_secs(*seconds)).unwrap_or(now);
                        logout::put_off(tx, id, until)?;
                    }
                    _ => logout::delete(tx, id)?,
                }
                Ok::<_, Error>(())
            })
            .await
    }
}
