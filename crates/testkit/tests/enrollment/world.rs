//! A service and the model beside it: each step is done to both.

use std::collections::{BTreeMap, BTreeSet};

use enroll_domain::{RebindPolicy, ResourceRole, Role};
use enroll_scim::Object;
use enroll_service::{
    Answer, BrakeLimits, Clock, DirectorySettings, Error, NewOrganization, NewResource, ScimSession, Service,
    WriteOptions,
};
use enroll_store::Options;
use enroll_testdb::TestDatabase;
use enroll_testkit::{open_service, service_options};
use jiff::SignedDuration;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use tempfile::TempDir;

use crate::brake::Brake;
use crate::model::{Model, Resource};
use crate::past::Memory;

pub(crate) const DIRECTORIES: [(&str, RebindPolicy); 2] =
    [("default", RebindPolicy::Confirm), ("other", RebindPolicy::ByName)];
pub(crate) const ORGANIZATIONS: [&str; 3] = ["acme", "lab", "shop"];
/// Each with the number of its organization.
pub(crate) const RESOURCES: [(usize, &str); 2] = [(0, "tool"), (1, "data")];
/// The brake of the second directory: so many people in so many minutes.
const BRAKE: (u32, u32) = (2, 60);
/// Few names, so that they meet; some differ only in case or white space.
pub(crate) const USERS: [&str; 7] = ["ada", "Ada", "bob", "carol", "dora", "erik", "fay"];
pub(crate) const GROUPS: [&str; 6] = ["Web", "web", " Web ", "Data", "Ops", "All"];

pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) sessions: Vec<ScimSession>,
    pub(crate) model: Model,
    pub(crate) memory: Memory,
    pub(crate) brakes: Vec<Option<Brake>>,
    pub(crate) random: StdRng,
    pub(crate) clock: Clock,
    pub(crate) carried_out: u32,
    _folder: TempDir,
    /// Dropped behind the service.
    _database: Option<TestDatabase>,
}

impl World {
    pub(crate) async fn new(seed: u64) -> Self {
        // Durability is tested elsewhere: in memory, where there is such a folder, a step takes no sync of a disk.
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let clock = Clock::manual(Clock::system().now());
        let database = enroll_testkit::database();
        let options = match &database {
            Some(database) => Options::postgres(database.url().parse().unwrap()),
            None => Options::new(folder.path().join("enroll.db")),
        };
        let service = open_service(options, service_options("http://127.0.0.1:8080", clock.clone())).await;
        let mut sessions = Vec::new();
        for (name, rebind) in DIRECTORIES {
            let settings = DirectorySettings { rebind: Some(rebind), ..DirectorySettings::default() };
            if name == "default" {
                service.set_directory(name, &settings).await.unwrap();
            } else {
                service.create_directory(name, &settings).await.unwrap();
            }
            let token = service.create_scim_token(name, "model", None).await.unwrap();
            sessions.push(service.authenticate_scim(token.reveal(), None).await.unwrap());
        }
        for name in ORGANIZATIONS {
            let new = NewOrganization { name: name.to_owned(), ..NewOrganization::default() };
            service.create_organization(&new).await.unwrap();
        }
        for (organization, name) in RESOURCES {
            let new = NewResource { name: name.to_owned(), ..NewResource::default() };
            service.create_resource(ORGANIZATIONS[organization], &new).await.unwrap();
        }
        let (people, window_minutes) = BRAKE;
        let limits = BrakeLimits { people, percent: 0, window_minutes };
        service.set_brake(DIRECTORIES[1].0, Some(limits)).await.unwrap();
        // The last owner of an organization is protected elsewhere; here an administrator insists.
        let service = service.forcing(true);
        let rebind = DIRECTORIES.iter().map(|(_, rebind)| *rebind).collect();
        let resource =
            |(organization, _)| Resource { organization, public: false, base: ResourceRole::Write };
        let model = Model { rebind, resources: RESOURCES.map(resource).to_vec(), ..Model::default() };
        let window = SignedDuration::from_mins(i64::from(window_minutes));
        let brakes = vec![None, Some(Brake::new(usize::try_from(people).unwrap(), window))];
        Self {
            service,
            sessions,
            model,
            memory: Memory::default(),
            brakes,
            clock,
            random: StdRng::seed_from_u64(seed),
            carried_out: 0,
            _folder: folder,
            _database: database,
        }
    }

    /// Takes a step; says which. A step that goes wrong prints the model as it was before.
    pub(crate) async fn step(&mut self) -> String {
        self.clock.advance(self.random.random_range(1..15 * 60 * 1000));
        match self.random.random_range(0..100) {
            0..12 => self.create_user().await,
            12..15 => self.delete_user().await,
            15..25 => self.set_active().await,
            25..33 => self.create_group().await,
            33..36 => self.delete_group().await,
            36..42 => self.rename_group().await,
            42..56 => self.add_member().await,
            56..65 => self.remove_member().await,
            65..70 => self.replace_group().await,
            70..77 => self.map().await,
            77..80 => self.unmap().await,
            80..85 => self.change_mapping().await,
            85..88 => self.rebind().await,
            88..91 => self.grant().await,
            91..93 => self.revoke().await,
            93 => self.revoke_on_resource().await,
            94 => self.change_resource().await,
            95..97 => self.approve().await,
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
        for (number, (organization, name)) in RESOURCES.iter().enumerate() {
            let organization = ORGANIZATIONS[*organization];
            let page = self.service.resource_members(organization, name, None, 1000).await.unwrap();
            let told: BTreeMap<String, ResourceRole> =
                page.members.iter().map(|member| (member.user.id.to_string(), member.role)).collect();
            let users = self.model.users.keys();
            let expected: BTreeMap<String, ResourceRole> = users
                .filter_map(|user| Some((user.clone(), self.model.resource_role(user, number)?)))
                .collect();
            assert_eq!(told, expected, "those with a role on {name}\n{:#?}\n{step}", self.model);
        }
    }

    /// One more look at everything, by other means: checks of single users, and the service's own verification.
    pub(crate) async fn finish(&mut self) {
        for user in self.model.users.keys() {
            for (number, organization) in ORGANIZATIONS.iter().enumerate() {
                let answer = self.service.check(user, organization).await.unwrap();
                assert_eq!(answer.role, self.model.role(user, number), "{user} in {organization}");
            }
            for (number, (organization, name)) in RESOURCES.iter().enumerate() {
                let organization = ORGANIZATIONS[*organization];
                let answer = self.service.check_resource(user, organization, name, None).await.unwrap();
                assert_eq!(answer.role, self.model.everything_on(user, number), "{user} on {name}");
            }
        }
        let report = self.service.verify().await.unwrap();
        assert!(report.findings.is_empty(), "{report:?}");
        assert_eq!(self.service.verify_audit(None).await.unwrap().broken, None);
        assert!(self.carried_out > 100, "only {} steps changed something", self.carried_out);
        self.service.close().await;
    }

    /// Whether the brake of a directory lets these people lose access: `Err` with the status of the refusal.
    pub(crate) fn let_go(&mut self, directory: usize, users: BTreeSet<String>) -> Result<(), u16> {
        let now = self.clock.now();
        let lets = self.brakes[directory].as_mut().is_none_or(|brake| brake.lets(users, now));
        lets.then_some(()).ok_or(429)
    }

    pub(crate) fn agreed(
        &mut self,
        done: Result<Answer, Error>,
        expected: Result<(), u16>,
    ) -> Option<String> {
        let id = |answer: Answer| answer.location.rsplit('/').next().unwrap_or_default().to_owned();
        self.agreed_id(done.map(id), expected)
    }

    /// Both carry it out, or both refuse it, with that status.
    pub(crate) fn agreed_id(
        &mut self,
        done: Result<String, Error>,
        expected: Result<(), u16>,
    ) -> Option<String> {
        match done {
            Ok(id) => {
                assert_eq!(expected, Ok(()), "the service did what the model refuses\n{:#?}", self.model);
                self.carried_out += 1;
                Some(id)
            }
            Err(error) => {
                let refused = Err(error.status());
                assert_eq!(expected, refused, "the service refuses: {error}\n{:#?}", self.model);
                None
            }
        }
    }

    pub(crate) fn one_of(&mut self, names: &[&'static str]) -> &'static str {
        names.choose(&mut self.random).unwrap()
    }

    pub(crate) fn directory(&mut self) -> usize {
        self.random.random_range(0..DIRECTORIES.len())
    }

    pub(crate) fn user(&mut self) -> Option<(String, usize)> {
        let all: Vec<_> = self.model.users.iter().map(|(id, user)| (id.clone(), user.directory)).collect();
        all.choose(&mut self.random).cloned()
    }

    pub(crate) fn group(&mut self) -> Option<(String, usize)> {
        let all: Vec<_> = self.model.groups.iter().map(|(id, group)| (id.clone(), group.directory)).collect();
        all.choose(&mut self.random).cloned()
    }

    /// Up to three users and groups of a directory; a group may meet itself, directly or in a circle.
    pub(crate) fn members(&mut self, directory: usize) -> Vec<String> {
        let users =
            self.model.users.iter().filter(|(_, user)| user.directory == directory).map(|(id, _)| id.clone());
        let groups = self.model.groups.iter().filter(|(_, group)| group.directory == directory);
        let all: Vec<String> = users.chain(groups.map(|(id, _)| id.clone())).collect();
        let count = self.random.random_range(0..=3);
        all.sample(&mut self.random, count).cloned().collect()
    }
}

pub(crate) fn nothing() -> String {
    "nothing".to_owned()
}

pub(crate) fn options() -> WriteOptions {
    WriteOptions::default()
}

pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => unreachable!("{other} is no object"),
    }
}
