//! A made-up company, and the accounts that its people got on the server.

use crate::people::{Person, Team, people, teams};
use crate::plan::Plan;
use crate::summary::{ExpectedGroup, ExpectedState, ExpectedUser};

/// The people and groups that the identity provider knows.
#[derive(Debug, Clone)]
pub(crate) struct Company {
    pub(crate) people: Vec<Person>,
    pub(crate) teams: Vec<Team>,
}

impl Company {
    /// The company of a plan; it depends on the identity provider, the seed and the numbers.
    pub(crate) fn of(plan: &Plan) -> Self {
        Self {
            people: people(plan.idp, plan.seed, plan.users),
            teams: teams(plan.idp, plan.seed, plan.groups, plan.users),
        }
    }

    /// What the server must hold when everything was provisioned.
    pub(crate) fn expected(&self) -> ExpectedState {
        let users = self.people.iter().map(|person| ExpectedUser {
            user_name: person.user_name.clone(),
            external_id: person.external_id.clone(),
            active: person.active,
        });
        let groups = self.teams.iter().map(|team| {
            let members = team.members.iter().filter_map(|index| self.people.get(*index));
            let mut members: Vec<String> = members.map(|person| person.user_name.clone()).collect();
            members.sort_unstable();
            ExpectedGroup { display_name: team.name.clone(), members }
        });
        ExpectedState { users: users.collect(), groups: groups.collect() }
    }
}

/// A person with the id that the server gave.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) person: Person,
}

/// A group with the id that the server gave and the name that it has now.
#[derive(Debug, Clone)]
pub(crate) struct RemoteGroup {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Ids of members that were in the group when it was taken over, and that the identity provider leaves alone.
    pub(crate) others: Vec<String>,
}

/// The accounts by the index of the person; nothing for a person who could not be provisioned.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    pub(crate) accounts: Vec<Option<Account>>,
}

impl Roster {
    /// The account of a person.
    pub(crate) fn get(&self, index: usize) -> Option<&Account> {
        self.accounts.get(index)?.as_ref()
    }

    /// The accounts of these people, as far as they have one.
    pub(crate) fn of(&self, indexes: &[usize]) -> Vec<&Account> {
        indexes.iter().filter_map(|index| self.get(*index)).collect()
    }

    /// Everybody who has an account.
    pub(crate) fn present(&self) -> Vec<&Account> {
        self.accounts.iter().flatten().collect()
    }

    /// Everybody who has an account, to be changed.
    pub(crate) fn present_mut(&mut self) -> Vec<&mut Account> {
        self.accounts.iter_mut().flatten().collect()
    }

    /// Tells the company what the sequences changed.
    pub(crate) fn write_back(&self, company: &mut Company) {
        for (person, account) in company.people.iter_mut().zip(&self.accounts) {
            if let Some(account) = account {
                person.clone_from(&account.person);
            }
        }
    }
}
