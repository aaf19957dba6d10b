//! Routes with their descriptions: there is no way to register a handler without one.

use std::future::Future;
use std::sync::Arc;

use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{self, MethodRouter};

use super::{Answer, Input, Operation, Sketch};
use crate::App;
use crate::api::parameters;

/// A handler whose arguments and answer are described. `T` is what [`Handler`] has in that place.
pub(crate) trait Described<T> {
    /// Lets each argument and the answer say what they are.
    fn sketch(sketch: &mut Sketch<'_>);
}

macro_rules! described {
    ($($argument:ident)*) => {
        impl<F, Fut, Via, $($argument,)*> Described<(Via, $($argument,)*)> for F
        where
            F: FnOnce($($argument,)*) -> Fut,
            Fut: Future<Output: Answer>,
            $($argument: Input,)*
        {
            fn sketch(sketch: &mut Sketch<'_>) {
                $($argument::sketch(sketch);)*
                <Fut::Output as Answer>::sketch(sketch);
            }
        }
    };
}

described! { A }
described! { A B }
described! { A B C }
described! { A B C D }
described! { A B C D E }

/// One method of one path.
pub(crate) struct Route {
    pub(super) path: &'static str,
    pub(super) method: &'static str,
    pub(super) tag: &'static str,
    pub(super) operation: Operation,
    pub(super) sketch: fn(&mut Sketch<'_>),
    handler: MethodRouter<App>,
}

/// Routes below `/api/v1`, in the order in which the document has them.
pub(crate) struct Routes {
    tag: &'static str,
    pub(super) all: Vec<Route>,
}

macro_rules! methods {
    ($($method:ident)+) => {$(
        /// A handler for this method of a path.
        pub(crate) fn $method<H, T>(mut self, path: &'static str, handler: H, operation: Operation) -> Self
        where
            H: Handler<T, App> + Described<T>,
            T: 'static,
        {
            self.all.push(Route {
                path,
                method: stringify!($method),
                tag: self.tag,
                operation,
                sketch: <H as Described<T>>::sketch,
                handler: routing::$method(handler),
            });
            self
        }
    )+};
}

impl Routes {
    /// No routes yet; those that are added belong to what the tag names.
    pub(crate) const fn of(tag: &'static str) -> Self {
        Self { tag, all: Vec::new() }
    }

    methods! { get post put patch delete }

    /// With the routes of another file behind these.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.all.extend(others.all);
        self
    }

    /// Those of these paths that change something.
    pub(crate) fn below(mut self, paths: &[&str]) -> Self {
        self.all.retain(|route| route.method != "get" && paths.contains(&route.path));
        self
    }

    /// Each path once, with all its methods. A parameter that is not described is refused.
    pub(crate) fn by_path(self) -> Vec<(&'static str, MethodRouter<App>)> {
        let mut paths: Vec<(&'static str, MethodRouter<App>)> = Vec::new();
        for Route { path, handler, sketch, .. } in self.all {
            let mut described = Sketch::without_schemas();
            sketch(&mut described);
            let known: Arc<[String]> = described.queries.into();
            let handler = handler.route_layer(from_fn_with_state(known, parameters::only_known));
            match paths.iter_mut().find(|(known, _)| *known == path) {
                Some((_, methods)) => *methods = std::mem::take(methods).merge(handler),
                None => paths.push((path, handler)),
            }
        }
        paths
    }
}
