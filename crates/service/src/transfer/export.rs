//! Writes a directory as a file that another instance can read. Everything is of one snapshot, and memory is bounded by a page.

use std::collections::HashMap;

use enroll_domain::enrollment::GrantKind;
use enroll_domain::{
    DirectoryId, GroupId, MappingBinding, OrganizationId, ResourceId, RoleOn, RoleWord, UserId,
};
use enroll_store::directory::DirectoryRow;
use enroll_store::filter::Compiled;
use enroll_store::grant::GrantRow;
use enroll_store::group::GroupRow;
use enroll_store::mapping::MappingRow;
use enroll_store::member::{self, MemberKind};
use enroll_store::resource_grant::ResourceGrantRow;
use enroll_store::user::{Page, UserRow};
use enroll_store::{Tx, directory, grant, group, mapping, organization, resource, resource_grant, user};
use jiff::Timestamp;

use super::line::{
    Counts, EndLine, EnrollmentLine, FORMAT_VERSION, GrantLine, GroupLine, HeaderLine, Line, ManagerLine,
    MappingLine, MembersLine, OrganizationLine, ResourceLine, UserLine,
};
use super::manager::Managed;
use crate::admin::{all_organizations, find_directory};
use crate::{Error, Service};

/// Rows read in one statement, and members in one line.
const PAGE: u32 = 500;

/// Text that is handed on at a time, in bytes.
const CHUNK: usize = 256 * 1024;

impl Service {
    /// Writes users, groups with members, the organizations that the directory may be mapped to with their resources, mappings,
    /// direct grants and the default enrollment of a directory, as lines. `hand_on` is given pieces of the text; its error ends the
    /// export. No token, no session and no secret is in it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory; [`Error::Store`]; that of `hand_on`. What was handed on by then is not a
    /// whole file.
    pub async fn export(
        &self,
        directory: &str,
        hand_on: impl FnMut(String) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let (directory, now) = (directory.to_owned(), self.clock().now());
        self.db()
            .read(move |tx| {
                let row = find_directory(tx, &directory)?;
                write(tx, &row, now, &mut Out { text: String::new(), lines: 0, hand_on })
            })
            .await
    }
}

struct Out<F> {
    text: String,
    lines: u64,
    hand_on: F,
}

impl<F: FnMut(String) -> Result<(), Error>> Out<F> {
    fn line(&mut self, line: &Line) -> Result<(), Error> {
        let text = serde_json::to_string(line)
            .map_err(|error| Error::Internal(format!("a line of an export cannot be written: {error}")))?;
        self.text.push_str(&text);
        self.text.push('\n');
        self.lines += 1;
        if self.text.len() >= CHUNK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        (self.hand_on)(std::mem::take(&mut self.text))
    }
}

fn write<F: FnMut(String) -> Result<(), Error>>(
    tx: &Tx<'_>,
    row: &DirectoryRow,
    now: Timestamp,
    out: &mut Out<F>,
) -> Result<(), Error> {
    let id = row.id;
    let everything = Compiled::everything();
    let (setup, places) = organizations(tx, id)?;
    let mappings = mappings(tx, id, &places)?;
    let counts = Counts {
        organizations: places.organizations.len() as u64,
        resources: places.resources.len() as u64,
        users: user::count(tx, id, &everything)?,
        groups: group::count(tx, id, &everything)?,
        mappings: mappings.len() as u64,
    };
    let header =
        HeaderLine { version: FORMAT_VERSION, directory: row.name.to_string(), exported: now, counts };
    out.line(&Line::Header(header))?;
    // A client sees at once that it is answered.
    out.flush()?;
    setup.iter().try_for_each(|line| out.line(line))?;
    if users(tx, id, &places, out)? == ManagersFollow(true) {
        managers(tx, id, out)?;
    }
    groups(tx, id, |group| out.line(&Line::Group(GroupLine { resource: group.object()?, merge: false })))?;
    groups(tx, id, |group| members(tx, id, group, out))?;
    mappings.iter().try_for_each(|line| out.line(line))?;
    if let Some(enrollment) = directory::default_enrollment(tx, id)?
        && let Some(organization) = places.organizations.get(&enrollment.organization)
    {
        let line = EnrollmentLine { organization: organization.clone(), role: enrollment.role };
        out.line(&Line::DefaultEnrollment(line))?;
    }
    let lines = out.lines;
    out.line(&Line::End(EndLine { lines }))?;
    out.flush()
}

/// What the file calls the organizations and resources that it has. What is not here is not named in it.
#[derive(Default)]
struct Places {
    organizations: HashMap<OrganizationId, String>,
    /// The organization's name, and `KIND:NAME`.
    resources: HashMap<ResourceId, (String, String)>,
}

/// The organizations that the directory may be mapped to, each followed by its resources.
fn organizations(tx: &Tx<'_>, id: DirectoryId) -> Result<(Vec<Line>, Places), Error> {
    let (mut lines, mut places) = (Vec::new(), Places::default());
    for row in all_organizations(tx)? {
        let reserved = organization::directories(tx, row.id)?;
        if !reserved.is_empty() && !reserved.contains(&id) {
            continue;
        }
        let name = row.name.to_string();
        places.organizations.insert(row.id, name.clone());
        lines.push(Line::Organization(OrganizationLine {
            name: name.clone(),
            display_name: row.display_name,
            description: row.description,
            base_resource_role: row.base_resource_role,
            reserved: !reserved.is_empty(),
        }));
        let mut after: Option<ResourceId> = None;
        loop {
            let page = resource::list(tx, row.id, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for resource in page {
                let called = format!("{}:{}", resource.kind, resource.name);
                places.resources.insert(resource.id, (name.clone(), called));
                lines.push(Line::Resource(ResourceLine {
                    organization: name.clone(),
                    name: resource.name.to_string(),
                    kind: resource.kind.to_string(),
                    visibility: resource.visibility,
                }));
            }
        }
    }
    Ok((lines, places))
}

/// Whether somebody's manager stands behind her.
#[derive(Clone, Copy, PartialEq, Eq)]
struct ManagersFollow(bool);

/// The users, each page followed by their direct grants.
fn users<F: FnMut(String) -> Result<(), Error>>(
    tx: &Tx<'_>,
    id: DirectoryId,
    places: &Places,
    out: &mut Out<F>,
) -> Result<ManagersFollow, Error> {
    let mut follow = ManagersFollow(false);
    user_pages(tx, id, |page, managed| {
        for (row, Managed { mut user, manager }) in page.iter().zip(managed) {
            let manager_follows = manager.as_ref().is_some_and(|manager| manager.id >= row.id);
            follow.0 |= manager_follows;
            if manager.is_some() {
                user.take_manager();
            }
            let manager = manager.filter(|_| !manager_follows).map(|manager| manager.user_name);
            let resource = user.into_object();
            out.line(&Line::User(UserLine { resource, manager, manager_follows, merge: false }))?;
        }
        grants(tx, page, places, out)
    })?;
    Ok(follow)
}

/// The managers of those who stand before them. The users are read once more: what is to be said of them is not held.
fn managers<F: FnMut(String) -> Result<(), Error>>(
    tx: &Tx<'_>,
    id: DirectoryId,
    out: &mut Out<F>,
) -> Result<(), Error> {
    user_pages(tx, id, |page, managed| {
        for (row, Managed { manager, .. }) in page.iter().zip(managed) {
            if let Some(manager) = manager.filter(|manager| manager.id >= row.id) {
                let (user, manager) = (row.user_name.clone(), manager.user_name);
                out.line(&Line::Manager(ManagerLine { user, manager }))?;
            }
        }
        Ok(())
    })
}

/// The users in the order of their ids, page by page, with their managers as far as these are users of the directory.
fn user_pages(
    tx: &Tx<'_>,
    id: DirectoryId,
    mut each: impl FnMut(&[UserRow], Vec<Managed>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut after = None;
    loop {
        let page = user::list(tx, id, &Compiled::everything(), Page::After { after, limit: PAGE })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        let managed = Managed::all(tx, id, &page)?;
        each(&page, managed)?;
    }
}

fn grants<F: FnMut(String) -> Result<(), Error>>(
    tx: &Tx<'_>,
    page: &[UserRow],
    places: &Places,
    out: &mut Out<F>,
) -> Result<(), Error> {
    let names: HashMap<UserId, &String> = page.iter().map(|row| (row.id, &row.user_name)).collect();
    let name = |of| names.get(&of).copied().cloned().unwrap_or_default();
    let ids = || page.iter().map(|row| row.id);
    for GrantRow { grant, .. } in grant::list_of_users(tx, ids())? {
        if grant.kind != GrantKind::Direct {
            continue;
        }
        if let Some(organization) = places.organizations.get(&grant.organization) {
            let (user, organization) = (name(grant.user), organization.clone());
            let role = RoleWord::from(grant.role);
            out.line(&Line::Grant(GrantLine { user, organization, resource: None, role }))?;
        }
    }
    for ResourceGrantRow { grant, .. } in resource_grant::list_of_users(tx, ids())? {
        if let Some((organization, resource)) = places.resources.get(&grant.resource) {
            let (user, organization) = (name(grant.user), organization.clone());
            let (resource, role) = (Some(resource.clone()), RoleWord::from(grant.role));
            out.line(&Line::Grant(GrantLine { user, organization, resource, role }))?;
        }
    }
    Ok(())
}

fn groups(
    tx: &Tx<'_>,
    id: DirectoryId,
    mut each: impl FnMut(&GroupRow) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut after: Option<GroupId> = None;
    loop {
        let page = group::list(tx, id, &Compiled::everything(), Page::After { after, limit: PAGE })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        page.iter().try_for_each(&mut each)?;
    }
}

fn members<F: FnMut(String) -> Result<(), Error>>(
    tx: &Tx<'_>,
    id: DirectoryId,
    group: &GroupRow,
    out: &mut Out<F>,
) -> Result<(), Error> {
    let mut after = None;
    loop {
        let page = member::names(tx, id, group.id, after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = Some(*last.uuid());
        let mut line =
            MembersLine { group: group.display_name.clone(), users: Vec::new(), groups: Vec::new() };
        for (member, name) in page {
            match member.kind() {
                MemberKind::User => line.users.push(name),
                MemberKind::Group => line.groups.push(name),
            }
        }
        out.line(&Line::Members(line))?;
    }
}

/// The mappings, without those whose group was deleted: they wait for an administrator of this instance.
fn mappings(tx: &Tx<'_>, id: DirectoryId, places: &Places) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    for MappingRow { mapping, .. } in mapping::list(tx, id)? {
        if mapping.group.binding() == MappingBinding::Lost {
            continue;
        }
        let place = match mapping.gives {
            RoleOn::Organization(organization, _) => {
                places.organizations.get(&organization).map(|name| (name.clone(), None))
            }
            RoleOn::Resource(resource, _) => {
                places.resources.get(&resource).map(|(name, called)| (name.clone(), Some(called.clone())))
            }
        };
        if let Some((organization, resource)) = place {
            lines.push(Line::Mapping(MappingLine {
                group: mapping.group.name().to_string(),
                organization,
                resource,
                role: mapping.gives.role(),
                paused: mapping.paused,
            }));
        }
    }
    Ok(lines)
}
