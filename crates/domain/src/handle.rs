//! Handles: the short names of users shown in the application (enrollment.md 2.2).

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::reserved::is_reserved;

/// Longest handle, in characters.
const MAXIMUM: usize = 64;
/// Longest base, in characters: any number still fits behind it.
const BASE_MAXIMUM: usize = 48;
/// The base of a user whose e-mail and userName hold no letter from a to z.
const NAMELESS: &str = "user";

/// Which rule a handle breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHandle {
    /// More than 64 characters.
    #[error("a handle has at most 64 characters")]
    TooLong,
    /// Empty, or the first character is not a letter.
    #[error("a handle starts with a letter from a to z")]
    Start,
    /// A character that no handle has.
    #[error("a handle consists of a to z, 0 to 9 and `-`; {0:?} is not allowed")]
    Character(char),
    /// One of [`crate::reserved::WORDS`].
    #[error("this handle is reserved for the service: choose another one")]
    Reserved,
}

/// The short name of a user in the application: 1 to 64 of `a-z 0-9 -`, starting with a letter.
///
/// Reading one from text checks the form alone, so that a handle given out before a word became reserved stays readable.
/// A new one comes from [`Handle::derive`] or [`Handle::chosen`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle(Box<str>);

impl Handle {
    /// The base of a new user's handle, from the part of the e-mail, else of the userName, before the `@`.
    ///
    /// ```
    /// use enroll_domain::Handle;
    ///
    /// let base = Handle::derive(Some("bob.smith@example.com"), "00u1");
    /// assert_eq!(base.first_free([]).as_str(), "bob-smith");
    /// assert_eq!(base.first_free(["bob-smith", "bob-smith-2"]).as_str(), "bob-smith-1");
    /// ```
    pub fn derive(email: Option<&str>, user_name: &str) -> HandleBase {
        let full = email.filter(|email| !email.trim().is_empty()).unwrap_or(user_name);
        HandleBase::new(full.split('@').next().unwrap_or(full))
    }

    /// A handle that an admin chooses.
    ///
    /// # Errors
    /// When the form is wrong or the word is reserved.
    pub fn chosen(text: &str) -> Result<Self, InvalidHandle> {
        let handle: Self = text.parse()?;
        if is_reserved(text) { Err(InvalidHandle::Reserved) } else { Ok(handle) }
    }

    /// The handle as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Handle {
    type Err = InvalidHandle;

    fn from_str(text: &str) -> Result<Self, InvalidHandle> {
        if let Some(character) = text.chars().find(|c| !is_allowed(*c)) {
            return Err(InvalidHandle::Character(character));
        }
        if text.len() > MAXIMUM {
            return Err(InvalidHandle::TooLong);
        }
        if text.starts_with(|c: char| c.is_ascii_lowercase()) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidHandle::Start)
        }
    }
}

impl TryFrom<String> for Handle {
    type Error = InvalidHandle;

    fn try_from(text: String) -> Result<Self, InvalidHandle> {
        text.parse()
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> Self {
        handle.0.into()
    }
}

/// What a new handle begins with, before clashes are numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandleBase(Box<str>);

impl HandleBase {
    /// Lower case; every other character becomes `-`; runs of `-` collapse; all before the first letter is dropped; empty
    /// becomes `user` (enrollment.md 2.2).
    fn new(source: &str) -> Self {
        let mut base = String::new();
        let characters =
            source.chars().flat_map(char::to_lowercase).map(|c| if is_allowed(c) { c } else { '-' });
        for character in characters.skip_while(|c| !c.is_ascii_lowercase()) {
            if base.len() == BASE_MAXIMUM {
                break;
            }
            if !(character == '-' && base.ends_with('-')) {
                base.push(character);
            }
        }
        Self(if base.is_empty() { NAMELESS.into() } else { base.into() })
    }

    /// The handle without a number, unless it is a reserved word.
    pub fn without_suffix(&self) -> Option<Handle> {
        (!is_reserved(&self.0)).then(|| Handle(self.0.clone()))
    }

    /// The handle with a number: `bob-smith-1`.
    pub fn with_suffix(&self, number: u32) -> Handle {
        Handle(format!("{}-{number}", self.search_prefix()).into())
    }

    /// What every handle of this base begins with: a store asks for the taken names that begin so, for
    /// [`HandleBase::first_free`].
    pub fn search_prefix(&self) -> &str {
        self.0.trim_end_matches('-')
    }

    /// The first handle that is free: without a number, else with the smallest number from 1.
    ///
    /// `taken` are the handles, living and dead, and the organization names that begin with [`HandleBase::search_prefix`];
    /// other names among them do no harm. The cost grows with their number.
    pub fn first_free<'a>(&self, taken: impl IntoIterator<Item = &'a str>) -> Handle {
        let taken: HashSet<&str> = taken.into_iter().collect();
        let free = |handle: &Handle| !taken.contains(handle.as_str());
        if let Some(handle) = self.without_suffix().filter(free) {
            return handle;
        }
        let mut number = 1;
        loop {
            let handle = self.with_suffix(number);
            // No memory holds enough names to take every number.
            if number == u32::MAX || free(&handle) {
                return handle;
            }
            number += 1;
        }
    }
}

fn is_allowed(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{Handle, InvalidHandle};

    fn base(email: &str) -> String {
        Handle::derive(Some(email), "unused").0.into()
    }

    #[test]
    fn e2_2_handle_comes_from_the_part_before_the_at_sign() {
        for (email, expected) in [
            ("bob.smith@example.com", "bob-smith"),
            ("julia-smith+demo@example.com", "julia-smith-demo"),
            ("BOB@example.com", "bob"),
            ("bob...smith@example.com", "bob-smith"),
            ("bob-._-smith@example.com", "bob-smith"),
            ("007.bond@example.com", "bond"),
            ("_x1@example.com", "x1"),
            ("bob", "bob"),
            ("bob.@example.com", "bob-"),
            ("j\u{f6}rg@example.com", "j-rg"),
            ("123@example.com", "user"),
            ("@example.com", "user"),
            ("\u{7530}\u{4e2d}@example.com", "user"),
        ] {
            assert_eq!(base(email), expected, "{email}");
        }
    }

    #[test]
    fn e2_2_user_name_serves_without_an_email() {
        assert_eq!(Handle::derive(None, "Ann@corp").without_suffix().unwrap().as_str(), "ann");
        assert_eq!(Handle::derive(Some(" "), "ann").without_suffix().unwrap().as_str(), "ann");
    }

    #[test]
    fn e2_2_clash_takes_the_smallest_free_number() {
        let base = Handle::derive(Some("bob.smith@example.com"), "");
        assert_eq!(base.first_free([]).as_str(), "bob-smith");
        assert_eq!(base.first_free(["bob-smith"]).as_str(), "bob-smith-1");
        assert_eq!(base.first_free(["bob-smith", "bob-smith-1", "bob-smith-3"]).as_str(), "bob-smith-2");
        assert_eq!(base.first_free(["bob-smith-1", "bob-smithson"]).as_str(), "bob-smith");
    }

    #[test]
    fn e2_2_reserved_word_is_numbered() {
        let base = Handle::derive(Some("admin@example.com"), "");
        assert_eq!(base.without_suffix(), None);
        assert_eq!(base.first_free([]).as_str(), "admin-1");
    }

    #[test]
    fn e2_2_number_never_makes_a_double_hyphen() {
        let base = Handle::derive(Some("bob.@example.com"), "");
        assert_eq!(base.first_free(["bob-"]).as_str(), "bob-1");
    }

    #[test]
    fn e2_2_admin_chooses_within_the_rules() {
        assert_eq!(Handle::chosen("bob").unwrap().as_str(), "bob");
        assert_eq!(Handle::chosen("root"), Err(InvalidHandle::Reserved));
        assert_eq!(Handle::chosen(""), Err(InvalidHandle::Start));
        assert_eq!(Handle::chosen("1bob"), Err(InvalidHandle::Start));
        assert_eq!(Handle::chosen("Bob"), Err(InvalidHandle::Character('B')));
        assert_eq!(Handle::chosen(&"a".repeat(65)), Err(InvalidHandle::TooLong));
        assert!("root".parse::<Handle>().is_ok(), "a handle in the store stays readable");
    }

    proptest! {
        #[test]
        fn e2_2_every_derived_handle_is_a_handle(name in ".{0,80}", number in any::<u32>()) {
            let base = Handle::derive(None, &name);
            for handle in base.without_suffix().into_iter().chain([base.with_suffix(number)]) {
                prop_assert!(handle.as_str().parse::<Handle>().is_ok());
                prop_assert!(!handle.as_str().contains("--"));
                prop_assert!(handle.as_str().starts_with(base.search_prefix()));
            }
        }
    }
}
