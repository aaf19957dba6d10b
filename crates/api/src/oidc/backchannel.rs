//! Delivers logout tokens to clients (OpenID Connect Back-Channel Logout 1.0 §2.5), beside the requests of the server.

use std::time::Duration;

use enroll_outbound::{Outbound, causes};
use enroll_service::{LogoutMessage, LogoutOutcome};
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;

use crate::App;

/// How often the queue is looked at: one look-up by index.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a client may take to answer, from the look-up of its name.
const LONGEST: Duration = Duration::from_secs(10);

/// Delivers what is in the queue, for ever. Other processes on the same database may do so too: a message is taken by one.
pub(crate) async fn deliver(app: App) {
    let (service, outbound) = match app.outbound() {
        Ok(outbound) => (app.service(), outbound.clone()),
        Err(error) => return tracing::error!(%error, "logout tokens cannot be delivered"),
    };
    loop {
        tokio::time::sleep(PAUSE).await;
        let messages = match service.take_logouts().await {
            Ok(messages) => messages,
            Err(error) => {
                tracing::warn!(%error, "the queue of logout tokens cannot be read");
                continue;
            }
        };
        // At once: a client that does not answer keeps no other waiting.
        let sent = messages.into_iter().map(|message| {
            let (service, outbound) = (service.clone(), outbound.clone());
            tokio::spawn(async move {
                let outcome = send(&outbound, &message).await;
                if let Err(error) = service.logout_sent(&message, outcome).await {
                    tracing::warn!(%error, "a logout token may be delivered again");
                }
            })
        });
        for task in sent.collect::<Vec<_>>() {
            if let Err(error) = task.await {
                tracing::error!(%error, "delivering a logout token has failed");
            }
        }
    }
}

async fn send(outbound: &Outbound, message: &LogoutMessage) -> LogoutOutcome {
    let problem = match tokio::time::timeout(LONGEST, exchange(outbound, message)).await {
        Ok(Ok(())) => return LogoutOutcome::Delivered,
        Ok(Err(problem)) => problem,
        Err(_) => format!("no answer within {} s", LONGEST.as_secs()),
    };
    tracing::warn!(uri = %message.uri, attempt = message.attempts + 1, problem, "a logout token was not delivered");
    LogoutOutcome::Failed
}

/// One request, to where the guard lets it go (threat S39): an administrator has entered the address.
async fn exchange(outbound: &Outbound, message: &LogoutMessage) -> Result<(), String> {
    let url = Url::parse(message.uri.as_str()).map_err(|error| error.to_string())?;
    let client = outbound.client(&url).map_err(|refused| refused.to_string())?;
    // A JWT has no characters that a form would encode.
    let body = format!("logout_token={}", message.token);
    let request = client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
    let answer = request.send().await.map_err(|error| causes(&error))?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("the answer is {}", answer.status())) }
}
