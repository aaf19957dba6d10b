//! A service provider, a connection and a begun sign-in.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use enroll_saml::{
    AttributeMapping, Begun, Certificate, Certificates, Connection, Endpoint, EntityId, Finished, Identity,
    IdentityProvider, Preset, Reason, ServiceProvider, Skew, begin, finish,
};
use enroll_testkit::idp::{Dialect, KeyKind, ResponseSpec, SigningKey};
use jiff::Timestamp;

pub(crate) const ISSUER: &str = "https://idp.example/entity";
pub(crate) const ENTITY_ID: &str = "https://enroll.example/saml/metadata";
pub(crate) const ACS: &str = "https://enroll.example/saml/acs";

/// The identity provider's key, made once.
pub(crate) fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(KeyKind::Rsa2048))
}

/// A key that nobody configured.
pub(crate) fn foreign_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(KeyKind::Rsa2048))
}

pub(crate) struct World {
    pub(crate) service_provider: ServiceProvider,
    pub(crate) connection: Connection,
    pub(crate) begun: Begun,
    pub(crate) now: Timestamp,
}

impl World {
    pub(crate) fn new(preset: Preset) -> Self {
        Self::with_keys(preset, &[key()])
    }

    pub(crate) fn with_keys(preset: Preset, keys: &[&SigningKey]) -> Self {
        let certificates = keys.iter().map(|key| Certificate::from_der(key.certificate()).unwrap());
        let service_provider = ServiceProvider {
            entity_id: EntityId::new(ENTITY_ID).unwrap(),
            acs: Endpoint::new(ACS).unwrap(),
            logout: None,
        };
        let connection = Connection {
            identity_provider: IdentityProvider {
                entity_id: EntityId::new(ISSUER).unwrap(),
                sign_in: Endpoint::new("https://idp.example/sso?app=1").unwrap(),
                logout: None,
                certificates: Certificates::new(certificates).unwrap(),
            },
            allow_idp_initiated: false,
            skew: Skew::default(),
            mapping: AttributeMapping::preset(preset),
        };
        let now = "2026-11-26T12:00:00Z".parse().unwrap();
        let begun = begin(&service_provider, &connection, now, &[7; 32]);
        Self { service_provider, connection, begun, now }
    }

    /// The world that fits a dialect.
    pub(crate) fn of(dialect: Dialect) -> Self {
        Self::new(if dialect == Dialect::Okta { Preset::Okta } else { Preset::Entra })
    }

    /// A good response to the begun sign-in.
    pub(crate) fn spec(&self, dialect: Dialect) -> ResponseSpec {
        let request = Some(self.begun.pending.request_id.as_str());
        ResponseSpec::new(dialect, ISSUER, ENTITY_ID, ACS, request, self.now)
    }

    /// What becomes of a form field. No answer may take a second (threats.md, head): here, without optimization and on a
    /// machine that does other things too, five.
    pub(crate) fn finish_field(&self, field: &str) -> Finished {
        let begun = Instant::now();
        let pending = Some(&self.begun.pending);
        let finished = finish(&self.service_provider, &self.connection, pending, field, self.now);
        assert!(begun.elapsed() < Duration::from_secs(5), "took {:?}", begun.elapsed());
        finished
    }

    pub(crate) fn finish_xml(&self, xml: impl AsRef<[u8]>) -> Finished {
        self.finish_field(&STANDARD.encode(xml))
    }

    pub(crate) fn identity(&self, spec: &ResponseSpec) -> Identity {
        self.finish_xml(spec.xml(key())).outcome.unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// Why a document is refused.
    pub(crate) fn refusal_of_xml(&self, xml: impl AsRef<[u8]>) -> Reason {
        self.finish_xml(xml).outcome.expect_err("the document is accepted").reason()
    }

    /// Why a response is refused that is signed by the right key.
    pub(crate) fn refusal(&self, spec: &ResponseSpec) -> Reason {
        self.refusal_of_xml(spec.xml(key()))
    }
}
