//! Made-up companies: people with departments and managers, groups with members.

use crate::names::{DEPARTMENTS, FAMILY, GIVEN, GROUPS, TITLES};
use crate::plan::Idp;
use crate::random::Choices;

/// Somebody whom the identity provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) given: String,
    pub(crate) family: String,
    pub(crate) user_name: String,
    pub(crate) email: String,
    pub(crate) title: String,
    pub(crate) department: String,
    pub(crate) employee_number: String,
    /// The identity provider's own id.
    pub(crate) external_id: String,
    /// The index of the manager among the same people.
    pub(crate) manager: Option<usize>,
    pub(crate) active: bool,
}

impl Person {
    /// The full name.
    pub(crate) fn display_name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }
}

/// A group that the identity provider knows, with the indexes of its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Team {
    pub(crate) name: String,
    pub(crate) external_id: String,
    pub(crate) members: Vec<usize>,
}

/// The id that an identity provider gives to a user or group of its own.
pub(crate) fn external_id(idp: Idp, choices: &mut Choices, prefix: &str) -> String {
    match idp {
        Idp::Okta => choices.identifier(prefix, 17),
        Idp::Entra | Idp::Ping | Idp::Keycloak | Idp::Authentik => choices.guid(),
        Idp::OneLogin => (10_000_000 + choices.below(89_999_999)).to_string(),
        Idp::Google => format!("1{:020}", choices.next()),
        Idp::JumpCloud => format!("{:016x}{:08x}", choices.next(), choices.next() >> 32),
    }
}

/// The people of a seed: the first `count` of an endless list, so that a larger company contains the smaller one.
pub(crate) fn people(idp: Idp, seed: u64, count: usize) -> Vec<Person> {
    let mut choices = Choices::new(seed, "people");
    let combinations = GIVEN.len() * FAMILY.len();
    let start = choices.below(combinations);
    (0..count).map(|index| person(idp, &mut choices, start, index, combinations)).collect()
}

fn person(idp: Idp, choices: &mut Choices, start: usize, index: usize, combinations: usize) -> Person {
    // The two list lengths have no common factor, so every combination comes once before any repeats.
    let position = (start + index) % combinations;
    let (given, given_ascii) = GIVEN.get(position % GIVEN.len()).copied().unwrap_or(("Sam", "sam"));
    let (family, family_ascii) = FAMILY.get(position % FAMILY.len()).copied().unwrap_or(("E", "e"));
    let round = index / combinations;
    let number = if round == 0 { String::new() } else { (round + 1).to_string() };
    let local = format!("{given_ascii}.{family_ascii}{number}");
    let tagged = if index % 9 == 4 { format!("{local}+scim") } else { local.clone() };
    let email = format!("{tagged}@acme.example");
    let user_name = match idp {
        // A user principal name has neither + nor, for matching, special characters (E-16).
        Idp::Entra => format!("{}@acme.example", local.replace('\'', "")),
        _ => email.clone(),
    };
    Person {
        given: given.to_owned(),
        family: family.to_owned(),
        user_name,
        email,
        title: skewed(choices, TITLES),
        department: skewed(choices, DEPARTMENTS),
        employee_number: format!("E{:06}", index + 1),
        external_id: external_id(idp, choices, "00u"),
        // Everybody reports to somebody hired earlier; the first person reports to nobody.
        manager: (index > 0).then(|| choices.below(index.div_ceil(7))),
        active: true,
    }
}

/// Picks from a list so that earlier entries are more common.
fn skewed(choices: &mut Choices, list: &[&str]) -> String {
    let picked = choices.below(list.len()).min(choices.below(list.len()));
    list.get(picked).copied().unwrap_or_default().to_owned()
}

/// The groups of a seed over `people` people.
///
/// The first group holds everybody, the next half of them, then a third, and so on: a few large groups and
/// many small ones. Of five or more groups the last is empty, as real directories have such groups.
pub(crate) fn teams(idp: Idp, seed: u64, count: usize, people: usize) -> Vec<Team> {
    let mut choices = Choices::new(seed, "groups");
    (0..count)
        .map(|index| {
            let empty = count >= 5 && index + 1 == count;
            let size = if empty { 0 } else { people.div_ceil(index + 1) };
            Team {
                name: team_name(index),
                external_id: external_id(idp, &mut choices, "00g"),
                members: choices.sample(size, people),
            }
        })
        .collect()
}

fn team_name(index: usize) -> String {
    GROUPS.get(index).map_or_else(|| format!("Team {:04}", index + 1), |name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{people, teams};
    use crate::names::{FAMILY, GIVEN};
    use crate::plan::Idp;

    #[test]
    fn people_depend_on_the_seed_alone_and_grow_at_the_end() {
        assert_eq!(people(Idp::Okta, 5, 40), people(Idp::Okta, 5, 90)[..40]);
        assert_ne!(people(Idp::Okta, 5, 40), people(Idp::Okta, 6, 40));
    }

    #[test]
    fn user_names_are_unique_even_after_the_names_run_out() {
        for idp in [Idp::Okta, Idp::Entra] {
            let count = GIVEN.len() * FAMILY.len() * 2 + 10;
            let names: BTreeSet<String> =
                people(idp, 1, count).into_iter().map(|person| person.user_name.to_lowercase()).collect();
            assert_eq!(names.len(), count);
        }
    }

    #[test]
    fn okta_people_have_plus_apostrophe_and_letters_outside_ascii() {
        let cast = people(Idp::Okta, 1, 60);
        assert!(cast.iter().any(|person| person.user_name.contains('+')));
        assert!(cast.iter().any(|person| person.user_name.contains('\'')));
        assert!(cast.iter().any(|person| !person.family.is_ascii()));
    }

    #[test]
    fn entra_matching_attribute_has_no_special_characters_e16() {
        let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || ".-@".contains(c));
        assert!(people(Idp::Entra, 1, 200).iter().all(|person| plain(&person.user_name)));
        assert!(people(Idp::Entra, 1, 200).iter().any(|person| person.email.contains('+')));
    }

    #[test]
    fn managers_were_hired_earlier() {
        let cast = people(Idp::Entra, 3, 50);
        assert_eq!(cast[0].manager, None);
        assert!(cast.iter().enumerate().skip(1).all(|(index, p)| p.manager.is_some_and(|m| m < index)));
    }

    #[test]
    fn the_first_group_holds_everybody_and_the_last_of_many_nobody() {
        let groups = teams(Idp::Okta, 1, 6, 30);
        let sizes: Vec<usize> = groups.iter().map(|team| team.members.len()).collect();
        assert_eq!(sizes, [30, 15, 10, 8, 6, 0]);
    }
}
