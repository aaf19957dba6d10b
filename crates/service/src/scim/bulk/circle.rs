//! POSTs that refer to each other in a circle (RFC 7644 §3.7.1): two groups that are members of each other, two users who
//! are each other's managers.
//!
//! The ids are chosen first, so that every reference can be resolved; then one transaction inserts all of them and links
//! them afterwards. All are there, or none.

use enroll_scim::ScimError;
use enroll_scim::bulk::Action;
use enroll_store::StoreError;

use super::{Done, Run, depends_on};
use crate::scim::create::{Company, Creation, NewId};
use crate::scim::{Answer, WriteOptions};
use crate::{Error, Service};

/// The ids of the operations, and the POSTs with their references resolved.
type Prepared = (Vec<(usize, NewId)>, Vec<Creation>);

/// Why a circle was not created.
enum Broken {
    /// One of its POSTs cannot be carried out, counted within the circle.
    Member(usize, Error),
    /// The store cannot tell or has failed: the same for all of them.
    All(StoreError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::All(error)
    }
}

impl Run<'_> {
    /// Creates what refers to each other. The POST that cannot be carried out has its own error, the others refer to it.
    pub(super) async fn circle(&self, circle: &[usize]) -> Vec<(Option<String>, Result<Done, Error>)> {
        let outcomes = match self.prepare(circle) {
            Ok((ids, creations)) => match self.service.carry_out_together(creations).await {
                Ok(answers) => {
                    let created = ids.iter().zip(answers);
                    created.map(|((_, id), answer)| Ok(Done::Created(id.text(), answer))).collect()
                }
                Err(broken) => self.broken(circle, broken),
            },
            Err(broken) => self.broken(circle, broken),
        };
        outcomes.into_iter().map(|outcome| (None, outcome)).collect()
    }

    fn prepare(&self, circle: &[usize]) -> Result<Prepared, Broken> {
        let mut ids = Vec::with_capacity(circle.len());
        for (place, &index) in circle.iter().enumerate() {
            match self.plan.entries.get(index).map(|entry| &entry.operation) {
                Some(Ok(operation)) => {
                    let kind = self.kind(&operation.endpoint);
                    let kind = kind.map_err(|error| Broken::Member(place, error.into()))?;
                    ids.push((index, NewId::of(self.service, &kind)));
                }
                _ => return Err(Broken::Member(place, unbreakable().into())),
            }
        }
        let texts = ids.iter().map(|(index, id)| (*index, id.text())).collect::<Vec<_>>();
        let mut creations = Vec::with_capacity(circle.len());
        for (place, (index, id)) in ids.iter().enumerate() {
            let creation = self.ready(*index, &texts).map_err(Error::from).and_then(|operation| {
                let Action::Post(body) = operation.action else { return Err(unbreakable().into()) };
                let options = WriteOptions::default();
                Creation::prepare(self.service, self.session, id.clone(), body, &options, self.book)
            });
            creations.push(creation.map_err(|error| Broken::Member(place, error))?);
        }
        Ok((ids, creations))
    }

    fn broken(&self, circle: &[usize], broken: Broken) -> Vec<Result<Done, Error>> {
        match broken {
            Broken::All(error) => {
                let scim = Error::Store(error).to_scim();
                circle.iter().map(|_| Err(scim.clone().into())).collect()
            }
            Broken::Member(culprit, error) => {
                let index = circle.get(culprit).copied().unwrap_or_default();
                let others = depends_on(self.plan.entries.get(index), index);
                let mut error = Some(error);
                let own = |place| if place == culprit { error.take() } else { None };
                (0..circle.len())
                    .map(own)
                    .map(|own| Err(own.unwrap_or_else(|| others.clone().into())))
                    .collect()
            }
        }
    }
}

impl Service {
    /// One transaction: all of them are inserted, then linked.
    async fn carry_out_together(&self, creations: Vec<Creation>) -> Result<Vec<Answer>, Broken> {
        self.db()
            .write(move |tx| {
                each(&creations, |creation| creation.insert(tx))?;
                each(&creations, |creation| creation.link(tx))?;
                each(&creations, |creation| creation.answer(tx, Company::Others))
            })
            .await
    }
}

/// A fault of the store stays one, since the transaction may have to be carried out again.
fn each<T>(creations: &[Creation], step: impl Fn(&Creation) -> Result<T, Error>) -> Result<Vec<T>, Broken> {
    let steps = creations.iter().map(step).enumerate();
    steps
        .map(|(place, done)| {
            done.map_err(|error| match error {
                Error::Store(error) => Broken::All(error),
                error => Broken::Member(place, error),
            })
        })
        .collect()
}

/// Only POSTs form circles; should anything else, it is refused.
fn unbreakable() -> ScimError {
    ScimError::new(
        409,
        "the operations refer to each other in a circle that cannot be resolved: send them one by one",
    )
}
