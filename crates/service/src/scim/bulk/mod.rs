//! `POST /Bulk` (RFC 7644 §3.7): each operation is the use case of the single request, with a transaction of its own.

mod circle;
mod failures;

use enroll_scim::bulk::{
    Action, BulkRequest, Endpoint, Entry, Operation, OperationResult, Plan, Version, response,
};
use enroll_scim::{Object, ScimError};

use super::create::{Creation, NewId};
use super::outcome::Book;
use super::representation::location;
use super::{Answer, IfMatch, Outcome, ResourceKind, WriteOptions};
use crate::{Error, ScimSession, Service};

pub use failures::{FailedOperation, FailedOperations};

/// What came of a bulk request.
#[derive(Debug, Clone, PartialEq)]
pub struct Bulked {
    /// The BulkResponse.
    pub response: Object,
    /// Which operations have failed, if any.
    pub failed: Option<FailedOperations>,
}

impl Service {
    /// Carries out the operations of a bulk request and gives the BulkResponse: one result for each operation that was
    /// carried out or refused, in the order of the request (RFC 7644 §3.7.3).
    ///
    /// There is no transaction around them all. POSTs that refer to each other in a circle share one, so that none of them
    /// is there without the others (RFC 7644 §3.7.1).
    ///
    /// The result is [`Error::Scim`] when the envelope cannot be read (400) or has too many operations (413); nothing was
    /// carried out then. The notes are those of the envelope and of all operations.
    pub async fn bulk(&self, session: &ScimSession, body: Object) -> Outcome<Bulked> {
        let book = Book::default();
        book.close(self.bulk_noting(session, body, &book).await)
    }

    async fn bulk_noting(&self, session: &ScimSession, body: Object, book: &Book) -> Result<Bulked, Error> {
        let limits = self.limits();
        let endpoints: Vec<String> =
            session.models.kinds().iter().map(|kind| kind.endpoint().to_owned()).collect();
        let parse = |notes: &mut _| BulkRequest::parse(body, &session.dialect, limits, &endpoints, notes);
        let request = book.noting(parse)?;
        let plan = request.into_plan();
        let mut run =
            Run { service: self, session, book, plan: &plan, made: Vec::new(), results: Vec::new() };
        run.made.resize(plan.entries.len(), None);
        run.results.resize(plan.entries.len(), None);
        let mut errors: u64 = 0;
        for batch in &plan.batches {
            errors += run.batch(batch).await;
            if plan.fail_on_errors.is_some_and(|most| errors >= most) {
                break;
            }
        }
        let failed = FailedOperations::of(&plan, &run.results);
        Ok(Bulked { response: response(run.results.iter().flatten()), failed })
    }
}

/// A bulk request that is being carried out.
struct Run<'a> {
    service: &'a Service,
    session: &'a ScimSession,
    book: &'a Book,
    plan: &'a Plan,
    /// The ids of the POSTs that have succeeded, by operation.
    made: Vec<Option<String>>,
    results: Vec<Option<OperationResult>>,
}

/// What an operation came to.
enum Done {
    /// POST: the id and its answer.
    Created(String, Answer),
    /// PUT, PATCH.
    Changed(Answer),
    /// DELETE.
    Deleted,
}

impl Run<'_> {
    /// Carries out one batch and gives how many of its operations have failed.
    async fn batch(&mut self, batch: &[usize]) -> u64 {
        let mut errors = 0;
        let outcomes = match batch {
            [only] => vec![self.single(*only).await],
            circle => self.circle(circle).await,
        };
        for (&index, (target, outcome)) in batch.iter().zip(outcomes) {
            let Some(entry) = self.plan.entries.get(index) else { continue };
            errors += u64::from(outcome.is_err());
            let result = self.result(entry, target, &outcome);
            if let (Ok(Done::Created(id, _)), Some(made)) = (outcome, self.made.get_mut(index)) {
                *made = Some(id);
            }
            if let Some(place) = self.results.get_mut(index) {
                *place = Some(result);
            }
        }
        errors
    }

    /// One operation, and the URL of the resource it changes where it names one.
    async fn single(&self, index: usize) -> (Option<String>, Result<Done, Error>) {
        let operation = match self.ready(index, &[]) {
            Ok(operation) => operation,
            Err(error) => return (None, Err(error.into())),
        };
        let kind = match self.kind(&operation.endpoint) {
            Ok(kind) => kind,
            Err(error) => return (None, Err(error.into())),
        };
        let target = operation.action.id().map(|id| self.location(&kind, id));
        (target, self.carry_out(&kind, operation).await)
    }

    /// The operation with ids in place of bulkIds. `circle` has the ids that will be there when the operation is.
    fn ready(&self, index: usize, circle: &[(usize, String)]) -> Result<Operation, ScimError> {
        let Some(entry) = self.plan.entries.get(index) else {
            return Err(ScimError::new(500, "the operation is lost"));
        };
        let operation = entry.operation.clone()?;
        let id_of = |post: usize| {
            let place = circle.binary_search_by_key(&post, |(index, _)| *index).ok();
            match place.and_then(|place| circle.get(place)) {
                Some((_, id)) => Some(id.as_str()),
                None => self.made.get(post)?.as_deref(),
            }
        };
        let mut references = self.plan.references.get(index).into_iter().flatten();
        if let Some(&post) = references.find(|&&post| id_of(post).is_none()) {
            return Err(depends_on(self.plan.entries.get(post), post));
        }
        Ok(operation.resolved(|bulk_id| id_of(self.plan.post(bulk_id)?)))
    }

    async fn carry_out(&self, kind: &ResourceKind, operation: Operation) -> Result<Done, Error> {
        let (service, session) = (self.service, self.session);
        let if_match = operation.version.map(|version| match version {
            Version::Any => IfMatch::Any,
            Version::Tag(tag) => IfMatch::Tags(vec![tag]),
        });
        // Results name the resource and do not show it: members of a large group are not read.
        let options = WriteOptions { if_match, ..WriteOptions::default() };
        match operation.action {
            Action::Post(body) => {
                let id = NewId::of(service, kind);
                let creation = Creation::prepare(service, session, id.clone(), body, &options, self.book)?;
                let answer = service.carry_out(creation).await?;
                Ok(Done::Created(id.text(), answer))
            }
            Action::Put(id, body) => service
                .replace_noting(session, (kind, &id), body, &options, self.book)
                .await
                .map(Done::Changed),
            Action::Patch(id, body) => {
                service.patch_noting(session, (kind, &id), body, &options, self.book).await.map(Done::Changed)
            }
            Action::Delete(id) => {
                service.delete(session, kind, &id, options.if_match.as_ref()).await?;
                Ok(Done::Deleted)
            }
        }
    }

    fn result(
        &self,
        entry: &Entry,
        target: Option<String>,
        outcome: &Result<Done, Error>,
    ) -> OperationResult {
        let (location, version, outcome) = match outcome {
            Ok(Done::Created(_, answer)) => {
                (Some(answer.location.clone()), Some(answer.version.clone()), Ok(201))
            }
            Ok(Done::Changed(answer)) => {
                (Some(answer.location.clone()), Some(answer.version.clone()), Ok(200))
            }
            Ok(Done::Deleted) => (target, None, Ok(204)),
            Err(error) => {
                let scim = error.to_scim();
                if scim.status() >= 500 {
                    tracing::error!(directory = %self.session.directory_name, %error, "bulk operation failed");
                }
                (target, None, Err(scim))
            }
        };
        OperationResult { location, version, ..OperationResult::of(entry, outcome) }
    }

    fn location(&self, kind: &ResourceKind, id: &str) -> String {
        location(&self.service.public_url().scim_base(), kind, id)
    }

    /// The resource type of an operation. The request was read with the endpoints of the same models.
    fn kind(&self, endpoint: &Endpoint) -> Result<ResourceKind, ScimError> {
        let segment = endpoint.as_str().trim_start_matches('/');
        self.session.models.at(segment).ok_or_else(|| ScimError::not_found("nothing is at this path"))
    }
}

/// Why an operation is not tried: what it refers to is not there (RFC 7644 §3.7.1).
fn depends_on(entry: Option<&Entry>, index: usize) -> ScimError {
    let bulk_id = entry.and_then(|entry| entry.bulk_id.as_deref()).unwrap_or_default();
    let bulk_id: String = bulk_id.chars().take(64).collect();
    let number = index + 1;
    ScimError::new(
        409,
        format!(
            "not carried out: it refers to bulkId:{bulk_id}, and operation {number}, which has it, has failed"
        ),
    )
}
