//! One resource as an answer: what has to be read for it, and how it is put together.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use enroll_domain::{CustomResourceId, DirectoryId, GroupId, UserId};
use enroll_scim::projection::Projection;
use enroll_scim::{Object, ResourceModel};
use enroll_store::Tx;
use enroll_store::custom_resource::CustomResourceRow;
use enroll_store::group::GroupRow;
use enroll_store::member::{self, Member, MemberRow};
use enroll_store::user::UserRow;
use jiff::Timestamp;
use serde_json::Value;

use super::representation::{Facts, location, reference, represent, version_tag};
use super::{Answer, ProjectionRequest, ResourceKind, WriteOptions};
use crate::models::Models;
use crate::{Error, ScimSession, Service};

/// Members read in one statement.
const MEMBERS_AT_A_TIME: u32 = 1000;

/// Created, lastModified, version.
pub(super) type Times = (Timestamp, Timestamp, i64);

/// What an answer shows. Owns everything, so that a transaction that runs again can use it again.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) directory: DirectoryId,
    pub(super) service: Service,
    models: Arc<Models>,
    kind: ResourceKind,
    projection: Projection,
    scim_base: String,
    /// Whether there is a body at all.
    body: bool,
    /// Whether it shows what is read from other resources: `groups` of a user, `members` of a group.
    related: bool,
    /// What the client has set with the request that is answered.
    written: Object,
}

impl View {
    /// The view of a read or of a page.
    pub(super) fn of_projection(
        service: &Service,
        session: &ScimSession,
        kind: &ResourceKind,
        request: &ProjectionRequest,
    ) -> Result<Self, Error> {
        let projection = Projection::parse(
            session.models.model(kind),
            request.attributes.as_deref(),
            request.excluded.as_deref(),
        )?;
        Ok(Self {
            directory: session.directory,
            service: service.clone(),
            models: Arc::clone(&session.models),
            kind: kind.clone(),
            projection,
            scim_base: service.public_url().scim_base(),
            body: true,
            related: true,
            written: Object::new(),
        })
    }

    /// The same view of everything, for filters and orders: also of what only those see who ask for it (RFC 7643 §7
    /// `returned`). `related` says whether that includes what is read from other resources.
    pub(super) fn of_everything(&self, related: bool) -> Self {
        Self { projection: Projection::everything(), related, ..self.clone() }
    }

    /// The same view in an answer to a request that has set these attributes.
    pub(super) fn after_write(self, written: Object) -> Self {
        Self { written, ..self }
    }

    fn wants(&self, name: &str) -> bool {
        self.body && self.related && self.projection.wants(name)
    }

    /// Whether it shows all that is shown when the client asks for nothing else.
    pub(super) fn is_whole(&self) -> bool {
        !self.projection.is_explicit()
    }

    /// The view of a write's answer.
    pub(super) fn of_answer(
        service: &Service,
        session: &ScimSession,
        kind: &ResourceKind,
        options: &WriteOptions,
    ) -> Result<Self, Error> {
        let view = Self::of_projection(service, session, kind, &options.projection)?;
        let body = options.representation || view.projection.is_explicit();
        Ok(Self { body, ..view })
    }

    /// A user as an answer.
    pub(super) fn user(
        &self,
        tx: &Tx<'_>,
        id: UserId,
        document: Object,
        times: Times,
        changed: bool,
    ) -> Result<Answer, Error> {
        let related = if self.wants("groups") { Some(self.groups(tx, id)?) } else { None };
        Ok(self.answer(id.to_string(), document, times, related, changed))
    }

    /// A user whom no group has as a member.
    pub(super) fn user_of_no_group(
        &self,
        id: UserId,
        document: Object,
        times: Times,
        changed: bool,
    ) -> Answer {
        let related = self.wants("groups").then(Vec::new);
        self.answer(id.to_string(), document, times, related, changed)
    }

    /// A group as an answer.
    pub(super) fn group(
        &self,
        tx: &Tx<'_>,
        id: GroupId,
        document: Object,
        times: Times,
        changed: bool,
    ) -> Result<Answer, Error> {
        let related = if self.wants("members") { Some(self.members(tx, id)?) } else { None };
        Ok(self.answer(id.to_string(), document, times, related, changed))
    }

    /// A resource of a custom type as an answer.
    pub(super) fn custom(
        &self,
        id: CustomResourceId,
        document: Object,
        times: Times,
        changed: bool,
    ) -> Answer {
        self.answer(id.to_string(), document, times, None, changed)
    }

    /// Makes sure that what was read by the directory's schemas may be stored by them.
    ///
    /// # Errors
    /// 503 when they have just changed.
    pub(super) fn check_current(&self, tx: &Tx<'_>) -> Result<(), Error> {
        self.models.check_current(tx, self.directory)
    }

    /// What is viewed, with its attributes.
    pub(super) fn model(&self) -> &ResourceModel {
        self.models.model(&self.kind)
    }

    fn answer(
        &self,
        id: String,
        document: Object,
        (created, last_modified, version): Times,
        related: Option<Vec<Value>>,
        changed: bool,
    ) -> Answer {
        let location = location(&self.scim_base, &self.kind, &id);
        let resource = self.body.then(|| {
            let facts = Facts { id, created, last_modified, version, related, scim_base: &self.scim_base };
            let model = self.model();
            let whole = represent(model, &self.kind, document, facts);
            self.projection.apply_after_write(model, whole, &self.written)
        });
        Answer { resource, location, version: version_tag(version), changed }
    }
}

impl View {
    /// A page of users as they are listed.
    pub(super) fn users(&self, tx: &Tx<'_>, rows: Vec<UserRow>) -> Result<Vec<Value>, Error> {
        let mut groups = if self.wants("groups") {
            self.groups_by_user(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?
        } else {
            HashMap::new()
        };
        rows.into_iter()
            .map(|row| {
                let related = groups.remove(&row.id);
                let times = (row.created, row.last_modified, row.version);
                let answer = self.answer(row.id.to_string(), row.object()?, times, related, false);
                Ok(Value::Object(answer.resource.unwrap_or_default()))
            })
            .collect()
    }

    /// A page of groups as they are listed. Members are read only when they are shown.
    pub(super) fn groups_page(&self, tx: &Tx<'_>, rows: Vec<GroupRow>) -> Result<Vec<Value>, Error> {
        let wanted = self.wants("members");
        let mut members: HashMap<GroupId, Vec<Value>> = HashMap::new();
        if wanted {
            let ids: Vec<GroupId> = rows.iter().map(|row| row.id).collect();
            member::each_of_groups(tx, self.directory, &ids, |group, row| {
                members.entry(group).or_default().push(self.member(&row));
                Ok(ControlFlow::Continue(()))
            })?;
        }
        rows.into_iter()
            .map(|row| {
                let related = wanted.then(|| members.remove(&row.id).unwrap_or_default());
                let times = (row.created, row.last_modified, row.version);
                let answer = self.answer(row.id.to_string(), row.object()?, times, related, false);
                Ok(Value::Object(answer.resource.unwrap_or_default()))
            })
            .collect()
    }

    /// A page of resources of a custom type as they are listed.
    pub(super) fn custom_page(&self, rows: Vec<CustomResourceRow>) -> Result<Vec<Value>, Error> {
        rows.into_iter()
            .map(|row| {
                let times = (row.created, row.last_modified, row.version);
                let answer = self.custom(row.id, row.object()?, times, false);
                Ok(Value::Object(answer.resource.unwrap_or_default()))
            })
            .collect()
    }

    /// `groups` of one user: direct and indirect (RFC 7643 §4.1.2).
    fn groups(&self, tx: &Tx<'_>, id: UserId) -> Result<Vec<Value>, Error> {
        Ok(self.groups_by_user(tx, &[id])?.remove(&id).unwrap_or_default())
    }

    fn groups_by_user(&self, tx: &Tx<'_>, ids: &[UserId]) -> Result<HashMap<UserId, Vec<Value>>, Error> {
        let mut groups: HashMap<UserId, Vec<Value>> = HashMap::new();
        for group in member::groups_of_users(tx, self.directory, ids)? {
            let how = if group.direct { "direct" } else { "indirect" };
            let element = reference(
                &self.scim_base,
                &ResourceKind::Group,
                &group.group.to_string(),
                how,
                Some(&group.display),
            );
            groups.entry(group.user).or_default().push(element);
        }
        Ok(groups)
    }

    /// `members` of one group, read a page at a time.
    fn members(&self, tx: &Tx<'_>, id: GroupId) -> Result<Vec<Value>, Error> {
        let mut members = Vec::new();
        let mut after = None;
        loop {
            let page = member::list(tx, self.directory, id, after, MEMBERS_AT_A_TIME)?;
            let Some(last) = page.last() else { return Ok(members) };
            after = Some(*last.member.uuid());
            members.extend(page.iter().map(|row| self.member(row)));
        }
    }

    pub(super) fn member(&self, row: &MemberRow) -> Value {
        let kind = match row.member {
            Member::User(_) => ResourceKind::User,
            Member::Group(_) => ResourceKind::Group,
        };
        reference(&self.scim_base, &kind, &row.member.uuid().to_string(), kind.name(), row.display.as_deref())
    }
}
