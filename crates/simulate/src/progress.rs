//! How a run tells its caller where it is.

/// Told about the work of a run while it happens, for example to move a progress bar.
///
/// Stages follow one another; a label is started once, advanced until its total, and finished.
pub trait Progress: Send + Sync {
    /// A stage of `total` steps begins.
    fn started(&self, label: &str, total: usize);
    /// `steps` more steps of the stage are done.
    fn advanced(&self, label: &str, steps: usize);
    /// The stage is over, whether or not it reached its total.
    fn finished(&self, label: &str);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _label: &str, _total: usize) {}
    fn advanced(&self, _label: &str, _steps: usize) {}
    fn finished(&self, _label: &str) {}
}
