//! The keys that sign ID tokens (OpenID Connect Core 1.0 §10). They are in the database, so that every replica signs with the same.
//!
//! A new key is published before anything is signed with it, and the old one stays published after that, so that no client sees
//! a signature of a key that it cannot find.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::{SigningAlgorithm, SigningKeyId};
use enroll_store::oidc::signing_key::{self, SigningKeyRow};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::audit::{Changes, Scribe};
use crate::{Error, Service};

/// After this time a key is replaced.
const LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A new key is published for so long before it signs: twice as long as clients may keep the set.
const LEAD: SignedDuration = SignedDuration::from_mins(10);

/// A replaced key is published for so long.
const OVERLAP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What stands in front of an RSA key in PKCS #8 (RFC 8017 §A.1, RFC 5958 §2) after the length of the whole: version 0, rsaEncryption,
/// and the tag of the octets that hold the key in PKCS #1.
const RSA_PREFIX: [u8; 20] =
    [2, 1, 0, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0, 4, 0x82];

impl Service {
    /// The public keys with which clients check signatures (RFC 7517 §5).
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Internal`] when no key can be made.
    pub async fn key_set(&self) -> Result<JwkSet, Error> {
        let keys = self.signing_keys().await?.iter().map(public).collect::<Result<_, _>>()?;
        Ok(JwkSet { keys })
    }

    /// Makes new keys. They are published at once and sign ten minutes later; the old ones are published for another week.
    ///
    /// # Errors
    /// As [`Service::key_set`].
    pub async fn rotate_signing_keys(&self) -> Result<(), Error> {
        for algorithm in SigningAlgorithm::ALL {
            self.make_key(*algorithm, true).await?;
        }
        Ok(())
    }

    /// The keys, after those that are missing or too old were made.
    async fn signing_keys(&self) -> Result<Vec<SigningKeyRow>, Error> {
        let now = self.clock().now();
        let mut made = false;
        let keys = self.db().look_up_one(signing_key::list)?;
        for algorithm in SigningAlgorithm::ALL {
            if !keys.iter().any(|key| is_young(key, *algorithm, now)) {
                self.make_key(*algorithm, false).await?;
                made = true;
            }
        }
        if made { Ok(self.db().look_up_one(signing_key::list)?) } else { Ok(keys) }
    }

    async fn make_key(&self, algorithm: SigningAlgorithm, whatever_is_there: bool) -> Result<(), Error> {
        let now = self.clock().now();
        let id = SigningKeyId::new(now, &self.entropy().id());
        let made = tokio::task::spawn_blocking(move || generate(algorithm)).await;
        let private_key = made.map_err(|_| Error::Internal("making a key has panicked".to_owned()))??;
        let row = SigningKeyRow { id, algorithm, private_key, created: now, replaced: None };
        let scribe = Scribe::of_service(self, now);
        self.db()
            .write(move |tx| {
                // Another process may have been faster.
                let there = signing_key::list(tx)?.iter().any(|key| is_young(key, algorithm, now));
                if there && !whatever_is_there {
                    return Ok(());
                }
                signing_key::forget(tx, now.checked_sub(OVERLAP).unwrap_or(Timestamp::MIN))?;
                signing_key::replace(tx, algorithm, now)?;
                signing_key::insert(tx, &row)?;
                let id = row.id.to_string();
                let subject = (SubjectKind::SigningKey, id.as_str(), algorithm.as_str());
                Ok(scribe
                    .write_global(tx, Action::SigningKeyCreated, subject, &Changes::default())
                    .map(drop)?)
            })
            .await
    }

    /// Signs claims, with `typ` in the head.
    pub(super) async fn sign<T: Serialize + Sync>(
        &self,
        algorithm: SigningAlgorithm,
        typ: &str,
        claims: &T,
    ) -> Result<String, Error> {
        let published = self.clock().now().checked_sub(LEAD).unwrap_or(Timestamp::MIN);
        let keys = self.signing_keys().await?;
        let mut of_algorithm = keys.iter().filter(|key| key.algorithm == algorithm).peekable();
        let oldest = of_algorithm.peek().copied();
        let key = of_algorithm.rfind(|key| key.created <= published).or(oldest);
        let key = key.ok_or_else(|| Error::Internal("there is no key to sign with".to_owned()))?;
        let mut header = Header::new(jose(algorithm));
        header.typ = Some(typ.to_owned());
        header.kid = Some(key.id.to_string());
        jsonwebtoken::encode(&header, claims, &private(key)).map_err(|error| fault(&error))
    }

    /// The claims of a token that this service has signed, however old; `None` for any other text. The caller looks at what they
    /// say.
    pub(super) async fn read_own<T: DeserializeOwned>(&self, token: &str) -> Result<Option<T>, Error> {
        let Ok(header) = jsonwebtoken::decode_header(token) else { return Ok(None) };
        let keys = self.signing_keys().await?;
        let Some(key) = keys.iter().find(|key| Some(key.id.to_string()) == header.kid) else {
            return Ok(None);
        };
        let decoding = DecodingKey::from_jwk(&public(key)?).map_err(|error| fault(&error))?;
        let mut validation = Validation::new(jose(key.algorithm));
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.set_required_spec_claims::<&str>(&[]);
        validation.set_issuer(&[self.public_url().as_str()]);
        Ok(jsonwebtoken::decode(token, &decoding, &validation).ok().map(|token| token.claims))
    }
}

fn is_young(key: &SigningKeyRow, algorithm: SigningAlgorithm, now: Timestamp) -> bool {
    key.algorithm == algorithm && key.replaced.is_none() && now.duration_since(key.created) < LIFE
}

const fn jose(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::Rs256 => Algorithm::RS256,
        SigningAlgorithm::Es256 => Algorithm::ES256,
    }
}

fn private(key: &SigningKeyRow) -> EncodingKey {
    match key.algorithm {
        SigningAlgorithm::Rs256 => EncodingKey::from_rsa_der(&key.private_key),
        SigningAlgorithm::Es256 => EncodingKey::from_ec_der(&key.private_key),
    }
}

fn public(key: &SigningKeyRow) -> Result<Jwk, Error> {
    let mut jwk =
        Jwk::from_encoding_key(&private(key), jose(key.algorithm)).map_err(|error| fault(&error))?;
    jwk.common.key_id = Some(key.id.to_string());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok(jwk)
}

/// A new private key, in the form that the JOSE library signs with.
fn generate(algorithm: SigningAlgorithm) -> Result<Vec<u8>, Error> {
    let failed = |_| Error::Internal("no key could be made".to_owned());
    match algorithm {
        SigningAlgorithm::Es256 => {
            let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?;
            Ok(key.to_pkcs8v1().map_err(failed)?.as_ref().to_vec())
        }
        SigningAlgorithm::Rs256 => {
            let key = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?.as_der().map_err(failed)?;
            pkcs1(key.as_ref()).ok_or_else(|| Error::Internal("an RSA key has another form".to_owned()))
        }
    }
}

/// The PKCS #1 form inside an RSA key of 2048 bits in PKCS #8.
fn pkcs1(pkcs8: &[u8]) -> Option<Vec<u8>> {
    let (_, inner) = pkcs8.split_at_checked(4)?;
    let (prefix, inner) = inner.split_at_checked(RSA_PREFIX.len())?;
    let (length, key) = inner.split_at_checked(2)?;
    let length = usize::from(u16::from_be_bytes(length.try_into().ok()?));
    (prefix == RSA_PREFIX && length == key.len()).then(|| key.to_vec())
}

fn fault(error: &jsonwebtoken::errors::Error) -> Error {
    Error::Internal(format!("a token cannot be signed or a key cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use enroll_domain::{SigningAlgorithm, SigningKeyId};
    use jiff::Timestamp;
    use jsonwebtoken::{DecodingKey, Header, Validation};
    use serde_json::{Value, json};

    use super::{SigningKeyRow, generate, jose, private, public};

    #[test]
    fn a_new_key_signs_what_its_public_half_checks() {
        for algorithm in SigningAlgorithm::ALL {
            let id = SigningKeyId::new(Timestamp::UNIX_EPOCH, &[1; 10]);
            let private_key = generate(*algorithm).unwrap();
            let row = SigningKeyRow {
                id,
                algorithm: *algorithm,
                private_key,
                created: Timestamp::UNIX_EPOCH,
                replaced: None,
            };
            let claims = json!({"sub": "ada", "exp": 4_000_000_000_u64});
            let token =
                jsonwebtoken::encode(&Header::new(jose(*algorithm)), &claims, &private(&row)).unwrap();
            let jwk = public(&row).unwrap();
            let shown = serde_json::to_value(&jwk).unwrap();
            assert_eq!((&shown["use"], &shown["alg"]), (&json!("sig"), &json!(algorithm.as_str())));
            assert!(shown.get("d").is_none() && shown.get("p").is_none(), "no private half is shown");
            let key = DecodingKey::from_jwk(&jwk).unwrap();
            let read =
                jsonwebtoken::decode::<Value>(&token, &key, &Validation::new(jose(*algorithm))).unwrap();
            assert_eq!(read.claims, claims);
        }
    }
}
