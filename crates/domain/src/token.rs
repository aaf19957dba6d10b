//! SCIM tokens and API tokens: their form, their secret and the hash that is stored (enrollment.md 5.1, threat S14).
//!
//! A token reads `enr_scim_<id>_<secret>` or `enr_api_<id>_<secret>`: the id, 32 lower-case hexadecimal digits, finds the
//! token's row; the secret, 64 lower-case hexadecimal digits, proves possession. Both have a fixed length and no second spelling.

use std::fmt;

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::id::TokenId;
use crate::word::words;

words! {
    /// What a token opens: SCIM tokens only SCIM, API tokens never SCIM (enrollment.md 5.2).
    TokenKind: "a kind of token" {
        /// Opens SCIM of one directory.
        Scim = "scim",
        /// Opens the API, within its scope.
        Api = "api",
    }
}

/// The text is not a token of this service. It says no more, and never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of this service: it reads enr_scim_<id>_<secret> or enr_api_<id>_<secret>")]
pub struct InvalidToken;

/// The secret part of a token: 256 random bits, shown once, never printed, erased from memory when dropped.
pub struct TokenSecret(SecretBox<[u8; 32]>);

impl TokenSecret {
    /// A secret of 32 bytes from the operating system's generator.
    pub fn from_random(random: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(random)))
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(..)")
    }
}

/// What is stored of a secret: its SHA-256. A slow hash would add nothing to 256 random bits.
#[derive(Clone)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a secret.
    pub fn of(secret: &TokenSecret) -> Self {
        Self(Sha256::digest(secret.0.expose_secret()).into())
    }

    /// What the store kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether this is the hash of the secret. The time it takes does not tell how close a guess was.
    pub fn matches(&self, secret: &TokenSecret) -> bool {
        Self::of(secret).0.ct_eq(&self.0).into()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

/// A token with its secret: just made, or just presented by a client.
///
/// ```
/// use enroll_domain::{PresentedToken, TokenHash, TokenId, TokenKind, TokenSecret};
/// use jiff::Timestamp;
/// use secrecy::ExposeSecret;
///
/// let id = TokenId::new(Timestamp::UNIX_EPOCH, &[7; 10]);
/// let made = PresentedToken::new(TokenKind::Scim, id, TokenSecret::from_random([9; 32]));
/// let stored = TokenHash::of(made.secret());
///
/// let presented = PresentedToken::parse(made.reveal().expose_secret())?;
/// assert_eq!((presented.kind(), presented.id()), (TokenKind::Scim, id));
/// assert!(stored.matches(presented.secret()));
/// # Ok::<(), enroll_domain::token::InvalidToken>(())
/// ```
#[derive(Debug)]
pub struct PresentedToken {
    kind: TokenKind,
    id: TokenId,
    secret: TokenSecret,
}

impl PresentedToken {
    /// A new token.
    pub const fn new(kind: TokenKind, id: TokenId, secret: TokenSecret) -> Self {
        Self { kind, id, secret }
    }

    /// Reads a token from the one exact form.
    ///
    /// # Errors
    /// When the text has any other form.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        let rest = text.strip_prefix("enr_").ok_or(InvalidToken)?;
        let (kind, rest) = rest.split_once('_').ok_or(InvalidToken)?;
        let (id, secret) = rest.split_once('_').ok_or(InvalidToken)?;
        Ok(Self {
            kind: kind.parse().map_err(|_| InvalidToken)?,
            id: TokenId::from_uuid(Uuid::from_bytes(hexadecimal(id)?)),
            secret: TokenSecret::from_random(hexadecimal(secret)?),
        })
    }

    /// Whether it is a SCIM token or an API token.
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The public part, by which the token is found.
    pub const fn id(&self) -> TokenId {
        self.id
    }

    /// The secret part.
    pub const fn secret(&self) -> &TokenSecret {
        &self.secret
    }

    /// The whole token as text, to be shown once.
    pub fn reveal(&self) -> SecretString {
        let secret = SecretString::from(HEXLOWER.encode(self.secret.0.expose_secret()));
        let id = self.id.as_uuid().simple();
        format!("enr_{}_{id}_{}", self.kind, secret.expose_secret()).into()
    }
}

/// Reads lower-case hexadecimal digits of a fixed length.
fn hexadecimal<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], InvalidToken> {
    let mut bytes = [0; LENGTH];
    if text.len() != 2 * LENGTH {
        return Err(InvalidToken);
    }
    HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).map_err(|_| InvalidToken)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
    use secrecy::ExposeSecret;

    use super::{InvalidToken, PresentedToken, TokenHash, TokenKind, TokenSecret};
    use crate::id::TokenId;

    fn token(kind: TokenKind) -> PresentedToken {
        let id = TokenId::new(Timestamp::UNIX_EPOCH, &[0xab; 10]);
        PresentedToken::new(kind, id, TokenSecret::from_random([0xcd; 32]))
    }

    fn text(kind: TokenKind) -> String {
        token(kind).reveal().expose_secret().to_owned()
    }

    #[test]
    fn e5_1_form_is_prefix_id_and_secret() {
        let (id, secret) = ("ab".repeat(9), "cd".repeat(32));
        assert_eq!(text(TokenKind::Scim), format!("enr_scim_0000000000007b{id}_{secret}"));
        assert_eq!(text(TokenKind::Api), format!("enr_api_0000000000007b{id}_{secret}"));
    }

    #[test]
    fn e5_1_only_the_exact_form_is_read() {
        let good = text(TokenKind::Api);
        assert!(PresentedToken::parse(&good).is_ok());
        for bad in [
            String::new(),
            "enr_".into(),
            "enr_api_".into(),
            "enr_api__".into(),
            format!(" {good}"),
            format!("{good} "),
            format!("{good}_"),
            format!("{good}0"),
            good.to_uppercase(),
            good.replace("cd", "CD"),
            good.replace("ab", "AB"),
            good.replace("enr_api", "enr_web"),
            good.replace("enr_api", "api"),
            good.replace('_', "-"),
            good[..good.len() - 1].to_owned(),
            good.replace('c', "\u{441}"),
        ] {
            assert_eq!(PresentedToken::parse(&bad).map(|_| ()), Err(InvalidToken), "{bad:?}");
        }
    }

    #[test]
    fn i8_s14_hash_matches_its_secret_alone() {
        let hash = TokenHash::of(&TokenSecret::from_random([1; 32]));
        assert!(hash.matches(&TokenSecret::from_random([1; 32])));
        let mut other = [1; 32];
        other[31] = 0;
        assert!(!hash.matches(&TokenSecret::from_random(other)));
        assert!(TokenHash::from_bytes(*hash.as_bytes()).matches(&TokenSecret::from_random([1; 32])));
    }

    #[test]
    fn s15_debug_output_shows_no_secret() {
        let shown =
            format!("{:?} {:?}", token(TokenKind::Scim), TokenHash::of(token(TokenKind::Scim).secret()));
        assert!(!shown.contains("cd") && !shown.contains("205"), "{shown}");
    }

    proptest! {
        #[test]
        fn e5_1_tokens_round_trip(id in any::<[u8; 10]>(), random in any::<[u8; 32]>()) {
            let id = TokenId::new(Timestamp::UNIX_EPOCH, &id);
            let made = PresentedToken::new(TokenKind::Api, id, TokenSecret::from_random(random));
            let text = made.reveal().expose_secret().to_owned();
            prop_assert_eq!(text.len(), 105);
            let read = PresentedToken::parse(&text).unwrap();
            prop_assert_eq!(read.id(), id);
            prop_assert!(TokenHash::of(made.secret()).matches(read.secret()));
        }

        #[test]
        fn e5_1_no_token_has_a_second_spelling(at in 0_usize..105, other in any::<char>()) {
            let mut characters: Vec<char> = text(TokenKind::Api).chars().collect();
            characters[at] = other;
            let changed: String = characters.into_iter().collect();
            if let Ok(read) = PresentedToken::parse(&changed) {
                prop_assert_eq!(read.reveal().expose_secret().to_owned(), changed);
            }
        }
    }
}
