//! The settings of a connection: as an administrator gives them, as they are stored, and as the crate `saml` takes them.

use enroll_domain::DirectoryId;
use enroll_domain::sign_in::{GroupsPolicy, JoinTo, SsoPreset};
use enroll_saml::{
    AttributeMapping, Certificate, CertificateError, Certificates, Connection, Endpoint, EntityId,
    IdentityProvider, InvalidSetting, JoinBy, Preset, Skew, metadata,
};
use enroll_store::{Tx, sign_in};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::Error;

/// Longest name of an attribute, in bytes.
const ATTRIBUTE_BYTES: usize = 512;

/// Settings of a connection as an administrator gives them; what is not given stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct SsoSettings {
    /// The identity provider's metadata, as XML. It stands for the four that follow.
    pub metadata: Option<String>,
    /// Where its metadata is fetched from, now and every day; null stops that and leaves the connection as it is. Whoever
    /// gives a URL gives what it has fetched there as `metadata`: see [`SsoSettings::to_fetch`].
    #[serde(deserialize_with = "nullable")]
    #[schemars(extend("x-null-means" = true))]
    pub metadata_url: Option<Option<String>>,
    /// The identity provider's entity ID.
    pub entity_id: Option<String>,
    /// Where sign-ins begin there.
    pub sign_in_url: Option<String>,
    /// Where logouts go there; null for nowhere.
    #[serde(deserialize_with = "nullable")]
    #[schemars(extend("x-null-means" = true))]
    pub logout_url: Option<Option<String>>,
    /// Its signing certificates, as PEM or base64.
    pub certificates: Option<Vec<String>>,
    /// Whose names attributes have; null for nobody's.
    #[serde(deserialize_with = "nullable")]
    #[schemars(extend("x-null-means" = true))]
    pub preset: Option<Option<SsoPreset>>,
    /// The names of attributes that are called otherwise; null for none.
    #[serde(deserialize_with = "nullable")]
    #[schemars(extend("x-null-means" = true))]
    pub attributes: Option<Option<SsoAttributes>>,
    /// How users are found.
    pub join: Option<Join>,
    /// Whether users who are not there are made.
    pub jit: Option<bool>,
    /// Whether sign-ins may begin at the identity provider.
    pub allow_idp_initiated: Option<bool>,
    /// What groups in an assertion do; null for the default: merged until SCIM pushes a group, ignored from then on.
    #[serde(deserialize_with = "nullable")]
    #[schemars(extend("x-null-means" = true))]
    pub groups: Option<Option<GroupsPolicy>>,
    /// How far the clocks may be apart, in seconds.
    #[schemars(range(min = 0, max = 180))]
    pub skew_seconds: Option<i64>,
    /// The e-mail domains whose people sign in by this connection; null for none.
    #[serde(deserialize_with = "nullable")]
    #[schemars(extend("x-null-means" = true))]
    pub domains: Option<Option<Vec<String>>>,
}

/// A member that `null` clears.
fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl SsoSettings {
    /// The URL whose document has to be fetched before these settings can be applied, and goes into `metadata`.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is none that metadata is fetched from, or when what it stands for is given too.
    pub fn to_fetch(&self) -> Result<Option<&str>, Error> {
        let Some(Some(url)) = &self.metadata_url else { return Ok(None) };
        if Endpoint::new(url).is_err() {
            return Err(Error::Invalid(
                "metadataUrl: metadata is fetched from an https:// URL of at most 2,048 characters"
                    .to_owned(),
            ));
        }
        if self.metadata.is_some() || self.describes() {
            return Err(Error::Invalid(
                "metadataUrl stands for metadata, entityId, signInUrl, logoutUrl and certificates: give it or them".to_owned(),
            ));
        }
        Ok(Some(url))
    }

    /// Whether the identity provider is described by its parts.
    fn describes(&self) -> bool {
        self.entity_id.is_some()
            || self.sign_in_url.is_some()
            || self.logout_url.is_some()
            || self.certificates.is_some()
    }

    /// Whether an administrator describes the identity provider otherwise than by a URL.
    pub(super) fn by_hand(&self) -> bool {
        !matches!(self.metadata_url, Some(Some(_))) && (self.metadata.is_some() || self.describes())
    }
}

/// How users are found: by the NameID or one attribute, compared with one attribute of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Join {
    /// The attribute of the assertion; without, the NameID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The attribute of the user.
    pub to: JoinTo,
}

/// Names of attributes in assertions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct SsoAttributes {
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The name to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The names of the groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<String>,
}

/// A connection as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stored {
    pub(crate) entity_id: String,
    pub(crate) sign_in_url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) logout_url: Option<String>,
    pub(crate) certificates: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preset: Option<SsoPreset>,
    #[serde(default)]
    pub(crate) attributes: SsoAttributes,
    pub(crate) join: Join,
    pub(crate) jit: bool,
    pub(crate) allow_idp_initiated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) groups: Option<GroupsPolicy>,
    pub(crate) skew_seconds: i64,
}

/// The connection of a directory, if it has one.
///
/// # Errors
/// The store fails.
pub(crate) fn stored(tx: &Tx<'_>, directory: DirectoryId) -> Result<Option<Stored>, Error> {
    let Some(text) = sign_in::connection(tx, directory)? else { return Ok(None) };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| Error::Internal(format!("the stored connection of {directory}: {error}")))
}

impl Stored {
    /// These settings after a change; a connection that is new needs the four that metadata gives. Gives what the administrator has to
    /// know besides.
    ///
    /// # Errors
    /// [`Error::Invalid`]
    pub(super) fn changed(before: Option<Self>, change: SsoSettings) -> Result<(Self, Vec<String>), Error> {
        let mut notes = Vec::new();
        let mut stored = match before {
            Some(stored) => stored,
            None => Self {
                entity_id: String::new(),
                sign_in_url: String::new(),
                logout_url: None,
                certificates: Vec::new(),
                preset: None,
                attributes: SsoAttributes::default(),
                join: Join { attribute: None, to: JoinTo::UserName },
                jit: false,
                allow_idp_initiated: false,
                groups: None,
                skew_seconds: Skew::default().as_duration().as_secs(),
            },
        };
        if let Some(text) = &change.metadata {
            let read = metadata::read(text.as_bytes()).map_err(|error| Error::Invalid(error.to_string()))?;
            notes.extend(stored.describe(&read));
        }
        let set = |to: &mut String, value: Option<String>| {
            if let Some(value) = value {
                *to = value;
            }
        };
        set(&mut stored.entity_id, change.entity_id);
        set(&mut stored.sign_in_url, change.sign_in_url);
        stored.logout_url = change.logout_url.unwrap_or(stored.logout_url);
        stored.certificates = change.certificates.unwrap_or(stored.certificates);
        stored.preset = change.preset.unwrap_or(stored.preset);
        stored.attributes = change.attributes.map_or(stored.attributes, Option::unwrap_or_default);
        stored.join = change.join.unwrap_or(stored.join);
        stored.jit = change.jit.unwrap_or(stored.jit);
        stored.allow_idp_initiated = change.allow_idp_initiated.unwrap_or(stored.allow_idp_initiated);
        stored.groups = change.groups.unwrap_or(stored.groups);
        stored.skew_seconds = change.skew_seconds.unwrap_or(stored.skew_seconds);
        // One form is stored, whichever was given.
        let read = stored.connection()?;
        stored.certificates =
            read.identity_provider.certificates.iter().map(Certificate::to_base64).collect();
        stored.names()?;
        if stored.groups == Some(GroupsPolicy::Replace) && read.mapping.groups.is_none() {
            return Err(Error::Invalid(
                "groups: to replace groups at sign-in, the groups attribute has to be named".to_owned(),
            ));
        }
        Ok((stored, notes))
    }

    /// Takes over what metadata says of the identity provider, and gives what is to be done there.
    pub(super) fn describe(&mut self, metadata: &metadata::Metadata) -> Vec<String> {
        let of = &metadata.identity_provider;
        self.entity_id = of.entity_id.as_str().to_owned();
        self.sign_in_url = of.sign_in.as_str().to_owned();
        self.logout_url = of.logout.as_ref().map(|logout| logout.as_str().to_owned());
        self.certificates = of.certificates.iter().map(Certificate::to_base64).collect();
        let unsigned = "the metadata says that sign-in requests have to be signed; they are not: switch that off in the identity provider";
        metadata.wants_signed_requests.then(|| unsigned.to_owned()).into_iter().collect()
    }

    /// As it is stored.
    ///
    /// # Errors
    /// [`Error::Internal`]
    pub(super) fn text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::Internal(format!("a connection as JSON: {error}")))
    }

    /// Checks the names of attributes.
    fn names(&self) -> Result<(), Error> {
        let SsoAttributes { email, given_name, family_name, display_name, groups } = &self.attributes;
        let all = [email, given_name, family_name, display_name, groups, &self.join.attribute];
        for name in all.into_iter().flatten() {
            if name.is_empty() || name.len() > ATTRIBUTE_BYTES || name.chars().any(char::is_control) {
                return Err(Error::Invalid(format!(
                    "the name of an attribute has 1 to {ATTRIBUTE_BYTES} bytes, none of them a control character"
                )));
            }
        }
        Ok(())
    }

    /// As the crate `saml` takes it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what no connection can have.
    pub(crate) fn connection(&self) -> Result<Connection, Error> {
        let setting = |error: InvalidSetting| Error::Invalid(error.to_string());
        let certificate = |error: CertificateError| Error::Invalid(error.to_string());
        if self.entity_id.is_empty() && self.sign_in_url.is_empty() {
            return Err(Error::Invalid(
                "a new connection needs the metadata of the identity provider, or its entityId, signInUrl and certificates".to_owned(),
            ));
        }
        let certificates = self.certificates.iter().map(|text| Certificate::from_text(text));
        let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(certificate)?;
        Ok(Connection {
            identity_provider: IdentityProvider {
                entity_id: EntityId::new(&self.entity_id).map_err(setting)?,
                sign_in: Endpoint::new(&self.sign_in_url).map_err(setting)?,
                logout: self.logout_url.as_deref().map(Endpoint::new).transpose().map_err(setting)?,
                certificates: Certificates::new(certificates).map_err(certificate)?,
            },
            allow_idp_initiated: self.allow_idp_initiated,
            skew: Skew::from_secs(self.skew_seconds).map_err(setting)?,
            mapping: self.mapping(),
        })
    }

    /// The names of attributes: those that are given, else those of the preset.
    pub(super) fn mapping(&self) -> AttributeMapping {
        let mut mapping = match self.preset {
            Some(SsoPreset::Okta) => AttributeMapping::preset(Preset::Okta),
            Some(SsoPreset::Entra) => AttributeMapping::preset(Preset::Entra),
            None => AttributeMapping {
                join_by: JoinBy::NameId,
                email: None,
                given_name: None,
                family_name: None,
                display_name: None,
                groups: None,
            },
        };
        let named = self.attributes.clone();
        let set = |to: &mut Option<String>, name: Option<String>| {
            if name.is_some() {
                *to = name;
            }
        };
        set(&mut mapping.email, named.email);
        set(&mut mapping.given_name, named.given_name);
        set(&mut mapping.family_name, named.family_name);
        set(&mut mapping.display_name, named.display_name);
        set(&mut mapping.groups, named.groups);
        if let Some(attribute) = &self.join.attribute {
            mapping.join_by = JoinBy::Attribute(attribute.clone());
        }
        mapping
    }
}
