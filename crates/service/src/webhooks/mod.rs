//! Webhooks: events sent to applications (enrollment.md §6.2; threats S39, S40; `docs/decisions/0009`).

mod deliver;
mod set;
mod shown;
mod sign;

pub use set::SECURITY_EVENT_URIS;

use data_encoding::BASE64;
use enroll_domain::WebhookId;
use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::delivery::{DeliveryStatus, WebhookFormat};
use enroll_domain::event::TypeFilter;
use enroll_store::webhook::{self, Progress, WebhookRow};
use enroll_store::{Tx, event};
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::admin::find_directory;
use crate::audit::{Changes, Scribe, Told};
use crate::{Error, Service};

pub use deliver::{Delivered, DueWebhooks, FailedDelivery, Scanned, WebhookBatch, WebhookMessage};
pub use shown::{DeliveryInfo, WebhookInfo, WebhookState};

/// Webhooks of an instance: each costs a connection and a reader of the feed.
const MOST: usize = 100;

/// The longest URL, in bytes.
const URL_BYTES: usize = 2048;

/// How long the secret before signs too.
const ROTATION: SignedDuration = SignedDuration::from_hours(24);

/// A webhook to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// Where events are sent.
    pub url: String,
    /// Which types.
    pub types: TypeFilter,
    /// Of this directory alone, by name or id.
    pub directory: Option<String>,
    /// In which form.
    pub format: WebhookFormat,
    /// Made without sending anything; events wait.
    pub paused: bool,
    /// Not made where there is one to the same URL, of the same directory and in the same form.
    pub unless_there: bool,
}

/// What to change of a webhook; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookChange {
    /// Where events are sent.
    pub url: Option<String>,
    /// Which types.
    pub types: Option<TypeFilter>,
    /// Whether nothing is sent.
    pub paused: Option<bool>,
}

/// A webhook with its secret: the only time that it is shown.
#[derive(Debug, Clone)]
pub struct WebhookWithSecret {
    /// The webhook.
    pub info: WebhookInfo,
    secret: SecretString,
}

impl WebhookWithSecret {
    /// The secret as Standard Webhooks writes it: `whsec_` and base64.
    pub fn reveal(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl Service {
    /// Makes a webhook. What happens from now on is sent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no URL to send to, and for one webhook too many; [`Error::NotFound`] for an unknown
    /// directory; [`Error::Conflict`] where one is there and it is to be made only if not.
    pub async fn create_webhook(&self, new: &NewWebhook) -> Result<WebhookWithSecret, Error> {
        let url = check_url(&new.url)?;
        let now = self.clock().now();
        let id = WebhookId::new(now, &self.entropy().id());
        let (secret, set_key) = (self.new_secret()?, self.new_secret()?);
        let scribe = Scribe::of_service(self, now);
        let (new, shown) = (new.clone(), show(&secret));
        let info = self
            .db()
            .write(move |tx| {
                let there = webhook::list(tx)?;
                if there.len() >= MOST {
                    return Err(Error::Invalid(format!(
                        "there are {MOST} webhooks already: remove one that nobody needs, or read /api/v1/events"
                    )));
                }
                let directory =
                    new.directory.as_deref().map(|name| find_directory(tx, name)).transpose()?.map(|row| row.id);
                let alike = |row: &&WebhookRow| {
                    (row.url.as_str(), row.directory, row.format) == (url.as_str(), directory, new.format)
                };
                if new.unless_there && let Some(row) = there.iter().find(alike) {
                    return Err(Error::Conflict(format!(
                        "there is a webhook to {url} of that directory and form already: {}, made at {}",
                        row.id, row.created
                    )));
                }
                let mut row = WebhookRow {
                    id,
                    url: url.to_string(),
                    types: new.types.to_string(),
                    directory,
                    format: new.format,
                    secret: secret.to_vec(),
                    old_secret: None,
                    paused: new.paused,
                    created: now,
                    progress: Progress::behind(0),
                    tested: None,
                };
                let changes = Changes::default()
                    .with("url", &row.url)
                    .with("types", &row.types)
                    .with("directory", row.directory)
                    .with("format", row.format);
                if new.format == WebhookFormat::SecurityEvents {
                    set::SetKey::ensure(tx, &set_key, now)?;
                }
                tell(tx, &scribe, Action::WebhookCreated, &row, &changes)?;
                row.progress.acknowledged = last(tx)?;
                webhook::store(tx, &row)?;
                shown::info(tx, &row)
            })
            .await?;
        Ok(WebhookWithSecret { info, secret: shown })
    }

    /// All webhooks, oldest first.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn webhooks(&self) -> Result<Vec<WebhookInfo>, Error> {
        self.db().read(|tx| webhook::list(tx)?.iter().map(|row| shown::info(tx, row)).collect()).await
    }

    /// One webhook.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn webhook(&self, id: &str) -> Result<WebhookInfo, Error> {
        let id = id.to_owned();
        self.db().read(move |tx| shown::info(tx, &find(tx, &id)?)).await
    }

    /// What became of a webhook's events, the newest first, from before `before`, `limit` at most.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn webhook_deliveries(
        &self,
        id: &str,
        status: Option<DeliveryStatus>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<DeliveryInfo>, Error> {
        let id = id.to_owned();
        self.db()
            .read(move |tx| {
                let rows = webhook::deliveries(tx, find(tx, &id)?.id, status, before, limit)?;
                Ok(rows.into_iter().map(DeliveryInfo::from).collect())
            })
            .await
    }

    /// Changes a webhook. Resumed, it goes on where it was.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id; [`Error::Invalid`] for what is no URL to send to;
    /// [`Error::PreconditionFailed`] when it has another version than is [expected](Service::expecting).
    pub async fn change_webhook(&self, id: &str, change: &WebhookChange) -> Result<WebhookInfo, Error> {
        let url = change.url.as_deref().map(check_url).transpose()?.map(String::from);
        let (id, change) = (id.to_owned(), change.clone());
        let (scribe, expected) = (Scribe::of_service(self, self.clock().now()), self.expected().clone());
        self.db()
            .write(move |tx| {
                let before = find(tx, &id)?;
                expected.check(&shown::info(tx, &before)?)?;
                let mut row = before.clone();
                row.url = url.clone().unwrap_or(row.url);
                row.types = change.types.as_ref().map_or(row.types, ToString::to_string);
                row.paused = change.paused.unwrap_or(row.paused);
                let mut changes = Changes::default();
                changes.change("url", Some(&before.url), Some(&row.url));
                changes.change("types", Some(&before.types), Some(&row.types));
                changes.change("paused", Some(before.paused), Some(row.paused));
                if !changes.is_empty() {
                    // Whoever has put something right need not wait for the next attempt.
                    row.progress = Progress::behind(row.progress.acknowledged);
                    webhook::store(tx, &row)?;
                    tell(tx, &scribe, Action::WebhookUpdated, &row, &changes)?;
                }
                shown::info(tx, &row)
            })
            .await
    }

    /// Removes a webhook; nothing is sent any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id; [`Error::PreconditionFailed`] as [`Service::change_webhook`].
    pub async fn remove_webhook(&self, id: &str) -> Result<(), Error> {
        let id = id.to_owned();
        let (scribe, expected) = (Scribe::of_service(self, self.clock().now()), self.expected().clone());
        self.db()
            .write(move |tx| {
                let row = find(tx, &id)?;
                expected.check(&shown::info(tx, &row)?)?;
                webhook::delete(tx, row.id)?;
                let changes = Changes::default().without("url", &row.url);
                tell(tx, &scribe, Action::WebhookRemoved, &row, &changes)?;
                Ok(())
            })
            .await
    }

    /// Gives a webhook another secret; the one before signs too for 24 hours. When that time of an earlier change has not passed, the one
    /// that receivers had before goes on signing until it has, and the one in between never signs again.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn rotate_webhook_secret(&self, id: &str) -> Result<WebhookWithSecret, Error> {
        let secret = self.new_secret()?;
        let (id, now, shown) = (id.to_owned(), self.clock().now(), show(&secret));
        let scribe = Scribe::of_service(self, now);
        let info = self
            .db()
            .write(move |tx| {
                let mut row = find(tx, &id)?;
                let replaced = std::mem::replace(&mut row.secret, secret.to_vec());
                let known = row.old_secret.take().filter(|(_, until)| *until > now);
                row.old_secret = Some(known.unwrap_or((replaced, now + ROTATION)));
                webhook::store(tx, &row)?;
                tell(tx, &scribe, Action::WebhookRotated, &row, &Changes::default())?;
                shown::info(tx, &row)
            })
            .await?;
        Ok(WebhookWithSecret { info, secret: shown })
    }

    /// Sends events anew, with the ids that they had, from the one of that sequence on.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id; [`Error::Invalid`] for a place before the oldest event that is kept, or
    /// behind the newest.
    pub async fn replay_webhook(&self, id: &str, from: i64) -> Result<WebhookInfo, Error> {
        let id = id.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let mut row = find(tx, &id)?;
                let (first, newest) = event::bounds(tx)?.unwrap_or((1, 0));
                if from < first || from > newest {
                    return Err(Error::Invalid(format!(
                        "the feed has the events {first} to {newest}: replay from one of them"
                    )));
                }
                row.progress = Progress::behind(from - 1);
                webhook::store(tx, &row)?;
                tell(tx, &scribe, Action::WebhookReplayed, &row, &Changes::default().with("from", from))?;
                shown::info(tx, &row)
            })
            .await
    }

    fn new_secret(&self) -> Result<[u8; 32], Error> {
        self.entropy().secret().map_err(|error| Error::Internal(format!("no randomness: {error}")))
    }
}

fn show(secret: &[u8]) -> SecretString {
    format!("whsec_{}", BASE64.encode(secret)).into()
}

fn last(tx: &Tx<'_>) -> Result<i64, Error> {
    Ok(event::bounds(tx)?.map_or(0, |(_, last)| last))
}

/// Where events may be sent. Which addresses a name leads to is checked at each delivery (threat S39).
fn check_url(text: &str) -> Result<Url, Error> {
    let wrong = |why: &str| Error::Invalid(format!("url: {why}"));
    if text.len() > URL_BYTES {
        return Err(wrong("it is longer than 2048 bytes"));
    }
    let url = Url::parse(text).map_err(|error| wrong(&format!("this is no URL: {error}")))?;
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return Err(wrong("write https:// and a host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "leave out user and password: events are signed, and the receiver checks the signature",
        ));
    }
    if url.fragment().is_some() {
        return Err(wrong("leave out what stands behind the #: it is never sent"));
    }
    Ok(url)
}

fn find(tx: &Tx<'_>, id: &str) -> Result<WebhookRow, Error> {
    let missing = || Error::NotFound(format!("there is no webhook {id:?}; list them: enroll webhook list"));
    let parsed: WebhookId = id.parse().map_err(|_| missing())?;
    webhook::find(tx, parsed)?.ok_or_else(missing)
}

fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    action: Action,
    row: &WebhookRow,
    changes: &Changes,
) -> Result<Told, Error> {
    let (id, host) = (row.id.to_string(), shown::host(&row.url));
    Ok(scribe.write_global(tx, action, (SubjectKind::Webhook, &id, &host), changes)?)
}
