//! Where somebody signs in who has not said of which directory she is: by the domain of her e-mail address.

use enroll_store::{directory, sign_in, sign_in_domain};

use super::domains::of_address;
use crate::{Error, Service};

/// Where somebody signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInPlace {
    /// By the directory of this name.
    Directory(String),
    /// She has to say her e-mail address.
    Ask,
    /// No directory is for addresses like hers.
    Unknown,
    /// No directory has a connection.
    Nowhere,
}

impl Service {
    /// Where somebody signs in, by her e-mail address if she has said it. Where one directory alone has a connection, that one.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub fn sign_in_place(&self, address: Option<&str>) -> Result<SignInPlace, Error> {
        self.db().look_up(|tx| {
            let found = match (sign_in::connected(tx)?.as_slice(), address) {
                ([], _) => return Ok(SignInPlace::Nowhere),
                ([only], _) => Some(*only),
                (_, None) => return Ok(SignInPlace::Ask),
                (_, Some(address)) => match of_address(address) {
                    Some(domain) => sign_in_domain::find(tx, &domain)?,
                    None => None,
                },
            };
            let row = match found {
                Some(id) => directory::find(tx, id)?,
                None => None,
            };
            Ok(row.map_or(SignInPlace::Unknown, |row| SignInPlace::Directory(row.name.to_string())))
        })
    }

    /// The path of a directory's sign-in.
    pub fn login_path(&self, directory: &str) -> String {
        format!("{}/login", super::connection::saml_path(directory))
    }
}
