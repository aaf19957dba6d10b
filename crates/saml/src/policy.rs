//! Every choice that security rests on, each with the attack that it stops (threats.md A1 to A19).
//!
//! What is not listed here as accepted is refused. Nothing here is a setting, except the clock skew within its bounds and
//! the switch for sign-ins that the identity provider begins ([`crate::Connection`]).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, VerificationAlgorithm,
};
use jiff::SignedDuration;

/// The decoded size of a message: 256 KiB. Stops memory and time spent on a stranger's bytes (A10).
pub const MAX_DECODED_BYTES: usize = 256 * 1024;

/// Nested elements. Stops stack and time exhaustion by depth (A10).
pub const MAX_DEPTH: usize = 64;

/// Attributes and namespace declarations of one tag. Stops quadratic work in parsers (A10).
pub const MAX_ATTRIBUTES: usize = 64;

/// Namespace declarations in force at one place. Stops the same, spread over nested tags (A10).
pub const MAX_NAMESPACES_IN_SCOPE: usize = 64;

/// Elements and texts in a message (A10).
pub const MAX_NODES: u32 = 50_000;

/// Prefixes in an `InclusiveNamespaces` list: Okta sends one, `xs` (A10).
pub const MAX_INCLUSIVE_PREFIXES: usize = 16;

/// Certificates of one identity provider: the one in use, the next, and room (A17).
pub const MAX_CERTIFICATES: usize = 10;

/// The clock skew that is tolerated when nothing else is said (A12).
pub const DEFAULT_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// The most clock skew that can be set (A12).
pub const MAX_SKEW: SignedDuration = SignedDuration::from_secs(180);

/// How long a begun sign-in waits for its response. A stolen request id is worth nothing after that (A14).
pub const PENDING_FOR: SignedDuration = SignedDuration::from_mins(10);

/// How long a logout request is good for that does not say so itself. It is done at once or not at all (A12).
pub const LOGOUT_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The one canonical form: exclusive, without comments. Inclusive forms take namespaces from outside what is signed; forms with
/// comments make the text of a name depend on who reads it (A4, A5, A7).
pub const EXCLUSIVE_CANONICALIZATION: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// The one other transform: the signature leaves itself out. XSLT, XPath and base64 transforms let the sender choose what is
/// signed (A7).
pub const ENVELOPED_SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// The transforms of the one reference, in this order and no others: with two, there is no room for a third (A7).
pub const TRANSFORMS: [&str; 2] = [ENVELOPED_SIGNATURE, EXCLUSIVE_CANONICALIZATION];

/// Signatures that are accepted: with a public key, and SHA-256 or better. HMAC is not among them, so a public certificate is
/// never taken for a shared secret (A7). RSA keys below 2,048 bits are refused by the verification itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureAlgorithm {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
}

impl SignatureAlgorithm {
    /// By the URI of a `SignatureMethod` (RFC 9231 §2.3).
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        Some(match uri {
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Self::RsaSha256,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Self::RsaSha384,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Self::RsaSha512,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => Self::EcdsaSha256,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => Self::EcdsaSha384,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512" => Self::EcdsaSha512,
            _ => return None,
        })
    }

    /// The verification. A key of another kind than the algorithm's does not verify.
    pub(crate) fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::RsaSha256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::RsaSha384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::RsaSha512 => &RSA_PKCS1_2048_8192_SHA512,
            Self::EcdsaSha256 => &ECDSA_P256_SHA256_FIXED,
            Self::EcdsaSha384 => &ECDSA_P384_SHA384_FIXED,
            Self::EcdsaSha512 => &ECDSA_P521_SHA512_FIXED,
        }
    }
}

/// Digests that are accepted. MD5 and SHA-1 are not: two documents can be made with one digest (A7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DigestAlgorithm {
    Sha256,
    Sha384,
    Sha512,
}

impl DigestAlgorithm {
    /// By the URI of a `DigestMethod` (RFC 9231 §2.1).
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        Some(match uri {
            "http://www.w3.org/2001/04/xmlenc#sha256" => Self::Sha256,
            "http://www.w3.org/2001/04/xmldsig-more#sha384" => Self::Sha384,
            "http://www.w3.org/2001/04/xmlenc#sha512" => Self::Sha512,
            _ => return None,
        })
    }

    pub(crate) fn of(self, bytes: &[u8]) -> aws_lc_rs::digest::Digest {
        let algorithm = match self {
            Self::Sha256 => &aws_lc_rs::digest::SHA256,
            Self::Sha384 => &aws_lc_rs::digest::SHA384,
            Self::Sha512 => &aws_lc_rs::digest::SHA512,
        };
        aws_lc_rs::digest::digest(algorithm, bytes)
    }
}
