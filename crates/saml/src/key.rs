//! The key of this service, which signs its logout messages.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};

use crate::certificate::{Certificate, CertificateError};

/// The signature algorithm.
const METHOD: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// A key of this service cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The private key.
    #[error("the private key is no RSA key in PKCS #8 form")]
    Private,
    /// The certificate.
    #[error("the certificate of the key: {0}")]
    Certificate(#[from] CertificateError),
}

/// An RSA key with its certificate. Identity providers want a certificate and look at nothing in it but the key.
pub struct ServiceKey {
    pair: RsaKeyPair,
    certificate: Certificate,
}

impl ServiceKey {
    /// Reads a key: PKCS #8 and DER.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn read(private_key: &[u8], certificate: &[u8]) -> Result<Self, KeyError> {
        let pair = RsaKeyPair::from_pkcs8(private_key).map_err(|_| KeyError::Private)?;
        Ok(Self { pair, certificate: Certificate::from_der(certificate)? })
    }

    /// Its certificate, for the metadata.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The URI of the signature algorithm.
    pub(crate) const fn method(&self) -> &'static str {
        METHOD
    }

    /// Signs. The scheme is deterministic (RFC 8017 §8.2): the randomness that is asked for blinds the computation.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        match self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature) {
            Ok(()) => signature,
            // Of a key that was read, only the length of the output could be wrong. What is empty verifies nowhere.
            Err(_) => Vec::new(),
        }
    }
}

/// The private half stays out of logs.
impl std::fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceKey").field("public", self.pair.public_key()).finish_non_exhaustive()
    }
}
