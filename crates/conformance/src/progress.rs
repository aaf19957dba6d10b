//! How a run tells its caller where it is.

/// Told about the checks while they run, for example to move a progress bar.
pub trait Progress: Send + Sync {
    /// The run begins and has that many checks.
    fn started(&self, checks: usize);
    /// A check of this section, such as `RFC 7644 §3.3`, begins.
    fn checking(&self, section: &str);
    /// The check is done.
    fn checked(&self);
    /// The run is over and has cleaned up.
    fn finished(&self);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _checks: usize) {}
    fn checking(&self, _section: &str) {}
    fn checked(&self) {}
    fn finished(&self) {}
}
