//! Which checks `--only` means.

use crate::check::{Check, Section};
use crate::error::RunError;

/// The chosen checks, in the order of the RFCs.
///
/// # Errors
/// A word chooses nothing.
pub(crate) fn select(
    sections: &'static [Section],
    only: &[String],
) -> Result<Vec<(&'static Section, &'static Check)>, RunError> {
    let all = || sections.iter().flat_map(|section| section.checks.iter().map(move |check| (section, check)));
    for word in only {
        if !all().any(|(section, check)| chooses(word, section, check)) {
            return Err(RunError::NothingChosen(word.clone()));
        }
    }
    let chosen = |(section, check): &(&Section, &Check)| {
        only.is_empty() || only.iter().any(|word| chooses(word, section, check))
    };
    Ok(all().filter(chosen).collect())
}

/// `3.5` means §3.5 and what is below it, of any RFC; `7643-7` says which; a check has its id.
fn chooses(word: &str, section: &Section, check: &Check) -> bool {
    if word.eq_ignore_ascii_case(check.id) {
        return true;
    }
    let word = word.trim_start_matches("RFC").trim_start_matches("rfc").trim();
    let (rfc, number) = match word.split_once(['-', ' ']) {
        Some((rfc, number)) => (Some(rfc), number.trim_start_matches('§')),
        None if word.len() == 4 && word.parse::<u16>().is_ok() => (Some(word), ""),
        None => (None, word.trim_start_matches('§')),
    };
    let of_rfc = rfc.is_none_or(|rfc| rfc == section.rfc.to_string());
    let below = number.is_empty()
        || section.number == number
        || section.number.strip_prefix(number).is_some_and(|rest| rest.starts_with('.'));
    of_rfc && below
}

#[cfg(test)]
mod tests {
    use super::select;
    use crate::checks::SECTIONS;

    fn names(word: &str) -> Vec<String> {
        let chosen = select(SECTIONS, &[word.to_owned()]).unwrap();
        let mut names: Vec<String> = chosen.iter().map(|(section, _)| section.name()).collect();
        names.dedup();
        names
    }

    #[test]
    fn a_section_means_those_below_it_too() {
        assert_eq!(
            names("7644-3.5.2"),
            ["RFC 7644 §3.5.2", "RFC 7644 §3.5.2.1", "RFC 7644 §3.5.2.2", "RFC 7644 §3.5.2.3"]
        );
        assert_eq!(names("RFC 7644 §3.1"), ["RFC 7644 §3.1"], "§3.10 is not below §3.1");
    }

    #[test]
    fn a_whole_rfc_can_be_chosen() {
        assert!(names("9865").iter().all(|name| name.starts_with("RFC 9865")));
    }

    #[test]
    fn a_check_is_chosen_by_its_id() {
        let id = SECTIONS[0].checks[0].id;
        assert_eq!(select(SECTIONS, &[id.to_owned()]).unwrap().len(), 1);
    }

    #[test]
    fn what_chooses_nothing_is_an_error() {
        assert!(select(SECTIONS, &["3.99".to_owned()]).is_err());
    }
}
