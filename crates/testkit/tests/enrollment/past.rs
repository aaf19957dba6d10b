//! What the service says of an earlier time, against what the model was then (enrollment.md 3.10).

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Display;

use enroll_domain::{ResourceRole, Role};
use enroll_service::PastAnswer;
use jiff::Timestamp;
use rand::RngExt as _;
use rand::seq::{IndexedRandom as _, IteratorRandom as _};

use crate::model::Model;
use crate::world::{ORGANIZATIONS, RESOURCES, World};

/// Steps that are remembered.
const REMEMBERED: usize = 400;

/// Roles by user and the number of the organization or resource; who had none is not named.
#[derive(Debug, Default)]
struct Roles {
    organizations: BTreeMap<(String, usize), Role>,
    resources: BTreeMap<(String, usize), ResourceRole>,
}

/// What was in force after each of the last steps.
#[derive(Debug, Default)]
pub(crate) struct Memory(VecDeque<(Timestamp, Roles)>);

impl Memory {
    pub(crate) fn remember(&mut self, time: Timestamp, model: &Model) {
        let mut roles = Roles::default();
        for user in model.users.keys() {
            for number in 0..ORGANIZATIONS.len() {
                let role = model.role(user, number);
                roles.organizations.extend(role.map(|role| ((user.clone(), number), role)));
            }
            for number in 0..RESOURCES.len() {
                let role = model.everything_on(user, number);
                roles.resources.extend(role.map(|role| ((user.clone(), number), role)));
            }
        }
        self.0.push_back((time, roles));
        if self.0.len() > REMEMBERED {
            self.0.pop_front();
        }
    }

    /// One role is what it was, and was so as long as the answer says.
    fn compare<R: Copy + PartialEq + std::fmt::Debug, S: Display>(
        &self,
        told: &PastAnswer<R, S>,
        then: impl Fn(&Roles) -> Option<R>,
        step: &str,
    ) {
        let PastAnswer { at, since, until, role, .. } = told;
        let from = since.unwrap_or(Timestamp::MIN);
        assert!(from <= *at && until.is_none_or(|until| until > *at), "{since:?} {at} {until:?}\n{step}");
        for (time, roles) in &self.0 {
            if *time >= from && until.is_none_or(|until| *time < until) {
                assert_eq!(then(roles), *role, "at {time}, asked of {at}: {since:?} to {until:?}\n{step}");
            }
        }
        if let Some(cause) = &told.brought_by {
            assert_eq!(Some(cause.time), *since, "{cause}\n{step}");
        }
        if let (Some(cause), Some(until)) = (&told.ended_by, until) {
            assert_eq!(cause.time, *until, "{cause}\n{step}");
        }
        assert_eq!(told.incomplete_since, None, "few people: nothing waits\n{step}");
    }
}

impl World {
    /// Asks of a step of before, about somebody who had a role then and may be gone by now, or about anybody.
    pub(crate) async fn compare_past(&mut self, step: &str) {
        self.memory.remember(self.clock.now(), &self.model);
        let place = self.random.random_range(0..self.memory.0.len());
        let (at, roles) = &self.memory.0[place];
        let within = self.random.random_range(0..1000);
        let at = (*at + jiff::SignedDuration::from_millis(within)).min(self.clock.now());
        let known: Vec<String> =
            roles.resources.keys().chain(roles.organizations.keys()).map(|(user, _)| user.clone()).collect();
        let present = self.model.users.keys().choose(&mut self.random).cloned();
        let Some(user) = known.choose(&mut self.random).cloned().or(present) else { return };
        let number = self.random.random_range(0..RESOURCES.len());
        let (organization, name) = RESOURCES[number];
        let organization = ORGANIZATIONS[organization];
        let told = self.service.explain_resource_at(&user, organization, name, at).await.unwrap();
        let key = (user, number);
        self.memory.compare(&told, |roles| roles.resources.get(&key).copied(), step);

        let number = self.random.random_range(0..ORGANIZATIONS.len());
        let told = self.service.explain_at(&key.0, ORGANIZATIONS[number], at).await.unwrap();
        let key = (key.0, number);
        self.memory.compare(&told, |roles| roles.organizations.get(&key).copied(), step);
    }
}
