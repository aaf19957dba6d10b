//! Whose turn it is to do work beside the requests, among all processes on one database.

use std::time::Duration;

use data_encoding::HEXLOWER;
use enroll_store::lease;
use jiff::SignedDuration;

use crate::{Error, Service};

impl Service {
    /// A name for one that takes leases, different from all others.
    pub fn new_holder(&self) -> String {
        HEXLOWER.encode(&self.entropy().id())
    }

    /// Takes the lease of that name for so long, or makes one's own last longer; answers whether one has it now.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn take_lease(&self, name: &str, holder: &str, time: Duration) -> Result<bool, Error> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        let now = self.clock().now();
        let until = now + SignedDuration::try_from(time).unwrap_or(SignedDuration::ZERO);
        self.db().write(move |tx| Ok(lease::take(tx, &name, &holder, now, until)?)).await
    }

    /// Gives a lease back before its end.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn give_back_lease(&self, name: &str, holder: &str) -> Result<(), Error> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.db().write(move |tx| Ok(lease::give_back(tx, &name, &holder)?)).await
    }
}
