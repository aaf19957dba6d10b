//! Queries: filter, sort, page, projection (RFC 7644 §3.4.2), on one resource type or on all.

use enroll_scim::filter::{Filter, TypedFilter};
use enroll_scim::list::{cursor_response, list_response};
use enroll_scim::search::SearchRequest;
use enroll_scim::sort::{Sort, SortOrder};
use enroll_scim::{Notes, Object, ScimError};
use enroll_store::Tx;
use enroll_store::filter::Compiled;
use enroll_store::user::Page;
use serde_json::Value;
use uuid::Uuid;

use super::cursor::{self, Place, Position};
use super::outcome::Book;
use super::view::View;
use super::{ListRequest, Outcome, ProjectionRequest, ResourceKind, sorted};
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
}

/// Which part of the results is asked for.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) start: Start,
    pub(super) limit: u32,
}

/// Where a part begins.
#[derive(Debug, Clone)]
pub(super) enum Start {
    /// Behind so many results: index paging.
    Skip(u64),
    /// Behind the last result of the page before, or at the first: paging by cursor.
    After(Option<Position>),
}

/// A part of the results.
pub(super) struct Found {
    pub(super) resources: Vec<Value>,
    /// How many there are on all pages.
    pub(super) total: u64,
    /// The last of the resources, if more follow it.
    pub(super) last: Option<Position>,
}

impl Service {
    /// The resources of one type that meet the filter: a page of them, with the true total. Without `sortBy` in the order of
    /// their ids.
    ///
    /// The result is [`Error::Scim`] 400 `invalidFilter` for a filter that cannot be read or compares what cannot be compared; never all
    /// resources instead. 400 `invalidValue` for what cannot be sorted by. 400 `invalidCursor`, `expiredCursor` and
    /// `invalidCount` (RFC 9865 §2.1).
    pub async fn list(
        &self,
        session: &ScimSession,
        kind: &ResourceKind,
        request: &ListRequest,
    ) -> Outcome<Object> {
        let book = Book::default();
        book.close(self.list_kinds(session, std::slice::from_ref(kind), request, &book).await)
    }

    /// As [`Service::list`], over all resource types together (RFC 7644 §3.4.2.1). Users come first, then groups, where nothing
    /// else orders them. An attribute that only another type has counts as unassigned.
    ///
    /// The result is refused as that of [`Service::list`], for what no type has.
    pub async fn list_all(&self, session: &ScimSession, request: &ListRequest) -> Outcome<Object> {
        let book = Book::default();
        book.close(self.list_kinds(session, &session.models.kinds(), request, &book).await)
    }

    /// A query whose parameters stand in a body (RFC 7644 §3.4.3), on one resource type or, without one, on all. The answer is
    /// that of the same query in a URL.
    ///
    /// The result is as that of [`Service::list`]; 400 `invalidSyntax` for a body that is no search request.
    pub async fn search(
        &self,
        session: &ScimSession,
        kind: Option<&ResourceKind>,
        body: Object,
    ) -> Outcome<Object> {
        let book = Book::default();
        let kinds = kind.map_or_else(|| session.models.kinds(), |kind| vec![kind.clone()]);
        let found = match book.noting(|notes| SearchRequest::parse(body, &session.dialect, notes)) {
            Ok(request) => self.list_kinds(session, &kinds, &request.into(), &book).await,
            Err(error) => Err(error.into()),
        };
        book.close(found)
    }

    async fn list_kinds(
        &self,
        session: &ScimSession,
        kinds: &[ResourceKind],
        request: &ListRequest,
        book: &Book,
    ) -> Result<Object, Error> {
        let order = SortOrder::parse(request.sort_order.as_deref())?;
        let queries = book.noting(|notes| self.queries(session, kinds, request, notes))?;
        let origin = cursor::Query { directory: session.directory, kinds, request };
        let part = self.part(&origin)?;
        let (limit, is_sorted) = (part.limit, request.sort_by.is_some());
        let start_index = match part.start {
            Start::Skip(skip) => Some(skip.saturating_add(1)),
            Start::After(_) => None,
        };
        let Found { resources, total, last } = self
            .db()
            .read(move |tx| {
                if is_sorted { sorted::page(tx, &queries, order, &part) } else { page(tx, &queries, &part) }
            })
            .await?;
        match start_index {
            Some(start_index) => Ok(list_response(resources, total, start_index)),
            None => {
                let next = last.map(|last| self.seal_cursor(&origin, limit, last)).transpose()?;
                Ok(cursor_response(resources, total, next))
            }
        }
    }

    fn part(&self, origin: &cursor::Query<'_>) -> Result<Part, Error> {
        let (options, request) = (self.options(), origin.request);
        let limit = request
            .count
            .map(|count| u32::try_from(count.max(0)).unwrap_or(u32::MAX).min(options.max_page_size));
        let Some(cursor) = &request.cursor else {
            let skip = u64::try_from(request.start_index.unwrap_or(1).max(1)).unwrap_or(1).saturating_sub(1);
            return Ok(Part { start: Start::Skip(skip), limit: limit.unwrap_or(options.default_page_size) });
        };
        if request.start_index.is_some() {
            return Err(ScimError::invalid_cursor(
                "cursor and startIndex exclude each other: a query is paged by the one or by the other",
            )
            .into());
        }
        if cursor.is_empty() {
            return Ok(Part { start: Start::After(None), limit: limit.unwrap_or(options.default_page_size) });
        }
        let (position, count) = self.open_cursor(origin, cursor)?;
        if limit.is_some_and(|limit| limit != count) {
            return Err(ScimError::invalid_count(format!(
                "the pages of this cursor have a count of {count}: send the same, or none"
            ))
            .into());
        }
        Ok(Part { start: Start::After(Some(position)), limit: count })
    }

    /// The query for each type. What only one of several types has is unassigned in the others; what none has is refused.
    fn queries(
        &self,
        session: &ScimSession,
        kinds: &[ResourceKind],
        request: &ListRequest,
        notes: &mut Notes,
    ) -> Result<Vec<Query>, Error> {
        let filter = match &request.filter {
            None => None,
            Some(text) => Some(Filter::parse(text, self.limits(), &session.dialect, notes)?),
        };
        if let (Some(filter), true) = (&filter, kinds.len() > 1) {
            each_term(filter, &mut |term| {
                first_success(kinds, |kind| term.resolve(session.models.model(kind), &session.dialect, notes))
            })?;
        }
        let sort = |kind: &ResourceKind| {
            request.sort_by.as_ref().map(|by| Sort::parse(session.models.model(kind), by))
        };
        if request.sort_by.is_some() {
            first_success(kinds, |kind| sort(kind).transpose())?;
        }
        let mut queries = Vec::new();
        for kind in kinds {
            let filter = match &filter {
                None => None,
                Some(filter) if kinds.len() > 1 => {
                    Some(filter.resolve_lenient(session.models.model(kind), &session.dialect, notes)?)
                }
                Some(filter) => Some(filter.resolve(session.models.model(kind), &session.dialect, notes)?),
            };
            let condition = match (&filter, kind) {
                (filter, ResourceKind::Custom(custom)) => {
                    Compiled::for_resources(custom.key(), filter.as_ref())
                }
                (None, _) => Compiled::everything(),
                (Some(filter), ResourceKind::User) => Compiled::for_users(filter),
                (Some(filter), ResourceKind::Group) => Compiled::for_groups(filter),
            };
            queries.push(Query {
                kind: kind.clone(),
                filter,
                condition,
                sort: sort(kind).and_then(Result::ok).map(|sort| sorted::allowed(kind, sort)).transpose()?,
                view: View::of_projection(self, session, kind, &request.projection)?,
            });
        }
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
    mut attempt: impl FnMut(&ResourceKind) -> Result<T, E>,
) -> Result<(), E> {
    let mut refusal = Ok(());
    for kind in kinds {
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
            cursor: request.cursor,
            projection: ProjectionRequest {
                attributes: request.attributes,
                excluded: request.excluded_attributes,
            },
        }
    }
}

/// A page in the order of types and ids, and how many results there are.
fn page(tx: &Tx<'_>, queries: &[Query], part: &Part) -> Result<Found, Error> {
    let limit = usize::try_from(part.limit).unwrap_or(usize::MAX);
    // By cursor one result more is read than is shown: whether another page follows.
    let one_more = matches!(part.start, Start::After(_)) && part.limit > 0;
    let mut open = part.limit.saturating_add(one_more.into());
    let (mut total, mut last, mut more) = (0, None, false);
    let mut resources = Vec::new();
    for (kind, query) in queries.iter().enumerate() {
        let (mut rows, found) = query.find(tx, part.start.among(kind, total, open))?;
        total += found;
        open = open.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let fit = limit - resources.len();
        more |= rows.len() > fit;
        rows.truncate(fit);
        last = rows.last().map(|id| Place { kind, id }).or(last);
        resources.extend(rows.shown(tx, &query.view)?);
    }
    let last = last.filter(|_| more && one_more).map(|place| Position { place, key: None });
    Ok(Found { resources, total, last })
}

impl Start {
    /// The part of the results of one type, where `before` results of other types stand before them.
    fn among(&self, kind: usize, before: u64, limit: u32) -> Page<Uuid> {
        match self {
            Self::Skip(skip) => Page::Skip { skip: skip.saturating_sub(before), limit },
            Self::After(Some(Position { place, .. })) if place.kind > kind => Page::first(0),
            Self::After(Some(Position { place, .. })) if place.kind == kind => {
                Page::After { after: Some(place.id), limit }
            }
            Self::After(_) => Page::After { after: None, limit },
        }
    }
}
