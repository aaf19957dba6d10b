//! The key that signs logout messages. It is in the database, so that every replica signs with the same, and identity providers have its
//! certificate from the metadata.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use enroll_domain::audit::{Action, SubjectKind};
use enroll_saml::ServiceKey;
use enroll_store::saml_key::{self, SamlKeyRow};
use jiff::Timestamp;
use jiff::tz::Offset;
use tokio::sync::OnceCell;

use crate::audit::{Changes, Scribe};
use crate::{Error, Service};

/// What the key is for. One key serves all directories: the identity provider knows it by the metadata of its directory.
const PURPOSE: &str = "logout";

/// Years that the certificate says it is valid. Identity providers look at the key; a shorter time would end logout at a date
/// that nobody remembers.
const YEARS: i32 = 20;

/// The key, once it is known.
#[derive(Default)]
pub(crate) struct KeptSamlKey(OnceCell<ServiceKey>);

impl Service {
    /// The key, after it was made where there is none. It never changes: it is looked up and read once in a process, and who comes
    /// meanwhile waits for that.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Internal`] when no key can be made or read.
    pub(super) async fn saml_key(&self) -> Result<&ServiceKey, Error> {
        self.kept_saml_key().0.get_or_try_init(|| self.find_saml_key()).await
    }

    async fn find_saml_key(&self) -> Result<ServiceKey, Error> {
        let kept = self.db().look_up_one(|tx| saml_key::find(tx, PURPOSE))?;
        let row = match kept {
            Some(row) => row,
            None => self.make_saml_key().await?,
        };
        ServiceKey::read(&row.private_key, &row.certificate)
            .map_err(|error| Error::Internal(format!("the key for logout messages: {error}")))
    }

    async fn make_saml_key(&self) -> Result<SamlKeyRow, Error> {
        let now = self.clock().now();
        let made = tokio::task::spawn_blocking(move || generate(now)).await;
        let made = made.map_err(|_| Error::Internal("making a key has panicked".to_owned()))??;
        let scribe = Scribe::of_service(self, now);
        self.db()
            .write(move |tx| {
                if saml_key::insert(tx, PURPOSE, &made, now)? {
                    let subject = (SubjectKind::SigningKey, "saml", "saml");
                    scribe.write_global(tx, Action::SigningKeyCreated, subject, &Changes::default())?;
                }
                // Another process may have been faster: the first key is the one.
                let kept = saml_key::find(tx, PURPOSE)?;
                kept.ok_or_else(|| Error::Internal("the key for logout messages is gone".to_owned()))
            })
            .await
    }
}

/// A new key of 2048 bits with a certificate that it signs itself.
fn generate(now: Timestamp) -> Result<SamlKeyRow, Error> {
    let failed = |what: &str| Error::Internal(format!("no key for logout messages could be made: {what}"));
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| failed("the key"))?;
    let private_key = pair.as_der().map_err(|_| failed("its form"))?.as_ref().to_vec();
    let told = |error: rcgen::Error| failed(&error.to_string());
    let der = private_key.as_slice().into();
    let key = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_RSA_SHA256).map_err(told)?;
    let day = |years: i32| {
        let date = Offset::UTC.to_datetime(now).date();
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs().min(28));
        rcgen::date_time_ymd(i32::from(date.year()) + years, month, day)
    };
    let mut parameters = rcgen::CertificateParams::default();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "Enroll");
    // The day before, for clocks that are apart.
    parameters.not_before = day(-1);
    parameters.not_after = day(YEARS);
    let certificate = parameters.self_signed(&key).map_err(told)?.der().to_vec();
    Ok(SamlKeyRow { private_key, certificate })
}

#[cfg(test)]
mod tests {
    use enroll_saml::ServiceKey;
    use jiff::{SignedDuration, Timestamp};

    use super::generate;

    #[test]
    fn a_new_key_has_a_certificate_that_is_good_for_years() {
        let now: Timestamp = "2028-02-29T12:00:00Z".parse().unwrap();
        let row = generate(now).unwrap();
        let key = ServiceKey::read(&row.private_key, &row.certificate).unwrap();
        let certificate = key.certificate();
        assert!(certificate.not_before() < now);
        assert!(certificate.not_after().duration_since(now) > SignedDuration::from_hours(19 * 365 * 24));
        assert!(ServiceKey::read(&row.certificate, &row.certificate).is_err());
        assert!(!format!("{key:?}").contains("pair"));
    }
}
