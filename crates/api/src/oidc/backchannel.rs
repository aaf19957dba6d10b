//! Delivers logout tokens to clients (OpenID Connect Back-Channel Logout 1.0 §2.5), beside the requests of the server.

use std::time::Duration;

use enroll_service::{LogoutMessage, LogoutOutcome, Service};
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;

/// How often the queue is looked at: one look-up by index.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a client may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Delivers what is in the queue, for ever. Other processes on the same database may do so too: a message is taken by one.
pub(crate) async fn deliver(service: Service) {
    let client = Client::builder().timeout(TIMEOUT).redirect(Policy::none()).user_agent("enroll").build();
    let client = match client {
        Ok(client) => client,
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
            let (service, client) = (service.clone(), client.clone());
            tokio::spawn(async move {
                let outcome = send(&client, &message).await;
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

async fn send(client: &Client, message: &LogoutMessage) -> LogoutOutcome {
    // A JWT has no characters that a form would encode.
    let body = format!("logout_token={}", message.token);
    let request = client.post(message.uri.as_str()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let problem = match request.body(body).send().await {
        Ok(answer) if answer.status().is_success() => return LogoutOutcome::Delivered,
        Ok(answer) => format!("the answer is {}", answer.status()),
        Err(error) => error.without_url().to_string(),
    };
    tracing::warn!(uri = %message.uri, attempt = message.attempts + 1, problem, "a logout token was not delivered");
    LogoutOutcome::Failed
}
