//! A service and the model beside it: each step is done to both.

use std::collections::BTreeMap;

use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{RebindPolicy, Role};
use enroll_scim::{Limits, Object};
use enroll_service::{
    Answer, Clock, DirectorySettings, Error, MappingChange, NewMapping, NewOrganization, ResourceKind,
    ScimSession, Service, ServiceOptions, WriteOptions,
};
use enroll_store::{Db, Options};
use enroll_testdb::TestDatabase;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::model::Model;

const DIRECTORIES: [(&str, RebindPolicy); 2] =
    [("default", RebindPolicy::Confirm), ("other", RebindPolicy::ByName)];
const ORGANIZATIONS: [&str; 3] = ["acme", "lab", "shop"];
/// Few names, so that they meet; some differ only in case or white space.
const USERS: [&str; 7] = ["ada", "Ada", "bob", "carol", "dora", "erik", "fay"];
const GROUPS: [&str; 6] = ["Web", "web", " Web ", "Data", "Ops", "All"];

pub(crate) struct World {
    service: Service,
    sessions: Vec<ScimSession>,
    model: Model,
    random: StdRng,
    carried_out: u32,
    _folder: TempDir,
    /// Dropped behind the service.
    _database: Option<TestDatabase>,
}

impl World {
    pub(crate) async fn new(seed: u64) -> Self {
        // Durability is tested elsewhere: in memory, where there is such a folder, a step takes no sync of a disk.
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let clock = Clock::system();
        let database = enroll_testkit::database();
        let options = match &database {
            Some(database) => Options::postgres(database.url().parse().unwrap()),
            None => Options::new(folder.path().join("enroll.db")),
        };
        let db = Db::open(options, clock.now()).unwrap();
        let options = ServiceOptions {
            public_url: "http://127.0.0.1:8080".parse().unwrap(),
            limits: Limits::default(),
            default_page_size: 100,
            max_page_size: 1000,
            clock,
        };
        let service = Service::open(db, options).await.unwrap();
        let mut sessions = Vec::new();
        for (name, rebind) in DIRECTORIES {
            let settings = DirectorySettings { rebind: Some(rebind), ..DirectorySettings::default() };
            if name == "default" {
                service.set_directory(name, &settings).await.unwrap();
            } else {
                service.create_directory(name, &settings).await.unwrap();
            }
            let token = service.create_scim_token(name, "model", None).await.unwrap();
            sessions.push(service.authenticate_scim(token.reveal(), None).unwrap());
        }
        for name in ORGANIZATIONS {
            let new = NewOrganization { name: name.to_owned(), ..NewOrganization::default() };
            service.create_organization(&new).await.unwrap();
        }
        // The last owner of an organization is protected elsewhere; here an administrator insists.
        let service = service.forcing(true);
        let rebind = DIRECTORIES.iter().map(|(_, rebind)| *rebind).collect();
        let model = Model { rebind, ..Model::default() };
        Self {
            service,
            sessions,
            model,
            random: StdRng::seed_from_u64(seed),
            carried_out: 0,
            _folder: folder,
            _database: database,
        }
    }

    /// Takes a step; says which. A step that goes wrong prints the model as it was before.
    pub(crate) async fn step(&mut self) -> String {
        match self.random.random_range(0..100) {
            0..12 => self.create_user().await,
            12..15 => self.delete_user().await,
            15..25 => self.set_active().await,
            25..33 => self.create_group().await,
            33..36 => self.delete_group().await,
            36..42 => self.rename_group().await,
            42..57 => self.add_member().await,
            57..67 => self.remove_member().await,
            67..72 => self.replace_group().await,
            72..79 => self.map().await,
            79..82 => self.unmap().await,
            82..87 => self.change_mapping().await,
            87..91 => self.rebind().await,
            91..94 => self.grant().await,
            94..96 => self.revoke().await,
            _ => self.bulk().await,
        }
    }

    /// Who is in which organization, with which role and how many sources: all of it, after every step (3.5).
    pub(crate) async fn compare(&self, step: &str) {
        for (number, organization) in ORGANIZATIONS.iter().enumerate() {
            let page = self.service.organization_members(organization, None, 1000).await.unwrap();
            let told: BTreeMap<String, (Role, Vec<Role>)> = page
                .members
                .iter()
                .map(|member| {
                    let sources = serde_json::to_value(&member.sources).unwrap();
                    let role = |source: &Value| source["role"].as_str().unwrap().parse::<Role>().unwrap();
                    let mut roles: Vec<Role> = sources.as_array().unwrap().iter().map(role).collect();
                    roles.sort();
                    (member.user.id.to_string(), (member.role, roles))
                })
                .collect();
            let users = self.model.users.keys();
            let expected: BTreeMap<String, (Role, Vec<Role>)> = users
                .filter_map(|user| {
                    let role = self.model.role(user, number)?;
                    Some((user.clone(), (role, self.model.sources(user, number))))
                })
                .collect();
            assert_eq!(told, expected, "the members of {organization}\n{:#?}\n{step}", self.model);
        }
    }

    /// One more look at everything, by other means: checks of single users, and the service's own verification.
    pub(crate) async fn finish(&mut self) {
        for user in self.model.users.keys() {
            for (number, organization) in ORGANIZATIONS.iter().enumerate() {
                let answer = self.service.check(user, organization).await.unwrap();
                assert_eq!(answer.role, self.model.role(user, number), "{user} in {organization}");
            }
        }
        let report = self.service.verify().await.unwrap();
        assert!(report.findings.is_empty(), "{report:?}");
        assert_eq!(self.service.verify_audit(None).await.unwrap().broken, None);
        assert!(self.carried_out > 100, "only {} steps changed something", self.carried_out);
        self.service.close().await;
    }

    async fn create_user(&mut self) -> String {
        let (directory, name) = (self.directory(), self.one_of(&USERS));
        let active = self.random.random_bool(0.8);
        let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "active": active});
        let made = self.create(directory, &ResourceKind::User, body).await;
        let free = self.model.user_name_is_free(directory, name);
        if let Some(id) = self.agreed(made, free, 409) {
            let user = crate::model::User { directory, name: name.to_owned(), active };
            self.model.users.insert(id, user);
        }
        format!("create the user {name:?} in {directory}")
    }

    async fn delete_user(&mut self) -> String {
        let Some((id, directory)) = self.user() else { return nothing() };
        self.service.delete(&self.sessions[directory], &ResourceKind::User, &id, None).await.unwrap();
        self.model.delete_user(&id);
        format!("delete the user {id}")
    }

    /// As Okta, as Entra ID, or as an older Entra ID says it.
    async fn set_active(&mut self) -> String {
        let Some((id, directory)) = self.user() else { return nothing() };
        let active = self.random.random_bool(0.5);
        let operation = match self.random.random_range(0..3) {
            0 => json!({"op": "replace", "value": {"active": active}}),
            1 => json!({"op": "Replace", "path": "active", "value": active}),
            _ => json!({"op": "Replace", "path": "active", "value": if active { "True" } else { "False" }}),
        };
        self.patch(directory, &ResourceKind::User, &id, &json!([operation])).await.unwrap();
        self.model.users.get_mut(&id).unwrap().active = active;
        format!("set active of {id} to {active}")
    }

    async fn create_group(&mut self) -> String {
        let (directory, name) = (self.directory(), self.one_of(&GROUPS));
        let members = self.members(directory);
        let made = self.create(directory, &ResourceKind::Group, group(name, &members)).await;
        let free = self.model.group_named(directory, name).is_none();
        if let Some(id) = self.agreed(made, free, 409) {
            self.model.name_group(&id, directory, name);
            self.model.groups.get_mut(&id).unwrap().members.extend(members);
        }
        format!("create the group {name:?} in {directory}")
    }

    async fn delete_group(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        self.service.delete(&self.sessions[directory], &ResourceKind::Group, &id, None).await.unwrap();
        self.model.delete_group(&id);
        format!("delete the group {id}")
    }

    async fn rename_group(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        let name = self.one_of(&GROUPS);
        let operations = json!([{"op": "replace", "path": "displayName", "value": name}]);
        let renamed = self.patch(directory, &ResourceKind::Group, &id, &operations).await;
        let free = self.model.group_named(directory, name).is_none_or(|holder| *holder == id);
        if self.agreed(renamed, free, 409).is_some() {
            self.model.name_group(&id, directory, name);
        }
        format!("rename the group {id} to {name:?}")
    }

    async fn add_member(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        let members = self.members(directory);
        let values: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        let operations = json!([{"op": "Add", "path": "members", "value": values}]);
        self.patch(directory, &ResourceKind::Group, &id, &operations).await.unwrap();
        self.model.groups.get_mut(&id).unwrap().members.extend(members.iter().cloned());
        format!("add {members:?} to the group {id}")
    }

    async fn remove_member(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        let there: Vec<String> = self.model.groups[&id].members.iter().cloned().collect();
        let Some(member) = there.choose(&mut self.random).cloned() else { return nothing() };
        let operation = if self.random.random_bool(0.5) {
            json!({"op": "remove", "path": format!("members[value eq \"{member}\"]")})
        } else {
            json!({"op": "Remove", "path": "members", "value": [{"value": member}]})
        };
        self.patch(directory, &ResourceKind::Group, &id, &json!([operation])).await.unwrap();
        self.model.groups.get_mut(&id).unwrap().members.remove(&member);
        format!("remove {member} from the group {id}")
    }

    async fn replace_group(&mut self) -> String {
        let Some((id, directory)) = self.group() else { return nothing() };
        let (name, members) = (self.one_of(&GROUPS), self.members(directory));
        let session = &self.sessions[directory];
        let body = object(group(name, &members));
        let replaced =
            self.service.replace(session, &ResourceKind::Group, &id, body, &options()).await.result;
        let free = self.model.group_named(directory, name).is_none_or(|holder| *holder == id);
        if self.agreed(replaced, free, 409).is_some() {
            self.model.name_group(&id, directory, name);
            self.model.groups.get_mut(&id).unwrap().members = members.into_iter().collect();
        }
        format!("replace the group {id} by {name:?}")
    }

    async fn map(&mut self) -> String {
        let (directory, name) = (self.directory(), self.one_of(&GROUPS));
        let (organization, role) = (self.organization(), self.role());
        let new = NewMapping {
            directory: DIRECTORIES[directory].0.to_owned(),
            group: name.to_owned(),
            organization: ORGANIZATIONS[organization].to_owned(),
            role: Some(role),
            allow_privileged: AllowPrivileged::Yes,
            paused: false,
        };
        let made = self.service.add_mapping(&new).await.map(|made| made.id.to_string());
        let allowed = self.model.may_map(directory, name, organization);
        if let Some(id) = self.agreed_id(made, allowed, 409) {
            self.model.map(&id, directory, name, organization, role);
        }
        format!("map {name:?} of {directory} to {organization} as {role}")
    }

    async fn unmap(&mut self) -> String {
        let Some(id) = self.mapping() else { return nothing() };
        self.service.remove_mapping(&id).await.unwrap();
        self.model.mappings.remove(&id);
        format!("remove the mapping {id}")
    }

    async fn change_mapping(&mut self) -> String {
        let Some(id) = self.mapping() else { return nothing() };
        let role = self.random.random_bool(0.5).then(|| self.role());
        let paused = self.random.random_bool(0.7).then(|| self.random.random_bool(0.5));
        let change =
            MappingChange { paused, role: role.map(Into::into), allow_privileged: AllowPrivileged::Yes };
        self.service.change_mapping(&id, &change).await.unwrap();
        self.model.change_mapping(&id, role, paused);
        format!("change the mapping {id}: {change:?}")
    }

    async fn rebind(&mut self) -> String {
        let Some(id) = self.mapping() else { return nothing() };
        let done = self.service.rebind_mapping(&id, None).await;
        assert_eq!(done.is_ok(), self.model.rebind(&id), "rebind {id}: {done:?}\n{:#?}", self.model);
        format!("rebind the mapping {id}")
    }

    async fn grant(&mut self) -> String {
        let Some((user, _)) = self.user() else { return nothing() };
        let (organization, role) = (self.organization(), self.role());
        self.service.grant(ORGANIZATIONS[organization], &user, role).await.unwrap();
        self.model.grants.insert((user.clone(), organization), role);
        format!("grant {role} of {organization} to {user}")
    }

    async fn revoke(&mut self) -> String {
        let granted: Vec<_> = self.model.grants.keys().cloned().collect();
        let Some((user, organization)) = granted.choose(&mut self.random).cloned() else { return nothing() };
        self.service.revoke(ORGANIZATIONS[organization], &user).await.unwrap();
        self.model.grants.remove(&(user.clone(), organization));
        format!("revoke the grant of {user} in {organization}")
    }

    /// A user and a group with her as a member, in one Bulk request that names her by `bulkId`.
    async fn bulk(&mut self) -> String {
        let (directory, name, title) = (self.directory(), self.one_of(&USERS), self.one_of(&GROUPS));
        if !self.model.user_name_is_free(directory, name)
            || self.model.group_named(directory, title).is_some()
        {
            return nothing();
        }
        let user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name});
        let request = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [
                {"method": "POST", "path": "/Groups", "bulkId": "g", "data": group(title, &["bulkId:u".to_owned()])},
                {"method": "POST", "path": "/Users", "bulkId": "u", "data": user},
            ],
        });
        let answer = self.service.bulk(&self.sessions[directory], object(request)).await.result.unwrap();
        let operations = answer["Operations"].as_array().unwrap();
        let made = |bulk_id: &str| {
            let found = operations.iter().find(|operation| operation["bulkId"] == bulk_id).unwrap();
            assert_eq!(found["status"], "201", "{answer:?}");
            found["location"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
        };
        let (user, group) = (made("u"), made("g"));
        let new = crate::model::User { directory, name: name.to_owned(), active: true };
        self.model.users.insert(user.clone(), new);
        self.model.name_group(&group, directory, title);
        self.model.groups.get_mut(&group).unwrap().members.insert(user);
        self.carried_out += 1;
        format!("create {name:?} in {title:?} by Bulk")
    }

    async fn create(&self, directory: usize, kind: &ResourceKind, body: Value) -> Result<Answer, Error> {
        self.service.create(&self.sessions[directory], kind, object(body), &options()).await.result
    }

    async fn patch(
        &self,
        directory: usize,
        kind: &ResourceKind,
        id: &str,
        operations: &Value,
    ) -> Result<Answer, Error> {
        let body =
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.service.patch(&self.sessions[directory], kind, id, object(body), &options()).await.result
    }

    fn agreed(&mut self, done: Result<Answer, Error>, expected: bool, refusal: u16) -> Option<String> {
        let id = |answer: Answer| answer.location.rsplit('/').next().unwrap_or_default().to_owned();
        self.agreed_id(done.map(id), expected, refusal)
    }

    /// Both carry it out, or both refuse it.
    fn agreed_id(&mut self, done: Result<String, Error>, expected: bool, refusal: u16) -> Option<String> {
        match done {
            Ok(id) => {
                assert!(expected, "the service did what the model refuses\n{:#?}", self.model);
                self.carried_out += 1;
                Some(id)
            }
            Err(error) => {
                assert!(!expected, "the service refuses: {error}\n{:#?}", self.model);
                assert_eq!(error.status(), refusal, "{error}");
                None
            }
        }
    }

    fn one_of(&mut self, names: &[&'static str]) -> &'static str {
        names.choose(&mut self.random).unwrap()
    }

    fn directory(&mut self) -> usize {
        self.random.random_range(0..DIRECTORIES.len())
    }

    fn organization(&mut self) -> usize {
        self.random.random_range(0..ORGANIZATIONS.len())
    }

    fn role(&mut self) -> Role {
        *Role::ALL.choose(&mut self.random).unwrap()
    }

    fn user(&mut self) -> Option<(String, usize)> {
        let all: Vec<_> = self.model.users.iter().map(|(id, user)| (id.clone(), user.directory)).collect();
        all.choose(&mut self.random).cloned()
    }

    fn group(&mut self) -> Option<(String, usize)> {
        let all: Vec<_> = self.model.groups.iter().map(|(id, group)| (id.clone(), group.directory)).collect();
        all.choose(&mut self.random).cloned()
    }

    fn mapping(&mut self) -> Option<String> {
        let all: Vec<_> = self.model.mappings.keys().cloned().collect();
        all.choose(&mut self.random).cloned()
    }

    /// Up to three users and groups of a directory; a group may meet itself, directly or in a circle.
    fn members(&mut self, directory: usize) -> Vec<String> {
        let users =
            self.model.users.iter().filter(|(_, user)| user.directory == directory).map(|(id, _)| id.clone());
        let groups = self.model.groups.iter().filter(|(_, group)| group.directory == directory);
        let all: Vec<String> = users.chain(groups.map(|(id, _)| id.clone())).collect();
        let count = self.random.random_range(0..=3);
        all.sample(&mut self.random, count).cloned().collect()
    }
}

fn nothing() -> String {
    "nothing".to_owned()
}

fn options() -> WriteOptions {
    WriteOptions::default()
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => unreachable!("{other} is no object"),
    }
}

fn group(name: &str, members: &[String]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name, "members": members})
}
