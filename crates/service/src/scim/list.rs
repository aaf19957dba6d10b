//! Queries: filter, sort, page, projection (RFC 7644 §3.4.2), on one resource type or on all.

use enroll_scim::filter::{Filter, TypedFilter};
use enroll_scim::list::list_response;
use enroll_scim::search::SearchRequest;
use enroll_scim::sort::{Sort, SortOrder};
use enroll_scim::{Notes, Object, ScimError};
use enroll_store::Tx;
use enroll_store::filter::Compiled;
use enroll_store::group::{self, GroupRow};
use enroll_store::user::{self, Page, UserRow};
use serde_json::Value;

use super::view::View;
use super::{ListRequest, ProjectionRequest, ResourceKind, note, sorted};
use crate::{Error, ScimSession, Service};

/// What is asked of the resources of one type.
pub(super) struct Query {
    pub(super) kind: ResourceKind,
    pub(super) filter: Option<TypedFilter>,
    pub(super) condition: Compiled,
    /// `None` where the results are not sorted, or the type does not have the attribute.
    pub(super) sort: Option<Sort>,
    /// What the answer shows.
    pub(super) view: View,
    /// What a filter that the database cannot decide looks at.
    pub(super) full: View,
}

/// Which part of the results is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) skip: u64,
    pub(super) limit: u32,
}

impl Service {
    /// The resources of one type that meet the filter: a page of them, with the true total. Without `sortBy` in the order of
    /// their ids.
    ///
    /// # Errors
    /// [`Error::Scim`] 400 `invalidFilter` for a filter that cannot be read or compares what cannot be compared; never all
    /// resources instead. 400 `invalidValue` for what cannot be sorted by.
    pub async fn list(
        &self,
        session: &ScimSession,
        kind: ResourceKind,
        request: &ListRequest,
    ) -> Result<Object, Error> {
        self.list_kinds(session, &[kind], request).await
    }

    /// As [`Service::list`], over users and groups together (RFC 7644 §3.4.2.1). Users come first where nothing else orders
    /// them. An attribute that only the other type has counts as unassigned.
    ///
    /// # Errors
    /// As [`Service::list`], for what neither type has.
    pub async fn list_all(&self, session: &ScimSession, request: &ListRequest) -> Result<Object, Error> {
        self.list_kinds(session, &[ResourceKind::User, ResourceKind::Group], request).await
    }

    /// A query whose parameters stand in a body (RFC 7644 §3.4.3), on one resource type or, without one, on all. The answer is
    /// that of the same query in a URL.
    ///
    /// # Errors
    /// As [`Service::list`]; 400 `invalidSyntax` for a body that is no search request.
    pub async fn search(
        &self,
        session: &ScimSession,
        kind: Option<ResourceKind>,
        body: Object,
    ) -> Result<Object, Error> {
        let mut notes = Notes::default();
        let request = SearchRequest::parse(body, &session.dialect, &mut notes)?.into();
        note(session, &notes);
        match kind {
            Some(kind) => self.list(session, kind, &request).await,
            None => self.list_all(session, &request).await,
        }
    }

    async fn list_kinds(
        &self,
        session: &ScimSession,
        kinds: &[ResourceKind],
        request: &ListRequest,
    ) -> Result<Object, Error> {
        let order = SortOrder::parse(request.sort_order.as_deref())?;
        let queries = self.queries(session, kinds, request)?;
        let part = self.part(request);
        let start_index = part.skip.saturating_add(1);
        let is_sorted = request.sort_by.is_some();
        let (resources, total) =
            self.db()
                .read(move |tx| {
                    if is_sorted { sorted::page(tx, &queries, order, part) } else { page(tx, &queries, part) }
                })
                .await?;
        Ok(list_response(resources, total, start_index))
    }

    fn part(&self, request: &ListRequest) -> Part {
        let options = self.options();
        let limit = request.count.map_or(options.default_page_size, |count| {
            u32::try_from(count.max(0)).unwrap_or(u32::MAX).min(options.max_page_size)
        });
        let skip = u64::try_from(request.start_index.unwrap_or(1).max(1)).unwrap_or(1).saturating_sub(1);
        Part { skip, limit }
    }

    /// The query for each type. What only one of several types has is unassigned in the others; what none has is refused.
    fn queries(
        &self,
        session: &ScimSession,
        kinds: &[ResourceKind],
        request: &ListRequest,
    ) -> Result<Vec<Query>, Error> {
        let mut notes = Notes::default();
        let filter = match &request.filter {
            None => None,
            Some(text) => Some(Filter::parse(text, self.limits(), &session.dialect, &mut notes)?),
        };
        if let (Some(filter), true) = (&filter, kinds.len() > 1) {
            each_term(filter, &mut |term| {
                first_success(kinds, |kind| term.resolve(self.model(kind), &session.dialect, &mut notes))
            })?;
        }
        let sort = |kind| request.sort_by.as_ref().map(|by| Sort::parse(self.model(kind), by));
        if request.sort_by.is_some() {
            first_success(kinds, |kind| sort(kind).transpose())?;
        }
        let mut queries = Vec::new();
        for kind in kinds.iter().copied() {
            let filter = match &filter {
                None => None,
                Some(filter) if kinds.len() > 1 => {
                    Some(filter.resolve_lenient(self.model(kind), &session.dialect, &mut notes)?)
                }
                Some(filter) => Some(filter.resolve(self.model(kind), &session.dialect, &mut notes)?),
            };
            let condition = match (&filter, kind) {
                (None, _) => Compiled::everything(),
                (Some(filter), ResourceKind::User) => Compiled::for_users(filter),
                (Some(filter), ResourceKind::Group) => Compiled::for_groups(filter),
            };
            queries.push(Query {
                kind,
                filter,
                condition,
                sort: sort(kind).and_then(Result::ok).map(sorted::allowed).transpose()?,
                view: View::of_projection(self, session, kind, &request.projection)?,
                full: View::of_projection(self, session, kind, &ProjectionRequest::default())?,
            });
        }
        note(session, &notes);
        Ok(queries)
    }
}

/// Tries every term of a filter. The parser has bounded its depth.
fn each_term(
    filter: &Filter,
    attempt: &mut dyn FnMut(&Filter) -> Result<(), ScimError>,
) -> Result<(), ScimError> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().try_for_each(|part| each_term(part, attempt)),
        Filter::Not(part) => each_term(part, attempt),
        term => attempt(term),
    }
}

/// Succeeds where the attempt does for one of the types; else the first type says why not.
fn first_success<T, E>(
    kinds: &[ResourceKind],
    mut attempt: impl FnMut(ResourceKind) -> Result<T, E>,
) -> Result<(), E> {
    let mut refusal = Ok(());
    for kind in kinds.iter().copied() {
        match attempt(kind) {
            Ok(_) => return Ok(()),
            Err(error) if refusal.is_ok() => refusal = Err(error),
            Err(_) => {}
        }
    }
    refusal
}

impl From<SearchRequest> for ListRequest {
    fn from(request: SearchRequest) -> Self {
        Self {
            filter: request.filter,
            sort_by: request.sort_by,
            sort_order: request.sort_order,
            start_index: request.start_index,
            count: request.count,
            projection: ProjectionRequest {
                attributes: request.attributes,
                excluded: request.excluded_attributes,
            },
        }
    }
}

/// A page in the order of types and ids, and how many results there are.
fn page(tx: &Tx<'_>, queries: &[Query], part: Part) -> Result<(Vec<Value>, u64), Error> {
    let (mut resources, mut total) = (Vec::new(), 0);
    for query in queries {
        let taken = u32::try_from(resources.len()).unwrap_or(u32::MAX);
        let rest = Part { skip: part.skip.saturating_sub(total), limit: part.limit.saturating_sub(taken) };
        let (found, count) = match query.kind {
            ResourceKind::User => {
                let (rows, count) = users(tx, query, rest)?;
                (query.view.users(tx, rows)?, count)
            }
            ResourceKind::Group => {
                let (rows, count) = groups(tx, query, rest)?;
                (query.view.groups_page(tx, rows)?, count)
            }
        };
        resources.extend(found);
        total += count;
    }
    Ok((resources, total))
}

fn users(tx: &Tx<'_>, query: &Query, part: Part) -> Result<(Vec<UserRow>, u64), Error> {
    let (directory, page) = (query.view.directory, Page::Skip { skip: part.skip, limit: part.limit });
    let Some(filter) = query.undecided() else {
        let total = user::count(tx, directory, &query.condition)?;
        let wanted = part.limit > 0 && part.skip < total;
        let rows = if wanted { user::list(tx, directory, &query.condition, page)? } else { Vec::new() };
        return Ok((rows, total));
    };
    let found = user::search(tx, directory, &query.condition, page, |candidates| {
        Ok::<_, Error>(verdicts(filter, &query.full.users(tx, candidates.to_vec())?))
    })?;
    Ok((found.rows, found.total))
}

fn groups(tx: &Tx<'_>, query: &Query, part: Part) -> Result<(Vec<GroupRow>, u64), Error> {
    let (directory, page) = (query.view.directory, Page::Skip { skip: part.skip, limit: part.limit });
    let Some(filter) = query.undecided() else {
        let total = group::count(tx, directory, &query.condition)?;
        let wanted = part.limit > 0 && part.skip < total;
        let rows = if wanted { group::list(tx, directory, &query.condition, page)? } else { Vec::new() };
        return Ok((rows, total));
    };
    let found = group::search(tx, directory, &query.condition, page, |candidates| {
        Ok::<_, Error>(verdicts(filter, &query.full.groups_page(tx, candidates.to_vec())?))
    })?;
    Ok((found.rows, found.total))
}

impl Query {
    /// The filter, where the database cannot decide alone.
    pub(super) fn undecided(&self) -> Option<&TypedFilter> {
        self.filter.as_ref().filter(|_| !self.condition.exact)
    }
}

/// Whether each representation meets the filter.
pub(super) fn verdicts(filter: &TypedFilter, representations: &[Value]) -> Vec<bool> {
    representations
        .iter()
        .map(|value| value.as_object().is_some_and(|object| filter.matches(object)))
        .collect()
}
