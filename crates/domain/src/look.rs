//! Names that are one to the eye and two to a program (UTS #39 §4).

use enroll_scim::Folded;
use unicode_security::skeleton;

/// How a name looks, whatever the case: names that look alike and are not the same have this in common. It is for comparing and not for
/// showing.
///
/// ```
/// use enroll_domain::look::look;
///
/// assert_eq!(look("\u{430}da"), look("Ada"), "the first letter of one is Cyrillic");
/// assert_ne!(look("b0b"), look("bob"));
/// ```
pub fn look(name: &str) -> String {
    skeleton(Folded::new(name).as_str()).collect()
}

/// Names that look alike, as they are told to somebody who cannot see the difference: `ada and аda (with U+0430)`.
pub fn told<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(spelt).collect::<Vec<_>>().join(" and ")
}

/// A name with the letters that are not of ASCII told apart.
fn spelt(name: &str) -> String {
    let odd: Vec<_> = name.chars().filter(|letter| !letter.is_ascii()).collect();
    if odd.is_empty() {
        return name.to_owned();
    }
    let told: Vec<_> = odd.iter().map(|letter| format!("U+{:04X}", u32::from(*letter))).collect();
    format!("{name} (with {})", told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{look, told};

    #[test]
    fn case_is_no_part_of_the_look_and_a_letter_of_another_script_is_told() {
        assert_eq!(look("Emma"), look("ernma"), "an m is an r and an n");
        assert_ne!(look("emma"), look("emna"));
        assert_eq!(told(["ada", "\u{430}da"]), "ada and \u{430}da (with U+0430)");
    }
}
