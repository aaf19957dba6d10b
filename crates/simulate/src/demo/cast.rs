//! Who plays in the week: twelve people in two directories.

use crate::demo::player::Player;
use crate::people::{Person, external_id};
use crate::random::Choices;

/// One person of the week.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) player: Player,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    /// The local part of the address; also how the plot names the person.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// The groups at the beginning of the week; nothing for people who join during the week.
    pub(crate) groups: &'static [&'static str],
    /// Whether the person is there when the week begins.
    pub(crate) present: bool,
}

/// The groups of each directory, by the name they begin with.
pub(crate) const GROUPS: &[(Player, &str)] = &[
    (Player::Okta, "Engineering"),
    (Player::Okta, "Platform"),
    (Player::Okta, "Engineering Admins"),
    (Player::Entra, "Data"),
    (Player::Entra, "Contractors"),
];

const fn part(
    player: Player,
    (given, family, name): (&'static str, &'static str, &'static str),
    title: &'static str,
    groups: &'static [&'static str],
) -> Part {
    Part { player, given, family, name, title, groups, present: !groups.is_empty() }
}

/// Employees are in Okta, partners and contractors in Entra.
pub(crate) const CAST: &[Part] = &[
    part(Player::Okta, ("Ana", "García", "ana.garcia"), "Engineer", &[]),
    part(
        Player::Okta,
        ("Jürgen", "Müller", "juergen.mueller"),
        "Head of Engineering",
        &["Engineering", "Engineering Admins"],
    ),
    part(Player::Okta, ("Priya", "Patel", "priya.patel"), "Senior Engineer", &["Engineering"]),
    part(Player::Okta, ("Siobhán", "O'Brien", "siobhan.o'brien"), "Engineer", &["Engineering", "Platform"]),
    part(Player::Okta, ("Mehmet", "Yılmaz", "mehmet.yilmaz"), "Engineer", &["Engineering"]),
    part(Player::Okta, ("Olena", "Novák", "olena.novak"), "Site Reliability Engineer", &["Platform"]),
    part(Player::Okta, ("Łukasz", "Kowalski", "lukasz.kowalski"), "Engineer", &["Platform"]),
    part(Player::Entra, ("Amélie", "Dubois", "amelie.dubois"), "Data Scientist", &["Data"]),
    part(Player::Entra, ("Thabo", "Mbeki", "thabo.mbeki"), "Data Engineer", &["Data", "Contractors"]),
    part(Player::Entra, ("Noor", "Haddad", "noor.haddad"), "Consultant", &["Contractors"]),
    part(Player::Entra, ("花子", "山田", "hanako.yamada"), "Analyst", &["Contractors"]),
    part(Player::Entra, ("Sam", "Kim", "sam.kim"), "Analyst", &[]),
];

impl Part {
    /// The person as the identity provider knows it.
    pub(crate) fn person(&self, index: usize) -> Person {
        let domain = match self.player {
            Player::Okta => "acme.example",
            Player::Entra => "northwind.example",
        };
        let mut choices = Choices::new(0, self.name);
        let address = format!("{}@{domain}", self.name);
        Person {
            given: self.given.to_owned(),
            family: self.family.to_owned(),
            user_name: address.clone(),
            email: address,
            title: self.title.to_owned(),
            department: self.groups.first().copied().unwrap_or("Engineering").to_owned(),
            employee_number: format!("E{:06}", index + 1),
            external_id: external_id(self.player.idp(), &mut choices, "00u"),
            manager: None,
            active: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CAST, GROUPS};

    #[test]
    fn twelve_people_and_five_groups_and_every_group_is_in_its_members_directory() {
        assert_eq!((CAST.len(), GROUPS.len()), (12, 5));
        for part in CAST {
            assert!(part.groups.iter().all(|group| GROUPS.contains(&(part.player, group))));
        }
    }
}
