//! The one fold function: how two strings that are not case-exact compare.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A string prepared for comparison without regard to case: for storing look-up keys, for uniqueness, for filters and for
/// matching a sign-in.
///
/// The preparation is that of PRECIS `UsernameCaseMapped` (RFC 8265 §3.3) widened to any text: compatibility forms (full-width
/// letters, ligatures, the Kelvin sign) become their plain ones, letters become lower case, the result is in
/// normalization form KC. Look-alikes of other scripts stay different: `mıke` is not `mike`.
///
/// ```
/// use enroll_scim::Folded;
///
/// assert_eq!(Folded::new("Ｊohn@Example.COM"), Folded::new("john@example.com"));
/// assert_ne!(Folded::new("m\u{131}ke"), Folded::new("mike"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folded(Box<str>);

impl Folded {
    /// Folds a string.
    pub fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self(text.to_ascii_lowercase().into());
        }
        let lowered: String = text.nfkc().flat_map(lower).collect();
        if is_nfkc_quick(lowered.chars()) == IsNormalized::Yes {
            return Self(lowered.into());
        }
        Self(lowered.nfkc().collect::<String>().into())
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lower case without context: a final sigma is a sigma.
fn lower(character: char) -> impl Iterator<Item = char> {
    character.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c })
}

impl AsRef<str> for Folded {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Folded;

    fn folded(text: &str) -> String {
        Folded::new(text).as_str().to_owned()
    }

    #[test]
    fn c2_case_width_and_compatibility_forms_collide() {
        assert_eq!(folded("JOHN"), "john");
        assert_eq!(folded("ｊｏｈｎ"), "john");
        assert_eq!(folded("\u{212A}elvin"), "kelvin");
        assert_eq!(folded("ΣΊΣΥΦΟΣ"), folded("σίσυφος"));
        assert_eq!(folded("e\u{301}"), folded("\u{c9}"));
    }

    #[test]
    fn threat_s6_look_alikes_stay_different() {
        assert_ne!(folded("m\u{131}ke"), folded("mike"));
        assert_ne!(folded("\u{430}dmin"), folded("admin"), "Cyrillic а");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["İstanbul", "ﬁn", "Ǆ", "ᾳ", "Straße", "\u{1E9E}"] {
            assert_eq!(folded(&folded(text)), folded(text), "{text}");
        }
    }
}
