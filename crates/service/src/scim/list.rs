//! `GET` of a collection: filter, page, projection (RFC 7644 §3.4.2).

use enroll_scim::filter::{Filter, TypedFilter};
use enroll_scim::list::list_response;
use enroll_scim::{Notes, Object};
use enroll_store::Tx;
use enroll_store::filter::Compiled;
use enroll_store::group::{self, GroupRow};
use enroll_store::user::{self, Page, UserRow};
use serde_json::Value;

use super::view::View;
use super::{ListRequest, ProjectionRequest, ResourceKind, note};
use crate::{Error, ScimSession, Service};

/// What is asked of the store.
struct Query {
    filter: Option<TypedFilter>,
    condition: Compiled,
    skip: u64,
    limit: u32,
}

impl Service {
    /// The resources of one type that meet the filter: a page of them, in the order of their ids, with the true total.
    ///
    /// # Errors
    /// [`Error::Scim`] 400 `invalidFilter` for a filter that cannot be read or compares what cannot be compared; never all
    /// resources instead.
    pub async fn list(
        &self,
        session: &ScimSession,
        kind: ResourceKind,
        request: &ListRequest,
    ) -> Result<Object, Error> {
        let view = View::of_projection(self, session, kind, &request.projection)?;
        let full = View::of_projection(self, session, kind, &ProjectionRequest::default())?;
        let query = self.query(session, kind, request)?;
        let start_index = query.skip.saturating_add(1);
        let (resources, total) = self
            .db()
            .read(move |tx| match kind {
                ResourceKind::User => {
                    let (rows, total) = users(tx, &full, &query)?;
                    Ok::<_, Error>((view.users(tx, rows)?, total))
                }
                ResourceKind::Group => {
                    let (rows, total) = groups(tx, &full, &query)?;
                    Ok((view.groups_page(tx, rows)?, total))
                }
            })
            .await?;
        Ok(list_response(resources, total, start_index))
    }

    fn query(
        &self,
        session: &ScimSession,
        kind: ResourceKind,
        request: &ListRequest,
    ) -> Result<Query, Error> {
        let mut notes = Notes::default();
        let filter = match &request.filter {
            None => None,
            Some(text) => {
                let parsed = Filter::parse(text, self.limits(), &session.dialect, &mut notes)?;
                Some(parsed.resolve(self.model(kind), &session.dialect, &mut notes)?)
            }
        };
        note(session, &notes);
        let condition = match (&filter, kind) {
            (None, _) => Compiled::everything(),
            (Some(filter), ResourceKind::User) => Compiled::for_users(filter),
            (Some(filter), ResourceKind::Group) => Compiled::for_groups(filter),
        };
        let options = self.options();
        let limit = request.count.map_or(options.default_page_size, |count| {
            u32::try_from(count.max(0)).unwrap_or(u32::MAX).min(options.max_page_size)
        });
        let skip = u64::try_from(request.start_index.unwrap_or(1).max(1)).unwrap_or(1).saturating_sub(1);
        Ok(Query { filter, condition, skip, limit })
    }
}

fn users(tx: &Tx<'_>, full: &View, query: &Query) -> Result<(Vec<UserRow>, u64), Error> {
    let page = Page::Skip { skip: query.skip, limit: query.limit };
    let Some(filter) = query.undecided() else {
        let total = user::count(tx, full.directory, &query.condition)?;
        let wanted = query.limit > 0 && query.skip < total;
        let rows = if wanted { user::list(tx, full.directory, &query.condition, page)? } else { Vec::new() };
        return Ok((rows, total));
    };
    let found = user::search(tx, full.directory, &query.condition, page, |candidates| {
        Ok::<_, Error>(verdicts(filter, &full.users(tx, candidates.to_vec())?))
    })?;
    Ok((found.rows, found.total))
}

fn groups(tx: &Tx<'_>, full: &View, query: &Query) -> Result<(Vec<GroupRow>, u64), Error> {
    let page = Page::Skip { skip: query.skip, limit: query.limit };
    let Some(filter) = query.undecided() else {
        let total = group::count(tx, full.directory, &query.condition)?;
        let wanted = query.limit > 0 && query.skip < total;
        let rows = if wanted { group::list(tx, full.directory, &query.condition, page)? } else { Vec::new() };
        return Ok((rows, total));
    };
    let found = group::search(tx, full.directory, &query.condition, page, |candidates| {
        Ok::<_, Error>(verdicts(filter, &full.groups_page(tx, candidates.to_vec())?))
    })?;
    Ok((found.rows, found.total))
}

impl Query {
    /// The filter, where the database cannot decide alone.
    fn undecided(&self) -> Option<&TypedFilter> {
        self.filter.as_ref().filter(|_| !self.condition.exact)
    }
}

fn verdicts(filter: &TypedFilter, representations: &[Value]) -> Vec<bool> {
    representations
        .iter()
        .map(|value| value.as_object().is_some_and(|object| filter.matches(object)))
        .collect()
}
