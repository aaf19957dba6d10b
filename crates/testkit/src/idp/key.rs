//! Signing keys with self-signed certificates, made when a test runs.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without its keys")]

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA of 2,048 bits.
    Rsa2048,
    /// The curve P-256.
    P256,
    /// The curve P-384.
    P384,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

/// A key pair with a certificate.
pub struct SigningKey {
    kind: KeyKind,
    pair: Pair,
    private: Vec<u8>,
    certificate: Vec<u8>,
}

impl SigningKey {
    /// A new key with a certificate that is valid from 2020 to 2040.
    pub fn generate(kind: KeyKind) -> Self {
        let (pair, der, algorithm) = match kind {
            KeyKind::Rsa2048 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
                let der = pair.as_der().unwrap().as_ref().to_vec();
                (Pair::Rsa(pair), der, &rcgen::PKCS_RSA_SHA256)
            }
            KeyKind::P256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, &rcgen::PKCS_ECDSA_P256_SHA256),
            KeyKind::P384 => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, &rcgen::PKCS_ECDSA_P384_SHA384),
        };
        let key = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der.as_slice().into(), algorithm).unwrap();
        let mut parameters = rcgen::CertificateParams::default();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "Test identity provider");
        parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2040, 1, 1);
        let certificate = parameters.self_signed(&key).unwrap().der().to_vec();
        Self { kind, pair, private: der, certificate }
    }

    /// The certificate in its binary form.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate as metadata has it.
    pub fn certificate_base64(&self) -> String {
        STANDARD.encode(&self.certificate)
    }

    /// The private key as PEM, for programs of others.
    pub fn private_pem(&self) -> String {
        format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(&self.private)
        )
    }

    /// The certificate as PEM, for programs of others.
    pub fn certificate_pem(&self) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", self.certificate_base64())
    }

    /// The URI of the signature algorithm that fits the key.
    pub fn method(&self) -> &'static str {
        match self.kind {
            KeyKind::Rsa2048 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            KeyKind::P256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            KeyKind::P384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        }
    }

    /// The signature value of a text, by the algorithm that the URI names; by SHA-256, or HMAC with the certificate, whatever
    /// else it names.
    pub fn sign(&self, method: &str, text: &str) -> String {
        let random = SystemRandom::new();
        let signature = match &self.pair {
            _ if method.contains("hmac") => {
                let key = aws_lc_rs::hmac::Key::new(
                    aws_lc_rs::hmac::HMAC_SHA256,
                    self.certificate_base64().as_bytes(),
                );
                aws_lc_rs::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
            }
            Pair::Rsa(pair) => {
                let padding = match method {
                    method if method.ends_with("sha512") => &RSA_PKCS1_SHA512,
                    method if method.ends_with("sha384") => &RSA_PKCS1_SHA384,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, text.as_bytes(), &mut signature).unwrap();
                signature
            }
            Pair::Ecdsa(pair) => pair.sign(&random, text.as_bytes()).unwrap().as_ref().to_vec(),
        };
        STANDARD.encode(signature)
    }

    /// The `RSAKeyValue` or other public key, for a `KeyInfo` that nobody should trust.
    pub fn public_key_base64(&self) -> String {
        match &self.pair {
            Pair::Rsa(pair) => STANDARD.encode(pair.public_key().as_ref()),
            Pair::Ecdsa(pair) => STANDARD.encode(pair.public_key().as_ref()),
        }
    }
}

fn ecdsa(
    algorithm: &'static aws_lc_rs::signature::EcdsaSigningAlgorithm,
    certified: &'static rcgen::SignatureAlgorithm,
) -> (Pair, Vec<u8>, &'static rcgen::SignatureAlgorithm) {
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap();
    (Pair::Ecdsa(pair), document.as_ref().to_vec(), certified)
}
