//! Signing certificates of an identity provider: a key, and dates to show.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use x509_cert::Certificate as X509;
use x509_cert::der::asn1::UintRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, Encode, Header, SliceReader};

use crate::policy::MAX_CERTIFICATES;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const CURVES: [&str; 3] = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

/// A certificate cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// It cannot be read.
    #[error(
        "this is no X.509 certificate: paste the PEM text, from BEGIN CERTIFICATE to END CERTIFICATE, or its base64"
    )]
    Unreadable,
    /// Its key is too short or of a kind that is not used.
    #[error(
        "the certificate's key is not accepted: use RSA of 2,048 to 8,192 bits, or the elliptic curves P-256, P-384 or P-521"
    )]
    Key,
    /// There is none (A1).
    #[error("no signing certificate is given: without one nothing can be verified")]
    None,
    /// There are more than ten.
    #[error("more than {MAX_CERTIFICATES} signing certificates are given: remove those that are not in use")]
    TooMany,
}

/// A signing certificate.
///
/// What makes its key trusted is that an administrator gave it, not who signed it and not its dates: identity providers
/// sign with self-signed certificates and go on after they have expired, and refusing then would lock everybody out at a
/// date that nobody knew. The dates are shown, and warned about (A17).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    key: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
    subject: String,
}

impl Certificate {
    /// Reads PEM text, or the bare base64 that metadata contains.
    ///
    /// # Errors
    /// When it is no certificate, or its key is not accepted.
    pub fn from_text(text: &str) -> Result<Self, CertificateError> {
        let body = match text.split_once("-----BEGIN CERTIFICATE-----") {
            Some((_, rest)) => {
                rest.split_once("-----END CERTIFICATE-----").ok_or(CertificateError::Unreadable)?.0
            }
            None => text,
        };
        let body: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        Self::from_der(&STANDARD.decode(body).map_err(|_| CertificateError::Unreadable)?)
    }

    /// Reads the binary form.
    ///
    /// # Errors
    /// When it is no certificate, or its key is not accepted.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let unreadable = |_| CertificateError::Unreadable;
        let read = X509::from_der(der).map_err(unreadable)?;
        let body = read.tbs_certificate();
        let key = body.subject_public_key_info();
        let accepted = if key.algorithm.oid == RSA {
            let bits = rsa_bits(key.subject_public_key.raw_bytes()).unwrap_or_default();
            (2048..=8192).contains(&bits)
        } else {
            let curve =
                key.algorithm.parameters.as_ref().and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
            key.algorithm.oid == ELLIPTIC_CURVE
                && curve.is_some_and(|oid| CURVES.contains(&oid.to_string().as_str()))
        };
        if !accepted {
            return Err(CertificateError::Key);
        }
        let time = |time: &x509_cert::time::Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
            Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
        };
        Ok(Self {
            key: key.to_der().map_err(unreadable)?,
            not_before: time(&body.validity().not_before),
            not_after: time(&body.validity().not_after),
            subject: crate::refusal::shown(&body.subject().to_string()),
            der: der.to_vec(),
        })
    }

    /// The binary form, for the store.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The base64 form, as metadata has it.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// The `SubjectPublicKeyInfo`.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    /// The SHA-256 of the binary form in hexadecimal digits: how identity providers show it.
    pub fn fingerprint(&self) -> String {
        HEXLOWER.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &self.der).as_ref())
    }

    /// From when it says that it is valid.
    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Until when it says that it is valid.
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whom it is made out to, to be shown.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// The length of an RSA key's modulus in bits (RFC 8017 A.1.1).
fn rsa_bits(key: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(key).ok()?;
    Header::decode(&mut reader).ok()?;
    let modulus = UintRef::decode(&mut reader).ok()?;
    let first = modulus.as_bytes().first()?;
    Some(modulus.as_bytes().len() * 8 - usize::try_from(first.leading_zeros()).ok()?)
}

/// The signing certificates of an identity provider: at least one (A1), at most ten, none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates(Vec<Certificate>);

impl Certificates {
    /// The certificates, without repetitions.
    ///
    /// # Errors
    /// When there is none, or there are more than ten.
    pub fn new(all: impl IntoIterator<Item = Certificate>) -> Result<Self, CertificateError> {
        let mut kept: Vec<Certificate> = Vec::new();
        for certificate in all {
            if !kept.contains(&certificate) {
                kept.push(certificate);
            }
        }
        match kept.len() {
            0 => Err(CertificateError::None),
            1..=MAX_CERTIFICATES => Ok(Self(kept)),
            _ => Err(CertificateError::TooMany),
        }
    }

    /// In the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Certificate> {
        self.0.iter()
    }
}
