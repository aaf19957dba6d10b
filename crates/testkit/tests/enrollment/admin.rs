//! Steps that an administrator takes.

use std::collections::BTreeMap;

use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{ResourceRole, Role, RoleWord, Visibility};
use enroll_service::{
    MappingChange, MappingEdit, NewMapping, NewResourceMapping, OrganizationChange, PageRequest, Preview,
    PreviewVersion, ResourceChange,
};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;

use crate::model::{Gives, Model};
use crate::world::{DIRECTORIES, GROUPS, ORGANIZATIONS, RESOURCES, World, nothing};

/// Later than every id there is, for what is only previewed.
const NEWEST: &str = "~";

impl World {
    pub(crate) async fn map(&mut self) -> String {
        let (directory, name, gives) = (self.directory(), self.one_of(&GROUPS), self.gives());
        let (in_directory, group) = (DIRECTORIES[directory].0.to_owned(), name.to_owned());
        let (allow_privileged, paused) = (AllowPrivileged::Yes, false);
        let edit = match gives {
            Gives::Organization(organization, role) => MappingEdit::Add(NewMapping {
                directory: in_directory,
                group,
                organization: ORGANIZATIONS[organization].to_owned(),
                role: Some(role),
                allow_privileged,
                paused,
            }),
            Gives::Resource(resource, role) => MappingEdit::AddToResource(NewResourceMapping {
                directory: in_directory,
                group,
                organization: ORGANIZATIONS[RESOURCES[resource].0].to_owned(),
                resource: RESOURCES[resource].1.to_owned(),
                role: Some(role),
                allow_privileged,
                paused,
            }),
        };
        let after = self.model.may_map(directory, name, gives).then(|| {
            let mut after = self.model.clone();
            after.map(NEWEST, directory, name, gives);
            after
        });
        if let Some(id) = self.edit(&edit, (directory, gives), after, 409).await {
            let mapping = self.model.mappings.remove(NEWEST).unwrap();
            self.model.mappings.insert(id, mapping);
        }
        format!("map {name:?} of {directory} to {gives:?}")
    }

    pub(crate) async fn unmap(&mut self) -> String {
        let Some(id) = self.mapping() else { return nothing() };
        let on = self.model.mappings[&id].on();
        let mut after = self.model.clone();
        after.mappings.remove(&id);
        self.edit(&MappingEdit::Remove { id: id.clone() }, on, Some(after), 409).await;
        format!("remove the mapping {id}")
    }

    pub(crate) async fn change_mapping(&mut self) -> String {
        let Some(id) = self.mapping() else { return nothing() };
        let on = self.model.mappings[&id].on();
        let new = match on.1 {
            Gives::Organization(organization, _) => Gives::Organization(organization, self.role()),
            Gives::Resource(resource, _) => Gives::Resource(resource, self.resource_role()),
        };
        let new = self.random.random_bool(0.5).then_some(new);
        let paused = self.random.random_bool(0.7).then(|| self.random.random_bool(0.5));
        let role = new.map(|gives| match gives {
            Gives::Organization(_, role) => RoleWord::from(role),
            Gives::Resource(_, role) => RoleWord::from(role),
        });
        let change = MappingChange { paused, role, allow_privileged: AllowPrivileged::Yes };
        let mut after = self.model.clone();
        let mapping = after.mappings.get_mut(&id).unwrap();
        (mapping.gives, mapping.paused) = (new.unwrap_or(mapping.gives), paused.unwrap_or(mapping.paused));
        let edit = MappingEdit::Change { id: id.clone(), change: change.clone() };
        self.edit(&edit, on, Some(after), 409).await;
        format!("change the mapping {id}: {change:?}")
    }

    pub(crate) async fn rebind(&mut self) -> String {
        let Some(id) = self.mapping() else { return nothing() };
        let on = self.model.mappings[&id].on();
        let mut after = self.model.clone();
        let may = after.rebind(&id);
        // 404 where no group has the name.
        let refusal = if self.model.has_group_for(&id) { 409 } else { 404 };
        self.edit(&MappingEdit::Rebind { id: id.clone(), group: None }, on, may.then_some(after), refusal)
            .await;
        format!("rebind the mapping {id}")
    }

    pub(crate) async fn grant(&mut self) -> String {
        let Some((user, _)) = self.user() else { return nothing() };
        let gives = self.gives();
        match gives {
            Gives::Organization(organization, role) => {
                self.service.grant(ORGANIZATIONS[organization], &user, role).await.unwrap();
                self.model.grants.insert((user.clone(), organization), role);
            }
            Gives::Resource(resource, role) => {
                let (organization, name) = RESOURCES[resource];
                let organization = ORGANIZATIONS[organization];
                self.service.give_resource_grant(organization, name, &user, role).await.unwrap();
                self.model.resource_grants.insert((user.clone(), resource), role);
            }
        }
        format!("grant {gives:?} to {user}")
    }

    pub(crate) async fn revoke(&mut self) -> String {
        let granted: Vec<_> = self.model.grants.keys().cloned().collect();
        let Some((user, organization)) = granted.choose(&mut self.random).cloned() else { return nothing() };
        self.service.revoke(ORGANIZATIONS[organization], &user).await.unwrap();
        self.model.grants.remove(&(user.clone(), organization));
        format!("revoke the grant of {user} in {organization}")
    }

    pub(crate) async fn revoke_on_resource(&mut self) -> String {
        let granted: Vec<_> = self.model.resource_grants.keys().cloned().collect();
        let Some((user, resource)) = granted.choose(&mut self.random).cloned() else { return nothing() };
        let (organization, name) = RESOURCES[resource];
        self.service.revoke_resource_grant(ORGANIZATIONS[organization], name, &user).await.unwrap();
        self.model.resource_grants.remove(&(user.clone(), resource));
        format!("revoke the grant of {user} on {name}")
    }

    /// Another base role of the organization, or another visibility of a resource.
    pub(crate) async fn change_resource(&mut self) -> String {
        let number = self.random.random_range(0..RESOURCES.len());
        let (organization, name) = RESOURCES[number];
        let resource = &mut self.model.resources[number];
        let change = if self.random.random_bool(0.5) {
            resource.public = !resource.public;
            let visibility = if resource.public { Visibility::Public } else { Visibility::Private };
            let change = ResourceChange { visibility: Some(visibility), ..ResourceChange::default() };
            self.service.change_resource(ORGANIZATIONS[organization], name, &change, None).await.unwrap();
            format!("{change:?}")
        } else {
            let base = *ResourceRole::ALL.choose(&mut self.random).unwrap();
            resource.base = base;
            let change =
                OrganizationChange { base_resource_role: Some(base), ..OrganizationChange::default() };
            self.service.change_organization(ORGANIZATIONS[organization], &change, None).await.unwrap();
            format!("{change:?}")
        };
        format!("change the resource {name}: {change}")
    }

    /// What the brake holds passes at the next try.
    pub(crate) async fn approve(&mut self) -> String {
        let directory = self.directory();
        let done = self.service.approve_brake(DIRECTORIES[directory].0).await;
        let now = self.clock.now();
        let may = self.brakes[directory].as_mut().is_some_and(|brake| brake.approve(now));
        self.agreed_id(done.map(|info| info.directory), may.then_some(()).ok_or(409));
        format!("approve what the brake of {directory} holds")
    }

    /// Previews an edit of a mapping, compares what it says with the model, and makes it: most often held to the preview's
    /// version, and then sometimes after something that spoils it. `after` is the model with the edit made; `None`, when it is to
    /// be refused.
    async fn edit(
        &mut self,
        edit: &MappingEdit,
        (directory, gives): (usize, Gives),
        after: Option<Model>,
        refusal: u16,
    ) -> Option<String> {
        let whole = PageRequest { after: None, limit: 1000 };
        let previewed = self.service.preview_mapping(edit, &whole).await;
        assert_eq!(previewed.is_ok(), after.is_some(), "{edit:?}: {previewed:?}\n{:#?}", self.model);
        let version =
            previewed.ok().map(|preview| self.compare_preview(&preview, gives, after.as_ref().unwrap()));
        let version = version.filter(|_| self.random.random_bool(0.8));
        if version.is_some() && self.random.random_bool(0.3) && self.spoil(directory, gives).await {
            let done = self.service.apply_mapping(edit, version.as_ref()).await;
            self.agreed_id(done.map(|_| String::new()), Err(409));
            return None;
        }
        let done = self.service.apply_mapping(edit, version.as_ref()).await;
        let done = done.map(|mapping| mapping.map(|mapping| mapping.id.to_string()).unwrap_or_default());
        let id = self.agreed_id(done, after.is_some().then_some(()).ok_or(refusal))?;
        self.model = after?;
        Some(id)
    }

    /// Gives somebody of the directory of a previewed mapping another role in its organization; says whether it did.
    async fn spoil(&mut self, directory: usize, gives: Gives) -> bool {
        let Some((user, of)) = self.user() else { return false };
        if of != directory {
            return false;
        }
        let organization = match gives {
            Gives::Organization(organization, _) => organization,
            Gives::Resource(resource, _) => RESOURCES[resource].0,
        };
        let role = self.role();
        self.service.grant(ORGANIZATIONS[organization], &user, role).await.unwrap();
        self.model.grants.insert((user, organization), role) != Some(role)
    }

    /// 3.8: exactly who gains, loses or changes a role.
    fn compare_preview(&self, preview: &Preview, gives: Gives, after: &Model) -> PreviewVersion {
        let role = |model: &Model, user: &str| match gives {
            Gives::Organization(organization, _) => model.role(user, organization).map(RoleWord::from),
            Gives::Resource(resource, _) => model.everything_on(user, resource).map(RoleWord::from),
        };
        let users = self.model.users.keys();
        let expected: BTreeMap<String, _> = users
            .map(|user| (user.clone(), (role(&self.model, user), role(after, user))))
            .filter(|(_, (before, after))| before != after)
            .collect();
        let told: BTreeMap<String, _> =
            preview.users.iter().map(|row| (row.user.id.to_string(), (row.before, row.after))).collect();
        assert_eq!(told, expected, "the preview {preview:?}\n{:#?}", self.model);
        let count = |which: fn(&(Option<RoleWord>, Option<RoleWord>)) -> bool| {
            u64::try_from(expected.values().filter(|row| which(row)).count()).unwrap()
        };
        assert_eq!(preview.gained, count(|(before, _)| before.is_none()));
        assert_eq!(preview.lost, count(|(_, after)| after.is_none()));
        assert_eq!(preview.changed, count(|(before, after)| before.is_some() && after.is_some()));
        preview.version.clone()
    }

    fn gives(&mut self) -> Gives {
        if self.random.random_bool(0.6) {
            Gives::Organization(self.random.random_range(0..ORGANIZATIONS.len()), self.role())
        } else {
            Gives::Resource(self.random.random_range(0..RESOURCES.len()), self.resource_role())
        }
    }

    fn role(&mut self) -> Role {
        *Role::ALL.choose(&mut self.random).unwrap()
    }

    /// Never `owner`, which no mapping to a resource gives (3.2).
    fn resource_role(&mut self) -> ResourceRole {
        let lower = ResourceRole::ALL.iter().filter(|role| **role != ResourceRole::Owner);
        **lower.collect::<Vec<_>>().choose(&mut self.random).unwrap()
    }

    fn mapping(&mut self) -> Option<String> {
        let all: Vec<_> = self.model.mappings.keys().cloned().collect();
        all.choose(&mut self.random).cloned()
    }
}
