//! For tests only: servers, clients, recorded traffic.

pub mod recorded;
