//! `enroll verify`: the whole state, recomputed and compared with what is answered (enrollment.md §3.5).

mod resources;

use std::collections::BTreeMap;
use std::fmt;

use enroll_domain::enrollment::{self, Enrollment};
use enroll_domain::{OrganizationId, Role, UserId};
use enroll_store::{Tx, custom_schema, directory, slice};
use serde::Serialize;

use crate::access::members_page;
use crate::admin::all_organizations;
use crate::models::Models;
use crate::scim::unique;
use crate::{Error, Service};

/// Members compared at a time.
const PAGE: u32 = 1000;

/// Resources of a directory that are named at most; more of the same say nothing new.
const MOST: usize = 100;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The organization's name.
    pub organization: String,
    /// The user, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// What differs, for people.
    pub text: String,
}

/// What was compared, and what differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    /// Users in the instance.
    pub users: usize,
    /// Groups in the instance.
    pub groups: usize,
    /// Mappings in the instance.
    pub mappings: usize,
    /// Organizations compared.
    pub organizations: usize,
    /// Memberships that are in force.
    pub memberships: usize,
    /// Resources compared.
    pub resources: usize,
    /// Differences; empty when all is well.
    pub findings: Vec<Finding>,
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} users, {} groups, {} mappings, {} organizations, {} resources: {} memberships recomputed",
            self.users, self.groups, self.mappings, self.organizations, self.resources, self.memberships
        )?;
        if self.findings.is_empty() {
            return f.write_str(", no difference.");
        }
        write!(f, ", {} DIFFERENCES:", self.findings.len())?;
        self.findings
            .iter()
            .try_for_each(|finding| write!(f, "\n  - {}: {}", finding.organization, finding.text))
    }
}

impl Service {
    /// Recomputes every membership from the whole state at once, and compares it with what `check` and the lists of members
    /// answer from their slices. Also asks the store to check what it keeps twice (folded names, e-mail look-ups, references).
    ///
    /// # Errors
    /// [`Error::Store`] when the store cannot be read.
    pub async fn verify(&self) -> Result<VerifyReport, Error> {
        self.db().survey(compare).await
    }
}

fn compare(tx: &Tx<'_>) -> Result<VerifyReport, Error> {
    let state = slice::everything(tx)?;
    let enrollments = enrollment::enroll(&state);
    let organizations = all_organizations(tx)?;
    let mut report = VerifyReport {
        users: state.users.len(),
        groups: state.groups.len(),
        mappings: state.mappings.len(),
        organizations: organizations.len(),
        resources: state.resources.len(),
        ..VerifyReport::default()
    };
    for organization in organizations {
        let expected: BTreeMap<UserId, &Enrollment> = enrollments
            .of_organization(organization.id)
            .iter()
            .filter(|enrollment| enrollment.effective_role.is_some())
            .map(|enrollment| (enrollment.user, enrollment))
            .collect();
        let listed = listed(tx, organization.id)?;
        report.memberships += expected.len();
        let mut difference = |user: UserId, text: String| {
            report.findings.push(Finding {
                organization: organization.name.to_string(),
                user: Some(user),
                text,
            });
        };
        for (user, enrollment) in &expected {
            let role = enrollment.effective_role;
            if listed.get(user).copied() != role {
                let is = listed.get(user).map_or_else(|| "no member".to_owned(), ToString::to_string);
                difference(*user, format!("user {user} is listed as {is}, recomputed: {}", shown(role)));
            }
        }
        for (user, role) in listed.iter().filter(|(user, _)| !expected.contains_key(*user)) {
            difference(*user, format!("user {user} is listed as {role}, recomputed: no member"));
        }
        for chunk in expected.keys().copied().collect::<Vec<_>>().chunks(500) {
            check_slices(tx, &state, organization.id, chunk, &enrollments, &mut difference)?;
        }
    }
    resources::compare(tx, &state, &enrollments, &mut report.findings)?;
    let mut texts = enroll_store::verify::inconsistencies(tx)?;
    for directory in directory::list(tx)? {
        let models = Models::of(&custom_schema::definitions(tx, directory.id)?)?;
        texts.extend(unique::inconsistencies(tx, directory.id, &models, MOST)?);
    }
    for text in texts {
        report.findings.push(Finding { organization: "store".to_owned(), user: None, text });
    }
    Ok(report)
}

/// Every member with the role that the list of members shows.
fn listed(tx: &Tx<'_>, organization: OrganizationId) -> Result<BTreeMap<UserId, Role>, Error> {
    let mut all = BTreeMap::new();
    let mut after = None;
    loop {
        let page = members_page(tx, organization, after, PAGE)?;
        all.extend(page.members.into_iter().map(|member| (member.user.id, member.role)));
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// What `check` would answer for each user, from the users' own slices.
fn check_slices(
    tx: &Tx<'_>,
    state: &enrollment::State,
    organization: OrganizationId,
    users: &[UserId],
    expected: &enrollment::Enrollments,
    difference: &mut impl FnMut(UserId, String),
) -> Result<(), Error> {
    let mut by_directory: BTreeMap<_, Vec<UserId>> = BTreeMap::new();
    for user in users {
        if let Some(directory) = state.users.get(user).and_then(|facts| facts.directory) {
            by_directory.entry(directory).or_default().push(*user);
        }
    }
    for (directory, users) in by_directory {
        let sliced = enrollment::enroll(&slice::of_users(tx, directory, &users, false)?);
        for user in users {
            let (is, must) =
                (sliced.effective_role(organization, user), expected.effective_role(organization, user));
            if is != must {
                difference(
                    user,
                    format!("user {user} is checked as {}, recomputed: {}", shown(is), shown(must)),
                );
            }
        }
    }
    Ok(())
}

fn shown(role: Option<Role>) -> String {
    role.map_or_else(|| "no member".to_owned(), |role| role.to_string())
}
