//! The one door to randomness.

use rand::{Rng as _, TryRng as _};

/// Where random bytes come from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entropy;

impl Entropy {
    /// Bytes for ids: unique, not secret.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub fn id(self) -> [u8; 10] {
        let mut bytes = [0; 10];
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }

    /// Bytes for a secret, straight from the operating system.
    ///
    /// # Errors
    /// When the operating system gives none; nothing secret may be made then.
    pub fn secret(self) -> Result<[u8; 32], rand::rngs::SysError> {
        let mut bytes = [0; 32];
        rand::rngs::SysRng.try_fill_bytes(&mut bytes)?;
        Ok(bytes)
    }
}
