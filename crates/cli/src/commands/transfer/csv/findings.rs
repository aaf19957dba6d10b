//! What to look at in a list before it is imported: in the list alone, and against the users who are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use enroll_domain::{RoleWord, look};
use enroll_scim::Folded;
use enroll_service::Severity;
use serde::Serialize;

use super::super::report::short;
use super::read::{List, Row};

/// Names that are told of a finding; it says how many there are.
const NAMED: usize = 20;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    /// A word for programs.
    pub(super) code: &'static str,
    /// A sentence.
    pub(super) text: String,
    /// How many are concerned.
    pub(super) count: usize,
    /// The first of them.
    pub(super) concerned: Vec<String>,
}

impl Finding {
    /// A finding about these; none when there are none.
    pub(super) fn about(
        severity: Severity,
        code: &'static str,
        text: &str,
        mut concerned: Vec<String>,
    ) -> Option<Self> {
        let count = concerned.len();
        concerned.truncate(NAMED);
        (count > 0).then(|| Self { severity, code, text: text.to_owned(), count, concerned })
    }
}

/// A user of the directory, as far as a list is compared with her.
pub(super) struct There {
    pub(super) user_name: String,
    pub(super) external_id: Option<String>,
    pub(super) active: bool,
}

/// What to look at, what matters most first.
pub(super) fn of(list: &List, there: &[There]) -> Vec<Finding> {
    use Severity::{Error, Info, Warning};
    let rows = &list.rows;
    let lines =
        |wrong: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| wrong(row)).map(called).collect::<Vec<_>>();
    let unreadable = list.unreadable.iter().map(|(line, why)| format!("line {line}: {why}")).collect();
    let mut found = vec![
        Finding::about(Error, "unreadable", "These rows cannot be read.", unreadable),
        Finding::about(
            Error,
            "no-user-name",
            "These rows have no userName.",
            lines(&|row| row.user_name.is_empty()),
        ),
        Finding::about(
            Error,
            "same-user-name",
            "These rows have one userName, in whatever case: a userName is unique in a directory.",
            twice(rows, |row| Folded::new(&row.user_name).as_str().to_owned()),
        ),
        Finding::about(
            Error,
            "same-external-id",
            "These rows have one externalId: users are found by it.",
            twice(rows, |row| row.external_id.clone()),
        ),
        Finding::about(
            Error,
            "no-email-address",
            "This is no e-mail address.",
            rows.iter()
                .filter(|row| !row.email.is_empty() && !is_address(&row.email))
                .map(|row| format!("{}: {:?}", called(row), short(&row.email)))
                .collect(),
        ),
        Finding::about(
            Warning,
            "no-email",
            "These rows have no e-mail address.",
            lines(&|row| row.email.is_empty()),
        ),
        Finding::about(
            Warning,
            "same-email",
            "These rows have one e-mail address: a sign-in by e-mail would not know who is meant.",
            twice(rows, |row| Folded::new(&row.email).as_str().to_owned()),
        ),
        Finding::about(
            Warning,
            "look-alike",
            "These userNames look alike and are not the same: one letter is of another script, or is easily taken for another.",
            look_alikes(rows, there),
        ),
    ];
    found.push(Finding::about(
        Info,
        "not-in-the-list",
        "These active users of the directory are not in the list. They stay as they are.",
        missing(rows, there),
    ));
    found.push(Finding::about(
        Info,
        "columns-ignored",
        "These columns mean nothing here and are left out; --columns says otherwise.",
        list.ignored.clone(),
    ));
    found.into_iter().flatten().collect()
}

fn called(row: &Row) -> String {
    if row.user_name.is_empty() {
        format!("line {}", row.line)
    } else {
        format!("line {} ({})", row.line, short(&row.user_name))
    }
}

/// The rows whose key is that of another row, together.
fn twice(rows: &[Row], key: impl Fn(&Row) -> String) -> Vec<String> {
    let mut by_key: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_key.entry(key(row)).or_default().push(row);
    }
    by_key
        .into_iter()
        .filter(|(key, rows)| !key.is_empty() && rows.len() > 1)
        .map(|(_, rows)| rows.iter().map(|row| called(row)).collect::<Vec<_>>().join(" and "))
        .collect()
}

/// userNames of the list that are another one's to the eye, of the list or of the directory (UTS #39 §4).
fn look_alikes(rows: &[Row], there: &[There]) -> Vec<String> {
    let fold = |name: &str| Folded::new(name).as_str().to_owned();
    let names: BTreeMap<String, &str> = there
        .iter()
        .map(|user| user.user_name.as_str())
        .chain(rows.iter().map(|row| row.user_name.as_str()))
        .map(|name| (fold(name), name))
        .collect();
    let own: BTreeSet<String> = rows.iter().map(|row| fold(&row.user_name)).collect();
    let mut by_look: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for folded in names.keys() {
        by_look.entry(look::look(folded)).or_default().push(folded);
    }
    by_look
        .into_values()
        .filter(|alike| alike.len() > 1 && alike.iter().any(|name| own.contains(*name)))
        .map(|alike| look::told(alike.iter().filter_map(|folded| names.get(*folded).copied())))
        .collect()
}

fn missing(rows: &[Row], there: &[There]) -> Vec<String> {
    let names: BTreeSet<String> =
        rows.iter().map(|row| Folded::new(&row.user_name).as_str().to_owned()).collect();
    let ids: BTreeSet<&str> =
        rows.iter().map(|row| row.external_id.as_str()).filter(|id| !id.is_empty()).collect();
    let listed = |user: &There| {
        names.contains(Folded::new(&user.user_name).as_str())
            || user.external_id.as_deref().is_some_and(|id| ids.contains(id))
    };
    there.iter().filter(|user| user.active && !listed(user)).map(|user| user.user_name.clone()).collect()
}

/// Whether a text can be an e-mail address: what every one has. Whether mail arrives is another question.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let clean =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    clean(local)
        && !local.contains('@')
        && clean(domain)
        && domain
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
}

/// Who would have which role by the mappings of the groups in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Gain {
    /// The organization, or the resource as `organization/name`.
    pub(super) on: String,
    pub(super) role: RoleWord,
    pub(super) count: usize,
    /// The first of them.
    pub(super) users: Vec<String>,
}

/// A mapping that is in force.
pub(super) struct Mapped {
    pub(super) group: String,
    pub(super) on: String,
    pub(super) role: RoleWord,
}

/// The rows of each group of a list, whatever the case of its name.
pub(super) struct Groups<'l>(HashMap<String, Vec<&'l Row>>);

impl<'l> Groups<'l> {
    pub(super) fn of(rows: &'l [Row]) -> Self {
        let mut groups: HashMap<String, Vec<&Row>> = HashMap::new();
        for row in rows {
            for group in &row.groups {
                groups.entry(Folded::new(group).as_str().to_owned()).or_default().push(row);
            }
        }
        Self(groups)
    }

    /// The rows of a group; none where the list does not name it.
    pub(super) fn rows(&self, group: &str) -> &[&'l Row] {
        self.0.get(Folded::new(group).as_str()).map_or(&[], Vec::as_slice)
    }
}

/// What the mappings give to active people of the list which they have not yet. `holds` is the role of a folded userName on a place.
pub(super) fn gains(
    groups: &Groups<'_>,
    mapped: &[Mapped],
    holds: &HashMap<(String, String), RoleWord>,
) -> Vec<Gain> {
    let mut best: BTreeMap<(&str, &str), RoleWord> = BTreeMap::new();
    for Mapped { group, on, role } in mapped {
        for row in groups.rows(group).iter().filter(|row| row.active != Some(false)) {
            let held = || holds.get(&(on.clone(), Folded::new(&row.user_name).as_str().to_owned())).copied();
            let place = (on.as_str(), row.user_name.as_str());
            // Roles on one place are of one kind: they compare.
            if best.get(&place).copied().or_else(held).is_none_or(|before| before < *role) {
                best.insert(place, *role);
            }
        }
    }
    let mut by_role: BTreeMap<(&str, RoleWord), Vec<&str>> = BTreeMap::new();
    for ((on, user), role) in best {
        by_role.entry((on, role)).or_default().push(user);
    }
    by_role
        .into_iter()
        .map(|((on, role), users)| Gain {
            on: on.to_owned(),
            role,
            count: users.len(),
            users: users.into_iter().take(NAMED).map(|name| short(name).into_owned()).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::super::read::read;
    use enroll_domain::RoleWord;

    use super::{Finding, Groups, Mapped, There, gains, of};

    fn found(text: &str, there: &[(&str, bool)]) -> Vec<Finding> {
        let list = read(text.as_bytes(), &BTreeMap::new()).unwrap();
        let there: Vec<_> = there
            .iter()
            .map(|(name, active)| There { user_name: (*name).to_owned(), external_id: None, active: *active })
            .collect();
        of(&list, &there)
    }

    fn only<'f>(found: &'f [Finding], code: &str) -> &'f [String] {
        let found: Vec<_> = found.iter().filter(|finding| finding.code == code).collect();
        assert_eq!(found.len(), 1, "{code}: {found:#?}");
        &found[0].concerned
    }

    #[test]
    fn a_list_in_order_has_nothing_to_look_at() {
        assert_eq!(found("userName,email\nada,ada@example.com\nbob,bob@example.com\n", &[("ADA", true)]), []);
    }

    #[test]
    fn what_is_wrong_with_rows_is_told_by_line() {
        let all = found(
            "userName,email,externalId,size\n\
             ada,ada@example.com,7,1\n\
             ADA,ada@EXAMPLE.com,8,1\n\
             ,x@example.com,,1\n\
             bob,nobody,7,1\n\
             eve,,,1\n",
            &[("max", true), ("gone", false)],
        );
        assert_eq!(only(&all, "no-user-name"), ["line 4"]);
        assert_eq!(only(&all, "same-user-name"), ["line 2 (ada) and line 3 (ADA)"]);
        assert_eq!(only(&all, "same-external-id"), ["line 2 (ada) and line 5 (bob)"]);
        assert_eq!(only(&all, "no-email-address"), ["line 5 (bob): \"nobody\""]);
        assert_eq!(only(&all, "no-email"), ["line 6 (eve)"]);
        assert_eq!(only(&all, "same-email"), ["line 2 (ada) and line 3 (ADA)"]);
        assert_eq!(only(&all, "not-in-the-list"), ["max"]);
        assert_eq!(only(&all, "columns-ignored"), ["size"]);
    }

    #[test]
    fn names_that_look_alike_are_told_with_the_letter() {
        let there = [("\u{0430}da@example.com", true), ("bob", true)];
        let all = found("userName,email\nada@example.com,ada@example.com\nb0b,b@example.com\n", &there);
        let alike = only(&all, "look-alike");
        assert_eq!(alike, ["ada@example.com and \u{0430}da@example.com (with U+0430)"]);
        // Two in the directory alone are no matter of this list.
        let there = [("\u{0430}da", true), ("ada", true)];
        assert!(
            found("userName,email\neve,e@example.com\n", &there).iter().all(|one| one.code != "look-alike")
        );
    }

    #[test]
    fn e_mail_addresses_are_told_from_what_is_none() {
        for good in ["a@b.de", "a.b+c@x-y.example", "løve@exämple.com", "a@localhost"] {
            assert!(super::is_address(good), "{good}");
        }
        for wrong in
            ["", "a", "@b.de", "a@", "a@@b", "a b@c.de", "a@b..de", "a@-b.de", "a@b,de", "<a@b.de>x@"]
        {
            assert!(!super::is_address(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_large_list_is_compared_with_many_mappings_in_little_time() {
        let rows: Vec<_> = (0..20_000)
            .map(|number| super::Row {
                user_name: format!("user{number}"),
                groups: vec![format!("Group {}", number % 2000), "Everybody".to_owned()],
                ..super::Row::default()
            })
            .collect();
        let mapped: Vec<_> = (0..2000)
            .map(|number| Mapped {
                group: format!("group {number}"),
                on: format!("org{number}"),
                role: RoleWord::Member,
            })
            .collect();
        let begun = std::time::Instant::now();
        let all = gains(&Groups::of(&rows), &mapped, &HashMap::new());
        assert!(all.len() == 2000 && all.iter().all(|gain| gain.count == 10));
        assert!(begun.elapsed().as_secs() < 10, "it grows with the list times the mappings");
    }

    #[test]
    fn gains_are_the_highest_role_that_is_not_held_yet() {
        let text = "userName,active,groups\nada,,Web;Lead\nbob,true,web\neve,false,Web\nmax,,Web\n";
        let rows = read(text.as_bytes(), &BTreeMap::new()).unwrap().rows;
        let mapped: Vec<_> =
            [("Web", "acme", "member"), ("Lead", "acme", "admin"), ("WEB", "acme/site", "write")]
                .into_iter()
                .map(|(group, on, role)| Mapped {
                    group: group.into(),
                    on: on.into(),
                    role: role.parse().unwrap(),
                })
                .collect();
        let holds = HashMap::from([(("acme".to_owned(), "max".to_owned()), RoleWord::Owner)]);
        let all = gains(&Groups::of(&rows), &mapped, &holds);
        let told: Vec<_> =
            all.iter().map(|gain| (gain.on.as_str(), gain.role.as_str(), gain.users.join(" "))).collect();
        assert_eq!(
            told,
            [
                ("acme", "member", "bob".to_owned()),
                ("acme", "admin", "ada".to_owned()),
                ("acme/site", "write", "ada bob max".to_owned())
            ]
        );
    }
}
