//! The metadata of an identity provider, fetched again (threat A17). Whoever calls this has fetched it: nothing here reaches the network.
//!
//! A document that cannot be taken changes nothing: the connection in force stays, and an administrator is told
//! (`docs/decisions/0020`).

use std::fmt;
use std::time::Duration;

use enroll_domain::DirectoryId;
use enroll_domain::audit::Action;
use enroll_domain::time::Moment;
use enroll_saml::{Certificate, Endpoint, metadata};
use enroll_store::directory::DirectoryRow;
use enroll_store::sso_metadata::{self, SsoMetadataRow};
use enroll_store::{Tx, directory, sign_in};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::connection::{SsoInfo, changes, connected, tell};
use super::settings::Stored;
use crate::audit::Scribe;
use crate::{Error, Service};

/// A document that has failed is fetched again after so long, if not before.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Documents fetched in one go.
const BATCH: u32 = 100;

/// Bytes of a document at most: what is read at most (threat A10).
pub const METADATA_BYTES: usize = enroll_saml::policy::MAX_DECODED_BYTES;

/// A value before and after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BeforeAfter {
    /// Before; `None` when there was none.
    pub before: Option<String>,
    /// After; `None` when there is none.
    pub after: Option<String>,
}

/// What a newer metadata document has changed in a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetadataChanges {
    /// The fingerprints of the signing certificates that have come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates_added: Vec<String>,
    /// The fingerprints of those that are gone: they verify nothing any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates_removed: Vec<String>,
    /// Where sign-ins begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_url: Option<BeforeAfter>,
    /// Where logouts go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logout_url: Option<BeforeAfter>,
}

impl MetadataChanges {
    fn of(differences: &metadata::Differences) -> Self {
        let prints = |all: &[Certificate]| all.iter().map(Certificate::fingerprint).collect();
        let url = |url: &Endpoint| Some(url.as_str().to_owned());
        Self {
            certificates_added: prints(&differences.added),
            certificates_removed: prints(&differences.removed),
            sign_in_url: differences
                .sign_in
                .as_ref()
                .map(|(before, after)| BeforeAfter { before: url(before), after: url(after) }),
            logout_url: differences.logout.as_ref().map(|(before, after)| BeforeAfter {
                before: before.as_ref().and_then(url),
                after: after.as_ref().and_then(url),
            }),
        }
    }

    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// In a sentence, for people.
impl fmt::Display for MetadataChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = |name: &str, change: &Option<BeforeAfter>| {
            let change = change.as_ref()?;
            let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
            Some(format!("{name} is {}, it was {}", or_none(&change.after), or_none(&change.before)))
        };
        let prints = |word: &str, prints: &[String]| {
            (!prints.is_empty()).then(|| format!("certificates {word}: {}", prints.join(", ")))
        };
        let parts = [
            prints("added", &self.certificates_added),
            prints("removed", &self.certificates_removed),
            url("the sign-in URL", &self.sign_in_url),
            url("the logout URL", &self.logout_url),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<String>>().join("; "))
    }
}

/// What came of fetching metadata the last time, as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetadataRefresh {
    /// When a document was last taken.
    #[schemars(with = "Moment")]
    pub fetched: Timestamp,
    /// When the last attempt has failed; absent after one that did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub failed: Option<Timestamp>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When a document has last changed the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub changed: Option<Timestamp>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<MetadataChanges>,
}

impl From<SsoMetadataRow> for MetadataRefresh {
    fn from(row: SsoMetadataRow) -> Self {
        let (failed, failure) = row.failed.unzip();
        let (changed, changes) = row.changed.unzip();
        let changes = changes.and_then(|text| serde_json::from_str(&text).ok());
        Self { fetched: row.fetched, failed, failure, changed, changes }
    }
}

/// What came of a refresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SsoRefresh {
    /// Whether the document was taken. If not, the connection is as it was.
    pub refreshed: bool,
    /// Why it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// What it has changed.
    pub changes: MetadataChanges,
    /// The connection now.
    pub sso: SsoInfo,
}

/// A connection whose metadata is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataSource {
    /// The directory.
    pub directory: DirectoryId,
    /// From where.
    pub url: String,
}

impl Service {
    /// The connections whose metadata was last fetched longer ago than `every`, those that have failed after an hour; 100 at most.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn sso_metadata_due(&self, every: Duration) -> Result<Vec<MetadataSource>, Error> {
        let now = self.clock().now();
        let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
        let ago = |time: SignedDuration| now.checked_sub(time).unwrap_or(Timestamp::MIN);
        let (good, failing) = (ago(every), ago(every.min(AGAIN)));
        self.db()
            .read(move |tx| {
                let due = sso_metadata::due(tx, good, failing, BATCH)?.into_iter();
                Ok(due.map(|(directory, url)| MetadataSource { directory, url }).collect())
            })
            .await
    }

    /// Where the metadata of a directory's connection is fetched from.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory or connection; [`Error::Conflict`] when its metadata is not fetched.
    pub async fn sso_metadata_source(&self, directory: &str) -> Result<MetadataSource, Error> {
        let name = directory.to_owned();
        self.db()
            .read(move |tx| {
                let (row, _) = connected(tx, &name)?;
                let source = sso_metadata::find(tx, row.id)?.ok_or_else(|| {
                    Error::Conflict(format!(
                        "the connection of {name} has no metadata URL; give it one: enroll directory sso set --directory {name} \
                         --metadata-url URL"
                    ))
                })?;
                Ok(MetadataSource { directory: row.id, url: source.url })
            })
            .await
    }

    /// Takes what was fetched, a document or the reason why there is none. New certificates are taken, and those that are not in it
    /// any more verify nothing from now on. One of another identity provider, without a signing certificate, or that
    /// cannot be read, is not taken.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the connection is gone; [`Error::Conflict`] when its metadata URL is another by now; [`Error::Store`].
    /// That the document is not taken is no error. Whatever else went wrong is kept as why it was not, so that it is not fetched
    /// again at once.
    pub async fn take_metadata(
        &self,
        source: &MetadataSource,
        fetched: Result<Vec<u8>, String>,
    ) -> Result<MetadataTaken, Error> {
        let scribe = Scribe::of_service(self, self.clock().now());
        let (of, told) = (source.clone(), scribe.clone());
        let written = self.db().write(move |tx| refreshed(tx, &scribe, &of, &fetched)).await;
        match written {
            Err(Error::Internal(fault)) => {
                tracing::error!(fault, url = %source.url, "metadata was not taken");
                let failure = "it cannot be taken; the log has the details".to_owned();
                let of = source.clone();
                self.db().write(move |tx| failed(tx, told.now(), &of, &failure)).await
            }
            written => written,
        }
    }

    /// As [`Service::take_metadata`], with the connection as it is then.
    ///
    /// # Errors
    /// As [`Service::take_metadata`] and [`Service::sso`].
    pub async fn refresh_sso(
        &self,
        source: &MetadataSource,
        fetched: Result<Vec<u8>, String>,
    ) -> Result<SsoRefresh, Error> {
        let MetadataTaken { directory, failure, changes, notes } =
            self.take_metadata(source, fetched).await?;
        let mut sso = self.sso(&directory).await?;
        sso.notes.extend(notes);
        Ok(SsoRefresh { refreshed: failure.is_none(), failure, changes, sso })
    }
}

/// What came of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataTaken {
    /// The directory's name.
    pub directory: String,
    /// Why it was not taken; `None` when it was.
    pub failure: Option<String>,
    /// What it has changed.
    pub changes: MetadataChanges,
    /// What is to be done in the identity provider.
    pub notes: Vec<String>,
}

/// The directory with what is known of its metadata.
fn noted(tx: &Tx<'_>, source: &MetadataSource) -> Result<(DirectoryRow, SsoMetadataRow), Error> {
    let gone = || Error::NotFound("the directory is gone".to_owned());
    let row = directory::find(tx, source.directory)?.ok_or_else(gone)?;
    let noted = sso_metadata::find(tx, row.id)?.filter(|noted| noted.url == source.url);
    let noted = noted
        .ok_or_else(|| Error::Conflict("the metadata URL was changed meanwhile: refresh again".to_owned()))?;
    Ok((row, noted))
}

/// Notes that a document was not taken; the connection stays as it is.
fn failed(
    tx: &Tx<'_>,
    now: Timestamp,
    source: &MetadataSource,
    failure: &str,
) -> Result<MetadataTaken, Error> {
    let (row, mut noted) = noted(tx, source)?;
    (noted.tried, noted.failed) = (now, Some((now, failure.to_owned())));
    sso_metadata::set(tx, row.id, &noted)?;
    Ok(MetadataTaken {
        directory: row.name.to_string(),
        failure: Some(failure.to_owned()),
        changes: MetadataChanges::default(),
        notes: Vec::new(),
    })
}

fn refreshed(
    tx: &Tx<'_>,
    scribe: &Scribe,
    source: &MetadataSource,
    fetched: &Result<Vec<u8>, String>,
) -> Result<MetadataTaken, Error> {
    let (row, mut noted) = noted(tx, source)?;
    let (row, before) = connected(tx, row.name.as_str())?;
    let now = scribe.now();
    let taken = fetched.as_ref().map_err(Clone::clone).and_then(|document| taken(&row, &before, document));
    let (after, changed, notes) = match taken {
        Ok(taken) => taken,
        Err(failure) => return failed(tx, now, source, &failure),
    };
    (noted.tried, noted.fetched, noted.failed) = (now, now, None);
    if !changed.is_empty() {
        sign_in::set_connection(tx, row.id, &after.text()?, now)?;
        noted.changed = Some((now, serde_json::to_string(&changed).unwrap_or_default()));
        let mut told = changes(Some(&before), Some(&after));
        told.note("metadataUrl", &noted.url);
        tell(tx, scribe, Action::SsoUpdated, &row, &told)?;
    }
    sso_metadata::set(tx, row.id, &noted)?;
    Ok(MetadataTaken { directory: row.name.to_string(), failure: None, changes: changed, notes })
}

/// The connection with what a document says, what that changes, and what an administrator has to know besides; or why the document
/// is not taken.
fn taken(
    row: &DirectoryRow,
    before: &Stored,
    document: &[u8],
) -> Result<(Stored, MetadataChanges, Vec<String>), String> {
    let read = metadata::read(document).map_err(|error| error.to_string())?;
    let known = before.connection().map_err(|error| error.to_string())?.identity_provider;
    let differences = metadata::differences(&known, &read.identity_provider);
    if let Some((known, found)) = &differences.entity_id {
        return Err(format!(
            "the metadata is of another identity provider: its entity ID is {}, that of the connection is {}. If that is meant, set the \
             URL anew: enroll directory sso set --directory {} --metadata-url URL",
            found.as_str(),
            known.as_str(),
            row.name
        ));
    }
    let mut after = before.clone();
    let notes = after.describe(&read);
    Ok((after, MetadataChanges::of(&differences), notes))
}
