//! The number of a row in a list of facts.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// An id such as `A21` or `CP3`: the letters of a section and a number. Ordered as in the list within one section.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct FactId {
    /// One or two capital letters.
    pub section: String,
    /// From 1.
    pub number: u16,
}

impl FactId {
    /// The id that a segment of a test's name is: `a21` is A21. None when the segment is an ordinary word.
    pub fn of_segment(segment: &str) -> Option<Self> {
        if segment.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        segment.to_ascii_uppercase().parse().ok()
    }
}

impl FromStr for FactId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text:?} is no id: one or two capital letters and a number, such as A21");
        let digits = text.find(|letter: char| letter.is_ascii_digit()).ok_or_else(wrong)?;
        let (section, number) = text.split_at(digits);
        let letters = matches!(section.len(), 1 | 2) && section.bytes().all(|byte| byte.is_ascii_uppercase());
        if !letters || number.starts_with('0') {
            return Err(wrong());
        }
        Ok(Self { section: section.to_owned(), number: number.parse().map_err(|_| wrong())? })
    }
}

impl TryFrom<String> for FactId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.section, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_letters_and_a_number() {
        for text in ["A1", "CP10", "M23"] {
            assert_eq!(text.parse::<FactId>().unwrap().to_string(), text);
        }
        for text in ["", "A", "1", "a1", "A01", "ABC1", "A1b", "A-1", "A99999", "É1"] {
            assert!(text.parse::<FactId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn ids_are_ordered_by_number_and_not_by_text() {
        assert!("A2".parse::<FactId>().unwrap() < "A10".parse().unwrap());
    }

    #[test]
    fn a_segment_is_an_id_in_small_letters() {
        assert_eq!(FactId::of_segment("cp3").unwrap().to_string(), "CP3");
        for word in ["a", "utf8", "404", "A1", "is"] {
            assert_eq!(FactId::of_segment(word), None, "{word}");
        }
    }
}
