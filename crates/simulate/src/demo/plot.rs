//! What happens in the week, in order.

use std::fmt;

use serde::Serialize;

use crate::demo::player::Player;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// The day before, when the directories are connected.
    Sunday,
    /// The first working day.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The last.
    Friday,
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sunday => "Sunday",
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
        })
    }
}

/// What an identity provider is asked to do. People and groups are named as in the cast.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    /// Tests the connection and brings everybody who is there, with their groups.
    FirstSync,
    Hire {
        who: &'static str,
        group: &'static str,
    },
    Move {
        who: &'static str,
        from: &'static str,
        to: &'static str,
    },
    Leave {
        who: &'static str,
    },
    Return {
        who: &'static str,
    },
    Rename {
        group: &'static str,
        to: &'static str,
    },
    Promote {
        who: &'static str,
        title: &'static str,
        group: Option<&'static str>,
    },
    Manager {
        who: &'static str,
        manager: &'static str,
    },
}

/// One step of the week before it is played.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) day: Day,
    pub(crate) player: Player,
    pub(crate) sentence: &'static str,
    pub(crate) action: Action,
}

const fn line(day: Day, player: Player, sentence: &'static str, action: Action) -> Line {
    Line { day, player, sentence, action }
}

/// The plot.
pub(crate) const PLOT: &[Line] = &[
    line(
        Day::Sunday,
        Player::Okta,
        "Acme connects Okta: six employees and three groups arrive",
        Action::FirstSync,
    ),
    line(
        Day::Sunday,
        Player::Entra,
        "Northwind connects Microsoft Entra ID: four partners and two groups arrive",
        Action::FirstSync,
    ),
    line(
        Day::Monday,
        Player::Okta,
        "Ana García joins Engineering",
        Action::Hire { who: "ana.garcia", group: "Engineering" },
    ),
    line(
        Day::Monday,
        Player::Entra,
        "Sam Kim starts as a contractor",
        Action::Hire { who: "sam.kim", group: "Contractors" },
    ),
    line(
        Day::Tuesday,
        Player::Okta,
        "Mehmet Yılmaz moves from Engineering to Platform",
        Action::Move { who: "mehmet.yilmaz", from: "Engineering", to: "Platform" },
    ),
    line(
        Day::Tuesday,
        Player::Okta,
        "Priya Patel is promoted to Staff Engineer and joins the Engineering Admins",
        Action::Promote { who: "priya.patel", title: "Staff Engineer", group: Some("Engineering Admins") },
    ),
    line(
        Day::Wednesday,
        Player::Entra,
        "Northwind renames the group Data to Data & Analytics",
        Action::Rename { group: "Data", to: "Data & Analytics" },
    ),
    line(
        Day::Wednesday,
        Player::Entra,
        "花子 山田 moves from Contractors to Data & Analytics",
        Action::Move { who: "hanako.yamada", from: "Contractors", to: "Data" },
    ),
    line(Day::Thursday, Player::Okta, "Olena Novák leaves Acme", Action::Leave { who: "olena.novak" }),
    line(Day::Thursday, Player::Entra, "Noor Haddad's contract ends", Action::Leave { who: "noor.haddad" }),
    line(
        Day::Thursday,
        Player::Entra,
        "Amélie Dubois is promoted to Head of Data",
        Action::Promote { who: "amelie.dubois", title: "Head of Data", group: None },
    ),
    line(
        Day::Friday,
        Player::Entra,
        "Thabo Mbeki reports to Amélie Dubois from now on",
        Action::Manager { who: "thabo.mbeki", manager: "amelie.dubois" },
    ),
    line(
        Day::Friday,
        Player::Entra,
        "Noor Haddad's contract is renewed",
        Action::Return { who: "noor.haddad" },
    ),
    line(
        Day::Friday,
        Player::Okta,
        "Łukasz Kowalski moves from Platform to Engineering",
        Action::Move { who: "lukasz.kowalski", from: "Platform", to: "Engineering" },
    ),
];
