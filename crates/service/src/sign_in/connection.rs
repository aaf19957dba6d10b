//! A directory's connection to its identity provider, as an administrator sees and changes it.

use enroll_domain::DirectoryId;
use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::sign_in::{GroupsPolicy, SsoPreset};
use enroll_domain::time::Moment;
use enroll_saml::{Certificate, Endpoint, EntityId, ServiceProvider, metadata};
use enroll_store::directory::DirectoryRow;
use enroll_store::sso_metadata::{self, SsoMetadataRow};
use enroll_store::{Tx, sign_in, sign_in_domain};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::domains;
use super::refresh::MetadataRefresh;
use super::settings::{Join, SsoAttributes, SsoSettings, Stored, stored};
use crate::admin::find_directory;
use crate::audit::{Changes, Scribe};
use crate::{Error, Service};

/// The directory whose addresses name no directory.
const DEFAULT: &str = "default";

/// A connection as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SsoInfo {
    /// The directory's name.
    pub directory: String,
    /// What to enter in the identity provider: our entity ID, its audience.
    pub service_provider_entity_id: String,
    /// What to enter in the identity provider: where it posts responses.
    pub acs_url: String,
    /// Where our metadata is.
    pub service_provider_metadata_url: String,
    /// What to enter in the identity provider for single logout.
    pub logout_service_url: String,
    /// Where people begin to sign in.
    pub login_url: String,
    /// The identity provider's entity ID.
    pub entity_id: String,
    /// Where sign-ins begin there.
    pub sign_in_url: String,
    /// Where logouts go there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logout_url: Option<String>,
    /// Its signing certificates.
    pub certificates: Vec<CertificateInfo>,
    /// Whose names attributes have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<SsoPreset>,
    /// The names of attributes in force.
    pub attributes: SsoAttributes,
    /// How users are found.
    pub join: Join,
    /// Whether users who are not there are made.
    pub jit: bool,
    /// Whether sign-ins may begin at the identity provider.
    pub allow_idp_initiated: bool,
    /// What groups in an assertion do; absent: they are merged until SCIM has pushed a group, and ignored from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupsPolicy>,
    /// How far the clocks may be apart, in seconds.
    pub skew_seconds: i64,
    /// The e-mail domains whose people sign in by it.
    pub domains: Vec<String>,
    /// Where the identity provider's metadata is fetched from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_url: Option<String>,
    /// What came of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_refresh: Option<MetadataRefresh>,
    /// What is to be done in the identity provider.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A signing certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateInfo {
    /// Its SHA-256 in hexadecimal digits.
    pub fingerprint: String,
    /// Whom it is made out to.
    pub subject: String,
    /// From when it says that it is valid.
    #[schemars(with = "Moment")]
    pub not_before: Timestamp,
    /// Until when.
    #[schemars(with = "Moment")]
    pub not_after: Timestamp,
    /// Whether that has passed. It verifies all the same.
    pub expired: bool,
}

impl Service {
    /// The connection of a directory.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, or it has none.
    pub async fn sso(&self, directory: &str) -> Result<SsoInfo, Error> {
        let (service, name) = (self.clone(), directory.to_owned());
        self.db()
            .read(move |tx| {
                let (row, stored) = connected(tx, &name)?;
                service.info(tx, &row, stored, Vec::new())
            })
            .await
    }

    /// Changes the connection of a directory, or makes it one; what is not given stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, [`Error::Invalid`] for settings that no connection can have,
    /// [`Error::Conflict`] when the public URL is none that identity providers take.
    pub async fn set_sso(&self, directory: &str, settings: SsoSettings) -> Result<SsoInfo, Error> {
        let (service, name) = (self.clone(), directory.to_owned());
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find_directory(tx, &name)?;
                let before = stored(tx, row.id)?;
                let (after, mut notes) = Stored::changed(before.clone(), settings.clone())?;
                let mut changes = changes(before.as_ref(), Some(&after));
                if before.as_ref() != Some(&after) {
                    sign_in::set_connection(tx, row.id, &after.text()?, scribe.now())?;
                }
                if let Some(given) = &settings.domains {
                    let wanted = domains::domains(given.as_deref().unwrap_or_default())?;
                    let before = domains::set(tx, row.id, &wanted)?;
                    changes.change("domains", Some(before), Some(wanted));
                }
                let url = sso_metadata::find(tx, row.id)?.map(|noted| noted.url);
                if settings.by_hand() && settings.metadata_url.is_none() && url.is_some() {
                    notes.push("the metadata is not fetched any more, as the identity provider was described by hand".to_owned());
                }
                let wanted = match &settings.metadata_url {
                    Some(wanted) => wanted.clone(),
                    None => url.clone().filter(|_| !settings.by_hand()),
                };
                fetched(tx, row.id, &settings, wanted.as_deref(), scribe.now())?;
                changes.change("metadataUrl", url, wanted);
                if !changes.is_empty() || before.as_ref() != Some(&after) {
                    tell(tx, &scribe, Action::SsoUpdated, &row, &changes)?;
                }
                service.info(tx, &row, after, notes)
            })
            .await
    }

    /// Removes the connection of a directory: nobody signs in by it any more. Sessions go on.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, or it has none.
    pub async fn remove_sso(&self, directory: &str) -> Result<(), Error> {
        let name = directory.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let (row, before) = connected(tx, &name)?;
                sign_in::delete_connection(tx, row.id)?;
                tell(tx, &scribe, Action::SsoRemoved, &row, &changes(Some(&before), None))
            })
            .await
    }

    /// This service's metadata for a directory's identity provider, whether it has a connection yet or not: it is what an
    /// administrator brings there first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory; [`Error::Conflict`].
    pub async fn saml_metadata(&self, directory: &str) -> Result<String, Error> {
        let row = self.db().look_up(|tx| find_directory(tx, directory))?;
        let ours = self.service_provider(row.name.as_str())?;
        let key = self.saml_key().await?;
        Ok(metadata::service_provider_with_key(&ours, key.certificate()))
    }

    /// This service as a directory's identity provider knows it.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the public URL is none that identity providers take.
    pub(super) fn service_provider(&self, directory: &str) -> Result<ServiceProvider, Error> {
        let base = self.saml_base(directory);
        let unusable = |error: enroll_saml::InvalidSetting| {
            Error::Conflict(format!(
                "the public URL {} cannot be used for sign-in ({error}): set ENROLL_PUBLIC_URL",
                self.public_url()
            ))
        };
        Ok(ServiceProvider {
            entity_id: EntityId::new(&format!("{base}/metadata")).map_err(unusable)?,
            acs: Endpoint::new(&format!("{base}/acs")).map_err(unusable)?,
            logout: Some(Endpoint::new(&format!("{base}/logout")).map_err(unusable)?),
        })
    }

    fn saml_base(&self, directory: &str) -> String {
        format!("{}{}", self.public_url(), saml_path(directory))
    }

    pub(super) fn info(
        &self,
        tx: &Tx<'_>,
        row: &DirectoryRow,
        stored: Stored,
        notes: Vec<String>,
    ) -> Result<SsoInfo, Error> {
        let noted = sso_metadata::find(tx, row.id)?;
        let (directory, now) = (row.name.to_string(), self.clock().now());
        let ours = self.service_provider(&directory)?;
        let connection = stored.connection()?;
        let mapping = connection.mapping;
        let base = self.saml_base(&directory);
        let certificate = |certificate: &Certificate| CertificateInfo {
            fingerprint: certificate.fingerprint(),
            subject: certificate.subject().to_owned(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            expired: certificate.not_after() <= now,
        };
        Ok(SsoInfo {
            directory,
            service_provider_entity_id: ours.entity_id.as_str().to_owned(),
            acs_url: ours.acs.as_str().to_owned(),
            service_provider_metadata_url: format!("{base}/metadata"),
            domains: sign_in_domain::list(tx, row.id)?,
            metadata_url: noted.as_ref().map(|noted| noted.url.clone()),
            metadata_refresh: noted.map(MetadataRefresh::from),
            logout_service_url: format!("{base}/logout"),
            login_url: format!("{base}/login"),
            certificates: connection.identity_provider.certificates.iter().map(certificate).collect(),
            attributes: SsoAttributes {
                email: mapping.email,
                given_name: mapping.given_name,
                family_name: mapping.family_name,
                display_name: mapping.display_name,
                groups: mapping.groups,
            },
            entity_id: stored.entity_id,
            sign_in_url: stored.sign_in_url,
            logout_url: stored.logout_url,
            preset: stored.preset,
            join: stored.join,
            jit: stored.jit,
            allow_idp_initiated: stored.allow_idp_initiated,
            groups: stored.groups,
            skew_seconds: stored.skew_seconds,
            notes,
        })
    }
}

/// The path of a directory's addresses.
pub(super) fn saml_path(directory: &str) -> String {
    let of = if directory == DEFAULT { String::new() } else { format!("/{directory}") };
    format!("/saml{of}")
}

/// A directory with its connection.
pub(super) fn connected(tx: &Tx<'_>, name: &str) -> Result<(DirectoryRow, Stored), Error> {
    let row = find_directory(tx, name)?;
    let stored = stored(tx, row.id)?;
    let stored = stored.ok_or_else(|| {
        Error::NotFound(format!(
            "the directory {} has no sign-in connection; make one: enroll directory sso set --directory {} --metadata FILE",
            row.name, row.name
        ))
    })?;
    Ok((row, stored))
}

/// Keeps from where the metadata is fetched, when it was, or that it is not any more.
fn fetched(
    tx: &Tx<'_>,
    directory: DirectoryId,
    settings: &SsoSettings,
    wanted: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    match (&settings.metadata_url, wanted) {
        (Some(Some(url)), _) => {
            if settings.metadata.is_none() {
                return Err(Error::Internal("the metadata of a URL was not fetched".to_owned()));
            }
            let row =
                SsoMetadataRow { url: url.clone(), tried: now, fetched: now, failed: None, changed: None };
            Ok(sso_metadata::set(tx, directory, &row)?)
        }
        (_, None) => Ok(sso_metadata::delete(tx, directory)?),
        (_, Some(_)) => Ok(()),
    }
}

pub(super) fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    action: Action,
    row: &DirectoryRow,
    changes: &Changes,
) -> Result<(), Error> {
    let id = row.id.to_string();
    let subject = (SubjectKind::Directory, id.as_str(), row.name.as_str());
    Ok(scribe.write(tx, action, row.id, subject, changes).map(drop)?)
}

/// What an entry of the trail says of a change. Certificates stand in it by their fingerprints.
pub(super) fn changes(before: Option<&Stored>, after: Option<&Stored>) -> Changes {
    let prints = |stored: &Stored| -> Vec<String> {
        let read = |text: &String| Certificate::from_text(text).map(|certificate| certificate.fingerprint());
        stored.certificates.iter().filter_map(|text| read(text).ok()).collect()
    };
    let mut changes = Changes::default();
    changes.change("entityId", before.map(|s| &s.entity_id), after.map(|s| &s.entity_id));
    changes.change("signInUrl", before.map(|s| &s.sign_in_url), after.map(|s| &s.sign_in_url));
    changes.change("logoutUrl", before.map(|s| &s.logout_url), after.map(|s| &s.logout_url));
    changes.change("certificates", before.map(prints), after.map(prints));
    changes.change("join", before.map(|s| &s.join), after.map(|s| &s.join));
    changes.change("jit", before.map(|s| s.jit), after.map(|s| s.jit));
    changes.change(
        "allowIdpInitiated",
        before.map(|s| s.allow_idp_initiated),
        after.map(|s| s.allow_idp_initiated),
    );
    changes.change("groups", before.map(|s| s.groups), after.map(|s| s.groups));
    changes.change("preset", before.map(|s| s.preset), after.map(|s| s.preset));
    changes.change("attributes", before.map(|s| &s.attributes), after.map(|s| &s.attributes));
    changes
}
