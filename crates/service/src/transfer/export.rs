//! Writes a directory as a file that another instance can read. Everything is of one snapshot, and memory is bounded by a page.

use enroll_domain::enrollment::GrantKind;
use enroll_domain::{DirectoryId, GroupId, MappingBinding, ResourceId, RoleOn, RoleWord};
use enroll_store::directory::DirectoryRow;
use enroll_store::filter::Compiled;
use enroll_store::group::GroupRow;
use enroll_store::mapping::MappingRow;
use enroll_store::member::{self, MemberKind};
use enroll_store::user::{Page, UserRow};
use enroll_store::{
    StoreError, Tx, directory, grant, group, mapping, organization, resource, resource_grant, user,
};
use jiff::Timestamp;

use super::line::{
    Counts, EndLine, EnrollmentLine, FORMAT_VERSION, GrantLine, HeaderLine, Line, MappingLine, MembersLine,
    OrganizationLine, ResourceLine, ScimLine,
};
use crate::admin::{all_organizations, find_directory};
use crate::{Error, Service};

/// Rows read in one statement, and members in one line.
const PAGE: u32 = 500;

/// Text that is handed on at a time, in bytes.
const CHUNK: usize = 256 * 1024;

impl Service {
    /// Writes users, groups with members, the organizations that the directory may be mapped to with their resources, mappings,
    /// direct grants and the default enrollment of a directory, as lines. `hand_on` is given pieces of the text, and says whether
    /// to go on. No token, no session and no secret is in it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory; [`Error::Store`]. What was handed on by then is not a whole file.
    pub async fn export(
        &self,
        directory: &str,
        hand_on: impl FnMut(String) -> bool + Send + 'static,
    ) -> Result<(), Error> {
        let (directory, now) = (directory.to_owned(), self.clock().now());
        self.db()
            .read(move |tx| {
                let row = find_directory(tx, &directory)?;
                let mut out = Out { text: String::new(), lines: 0, hand_on };
                match write(tx, &row, now, &mut out) {
                    Ok(()) | Err(Stop::Enough) => Ok(()),
                    Err(Stop::Failed(error)) => Err(error),
                }
            })
            .await
    }
}

/// Why an export ends early.
enum Stop {
    /// Nobody reads it any more.
    Enough,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

struct Out<F> {
    text: String,
    lines: u64,
    hand_on: F,
}

impl<F: FnMut(String) -> bool> Out<F> {
    fn line(&mut self, line: &Line) -> Result<(), Stop> {
        let text = serde_json::to_string(line)
            .map_err(|error| Error::Internal(format!("a line of an export cannot be written: {error}")))?;
        self.text.push_str(&text);
        self.text.push('\n');
        self.lines += 1;
        if self.text.len() >= CHUNK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Stop> {
        if (self.hand_on)(std::mem::take(&mut self.text)) { Ok(()) } else { Err(Stop::Enough) }
    }
}

fn write<F: FnMut(String) -> bool>(
    tx: &Tx<'_>,
    row: &DirectoryRow,
    now: Timestamp,
    out: &mut Out<F>,
) -> Result<(), Stop> {
    let id = row.id;
    let everything = Compiled::everything();
    let setup = organizations(tx, id)?;
    let mappings = mappings(tx, id)?;
    let mut counts = Counts {
        users: user::count(tx, id, &everything)?,
        groups: group::count(tx, id, &everything)?,
        mappings: mappings.len() as u64,
        ..Counts::default()
    };
    for line in &setup {
        match line {
            Line::Organization(_) => counts.organizations += 1,
            _ => counts.resources += 1,
        }
    }
    let header =
        HeaderLine { version: FORMAT_VERSION, directory: row.name.to_string(), exported: now, counts };
    out.line(&Line::Header(header))?;
    // A client sees at once that it is answered.
    out.flush()?;
    setup.iter().try_for_each(|line| out.line(line))?;
    users(tx, id, out)?;
    groups(tx, id, |group| out.line(&Line::Group(ScimLine { resource: group.object()?, merge: false })))?;
    groups(tx, id, |group| members(tx, id, group, out))?;
    mappings.iter().try_for_each(|line| out.line(line))?;
    if let Some(enrollment) = directory::default_enrollment(tx, id)? {
        let organization = organization::find(tx, enrollment.organization)?;
        if let Some(organization) = organization {
            let line = EnrollmentLine { organization: organization.name.to_string(), role: enrollment.role };
            out.line(&Line::DefaultEnrollment(line))?;
        }
    }
    let lines = out.lines;
    out.line(&Line::End(EndLine { lines }))?;
    out.flush()
}

/// The organizations that the directory may be mapped to, each followed by its resources.
fn organizations(tx: &Tx<'_>, id: DirectoryId) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    for row in all_organizations(tx)? {
        let reserved = organization::directories(tx, row.id)?;
        if !reserved.is_empty() && !reserved.contains(&id) {
            continue;
        }
        let name = row.name.to_string();
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
            lines.extend(page.into_iter().map(|resource| {
                Line::Resource(ResourceLine {
                    organization: name.clone(),
                    name: resource.name.to_string(),
                    kind: resource.kind.to_string(),
                    visibility: resource.visibility,
                })
            }));
        }
    }
    Ok(lines)
}

/// The users, each page followed by their direct grants.
fn users<F: FnMut(String) -> bool>(tx: &Tx<'_>, id: DirectoryId, out: &mut Out<F>) -> Result<(), Stop> {
    let mut after = None;
    loop {
        let page = user::list(tx, id, &Compiled::everything(), Page::After { after, limit: PAGE })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for row in &page {
            out.line(&Line::User(ScimLine { resource: row.object()?, merge: false }))?;
        }
        grants(tx, id, &page, out)?;
    }
}

fn grants<F: FnMut(String) -> bool>(
    tx: &Tx<'_>,
    id: DirectoryId,
    page: &[UserRow],
    out: &mut Out<F>,
) -> Result<(), Stop> {
    let name = |of| page.iter().find(|row| row.id == of).map(|row| row.user_name.clone()).unwrap_or_default();
    let ids = || page.iter().map(|row| row.id);
    for row in grant::list_of_users(tx, ids())? {
        let grant = row.grant;
        if grant.kind != GrantKind::Direct {
            continue;
        }
        if let Some(organization) = known(tx, id, grant.organization)? {
            let (user, role) = (name(grant.user), RoleWord::from(grant.role));
            out.line(&Line::Grant(GrantLine { user, organization, resource: None, role }))?;
        }
    }
    for row in resource_grant::list_of_users(tx, ids())? {
        let grant = row.grant;
        if let Some((organization, resource)) = on(tx, id, grant.resource)? {
            let (user, role) = (name(grant.user), RoleWord::from(grant.role));
            out.line(&Line::Grant(GrantLine { user, organization, resource: Some(resource), role }))?;
        }
    }
    Ok(())
}

/// The name of an organization, if the file has it.
fn known(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: enroll_domain::OrganizationId,
) -> Result<Option<String>, Error> {
    let reserved = organization::directories(tx, id)?;
    if !reserved.is_empty() && !reserved.contains(&directory) {
        return Ok(None);
    }
    Ok(organization::find(tx, id)?.map(|row| row.name.to_string()))
}

/// Organization and `KIND:NAME` of a resource, if the file has it.
fn on(tx: &Tx<'_>, directory: DirectoryId, id: ResourceId) -> Result<Option<(String, String)>, Error> {
    let Some(row) = resource::find(tx, id)? else { return Ok(None) };
    let name = format!("{}:{}", row.kind, row.name);
    Ok(known(tx, directory, row.organization)?.map(|organization| (organization, name)))
}

fn groups(
    tx: &Tx<'_>,
    id: DirectoryId,
    mut each: impl FnMut(&GroupRow) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut after: Option<GroupId> = None;
    loop {
        let page = group::list(tx, id, &Compiled::everything(), Page::After { after, limit: PAGE })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        page.iter().try_for_each(&mut each)?;
    }
}

fn members<F: FnMut(String) -> bool>(
    tx: &Tx<'_>,
    id: DirectoryId,
    group: &GroupRow,
    out: &mut Out<F>,
) -> Result<(), Stop> {
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
fn mappings(tx: &Tx<'_>, id: DirectoryId) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    for MappingRow { mapping, .. } in mapping::list(tx, id)? {
        if mapping.group.binding() == MappingBinding::Lost {
            continue;
        }
        let place = match mapping.gives {
            RoleOn::Organization(organization, _) => {
                known(tx, id, organization)?.map(|organization| (organization, None))
            }
            RoleOn::Resource(resource, _) => {
                on(tx, id, resource)?.map(|(organization, resource)| (organization, Some(resource)))
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
