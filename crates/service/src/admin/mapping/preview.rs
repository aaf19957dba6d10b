//! What a change of a mapping would do to whom, without making it (enrollment.md §3.8).

use enroll_domain::enrollment::{Mapping, State, diff, diff_resource, enroll, enroll_resource};
use enroll_domain::{MappingId, OrganizationId, ResourceId, ResourceRole, RoleOn, RoleWord, UserId};
use enroll_store::slice::{self, PageUser, Scope};
use enroll_store::{Tx, organization, resource};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::page::PageRequest;
use super::apply::{make, owned};
use super::plan::{MappingEdit, Plan, check_single, organization_of};
use super::version::PreviewVersion;
use crate::access::{UserSummary, page_user};
use crate::audit::Scribe;
use crate::{Error, Service};

/// Users compared at a time: memory does not grow with the group.
const CHUNK: u32 = 1000;

/// Who gains, loses or changes a role by a change of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// The organization's name.
    pub organization: String,
    /// The name of its resource, where the mapping is to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What to hold the change to: it is refused if anything that may matter has happened since.
    #[schemars(with = "String", regex(pattern = PreviewVersion::PATTERN))]
    pub version: PreviewVersion,
    /// How many users have no role now and would have one.
    pub gained: u64,
    /// How many users have a role now and would have none.
    pub lost: u64,
    /// How many users would have another role.
    pub changed: u64,
    /// A page of these users, in the order of their ids.
    pub users: Vec<PreviewedUser>,
    /// What to give as `after` for the next page; `None` on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What would happen to one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewedUser {
    /// Who.
    pub user: UserSummary,
    /// The effective role now; `None` for none.
    pub before: Option<RoleWord>,
    /// The effective role after the change; `None` for none.
    pub after: Option<RoleWord>,
    /// What these roles imply on each resource of the organization, where the mapping is to an organization. What else a user
    /// holds on a resource stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_resources: Option<OnResources>,
}

/// What a role on an organization before and after a change implies on its resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OnResources {
    /// By the role now.
    pub before: Option<ResourceRole>,
    /// By the role after the change.
    pub after: Option<ResourceRole>,
}

/// What a mapping is to.
struct On {
    organization: OrganizationId,
    base: ResourceRole,
    resource: Option<ResourceId>,
}

impl Service {
    /// Who would gain, lose or change a role by a change of a mapping: all of them counted, a page of them named. Deactivated
    /// users are not among them, as they have no role either way. It reads one snapshot and keeps no writer waiting; only where the
    /// last owner of an organization could go is the change itself tried first, and undone.
    ///
    /// # Errors
    /// Those of the change itself; [`Error::Invalid`] when the page is none.
    pub async fn preview_mapping(&self, edit: &MappingEdit, page: &PageRequest) -> Result<Preview, Error> {
        let (edit, page) = (edit.clone(), page.clone());
        let after: Option<UserId> = page.after()?;
        let now = self.clock().now();
        let id = MappingId::new(now, &self.entropy().id());
        let looked = edit.clone();
        if self.db().read(move |tx| Ok::<_, Error>(owned(&looked.plan(tx, id, now)?).is_some())).await? {
            let (edit, scribe) = (edit.clone(), Scribe::of_service(self, now));
            self.try_out(move |tx| make(tx, &scribe, &edit.plan(tx, id, now)?)).await?;
        }
        self.db().read(move |tx| preview(tx, &checked(tx, &edit, id, now)?, after, &page)).await
    }
}

/// What a change comes to, if no other mapping is in its way.
fn checked(tx: &Tx<'_>, edit: &MappingEdit, id: MappingId, now: Timestamp) -> Result<Plan, Error> {
    let plan = edit.plan(tx, id, now)?;
    plan.after.as_ref().map_or(Ok(()), |row| check_single(tx, row))?;
    Ok(plan)
}

fn preview(tx: &Tx<'_>, plan: &Plan, after: Option<UserId>, page: &PageRequest) -> Result<Preview, Error> {
    let missing = || Error::Internal("a plan without its target".to_owned());
    let changed: Vec<Mapping> = plan.rows().map(|row| row.mapping.clone()).collect();
    let gives = changed.first().ok_or_else(missing)?.gives;
    let owner = organization::find(tx, organization_of(tx, gives)?)?.ok_or_else(missing)?;
    let on_resource = match gives {
        RoleOn::Organization(..) => None,
        RoleOn::Resource(id, _) => Some(resource::find(tx, id)?.ok_or_else(missing)?),
    };
    let on = On {
        organization: owner.id,
        base: owner.base_resource_role,
        resource: on_resource.as_ref().map(|row| row.id),
    };
    let scope = Scope {
        organization: Some(owner.id),
        resource: on.resource,
        facts: on_resource.as_ref().map(|row| row.facts(owner.base_resource_role)),
        changed: Some(&changed),
    };
    let mut preview = Preview {
        organization: owner.name.to_string(),
        resource: on_resource.as_ref().map(|row| row.name.to_string()),
        version: PreviewVersion::now(tx, plan)?,
        gained: 0,
        lost: 0,
        changed: 0,
        users: Vec::new(),
        next: None,
    };
    let mut rows = Vec::new();
    let wanted = usize::try_from(page.one_more()).unwrap_or(usize::MAX);
    let mut behind = None;
    loop {
        let slice = slice::of_target(tx, &scope, behind, CHUNK)?;
        for (user, before, later) in differences(slice.state, plan, &on) {
            match (before, later) {
                (None, _) => preview.gained += 1,
                (_, None) => preview.lost += 1,
                _ => preview.changed += 1,
            }
            if after.is_none_or(|after| user > after) && rows.len() < wanted {
                rows.extend(shown(&slice.users, user, before, later, &on));
            }
        }
        behind = slice.next;
        if behind.is_none() {
            break;
        }
    }
    let cut = page.cut(rows, |row| row.user.id);
    (preview.users, preview.next) = (cut.items, cut.next);
    Ok(preview)
}

/// The users of a slice whose role differs, in the order of their ids: the enrollment function decides before and after.
fn differences(mut state: State, plan: &Plan, on: &On) -> Vec<(UserId, Option<RoleWord>, Option<RoleWord>)> {
    let change = |state: &mut State| {
        let touched: Vec<MappingId> = plan.rows().map(|row| row.mapping.id).collect();
        state.mappings.retain(|mapping| !touched.contains(&mapping.id));
        state.mappings.extend(plan.after.as_ref().map(|row| row.mapping.clone()));
    };
    match on.resource {
        None => {
            let before = enroll(&state);
            change(&mut state);
            let differences = diff(&before, &enroll(&state)).into_iter();
            let differences = differences.filter(|found| found.organization == on.organization);
            differences
                .map(|found| (found.user, found.before.map(Into::into), found.after.map(Into::into)))
                .collect()
        }
        Some(resource) => {
            let before = enroll_resource(&state, resource);
            change(&mut state);
            let differences = diff_resource(&before, &enroll_resource(&state, resource)).into_iter();
            differences
                .map(|found| (found.user, found.before.map(Into::into), found.after.map(Into::into)))
                .collect()
        }
    }
}

fn shown(
    users: &[PageUser],
    user: UserId,
    before: Option<RoleWord>,
    after: Option<RoleWord>,
    on: &On,
) -> Option<PreviewedUser> {
    let found = users.binary_search_by_key(&user, |user| user.id).ok()?;
    let implied = |role: Option<RoleWord>| Some(role?.on_organization().ok()?.on_resources(on.base));
    let on_resources =
        on.resource.is_none().then(|| OnResources { before: implied(before), after: implied(after) });
    Some(PreviewedUser { user: page_user(users.get(found)?), before, after, on_resources })
}
