//! Lists: keyset pages of one shape (design.md §8).

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use enroll_service::{Page, PageRequest};

use super::Problem;
use crate::App;
use crate::openapi::{Input, Sketch};
use crate::parse::query::Query;

/// `limit` and `after`: `after` is the `next` of the page before; `limit` is at least 1 and is cut to the largest page of this
/// server.
pub(crate) struct ListParameters(pub(crate) PageRequest);

impl FromRequestParts<App> for ListParameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let query = Query::new(parts.uri.query());
        let options = app.service().options();
        let limit = match query.number("limit")? {
            None => options.default_page_size,
            Some(limit) => u32::try_from(limit.max(1)).unwrap_or(u32::MAX),
        };
        let after = query.one("after")?.map(Into::into);
        Ok(Self(PageRequest { after, limit: limit.clamp(1, options.max_page_size) }))
    }
}

impl Input for ListParameters {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.shares_query("limit");
        sketch.shares_query("after");
    }
}

/// Declares a page as it is answered: the objects under a name of their own.
macro_rules! list {
    ($(#[$doc:meta])* $name:ident { $member:ident: $item:ty }) => {
        $(#[$doc])*
        #[derive(serde::Serialize, schemars::JsonSchema)]
        pub(crate) struct $name {
            /// What is on the page.
            $member: Vec<$item>,
            /// What to give as `after` for the next page; not on the last.
            #[serde(skip_serializing_if = "Option::is_none")]
            next: Option<String>,
        }

        impl From<enroll_service::Page<$item>> for $name {
            fn from(page: enroll_service::Page<$item>) -> Self {
                Self { $member: page.items, next: page.next }
            }
        }
    };
}

pub(super) use list;

/// A page as an answer.
pub(super) fn listed<T, L: From<Page<T>>>(page: Page<T>) -> Json<L> {
    Json(page.into())
}
