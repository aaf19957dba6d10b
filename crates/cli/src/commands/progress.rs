//! Progress bars for anything that takes over a second.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

/// What takes less needs no bar.
const SOON: Duration = Duration::from_secs(1);

/// A bar on standard error, hidden when the output is for machines.
pub(crate) fn bar(length: u64, output: Output) -> ProgressBar {
    let target = match output {
        Output::Text => ProgressDrawTarget::stderr(),
        Output::Json => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template("{msg:24!} {bar:30} {pos}/{len} {elapsed}") {
        bar.set_style(style);
    }
    bar
}

/// A bar that comes after a second.
pub(crate) struct Late {
    message: &'static str,
    output: Output,
    begun: Instant,
    length: u64,
    bar: Option<ProgressBar>,
}

impl Late {
    /// For work that begins now.
    pub(crate) fn new(message: &'static str, output: Output) -> Self {
        Self { message, output, begun: Instant::now(), length: 0, bar: None }
    }

    /// How much there is to do.
    pub(crate) fn of(&mut self, length: u64) {
        self.length = length;
    }

    /// How much is done.
    pub(crate) fn at(&mut self, position: u64) {
        if self.bar.is_none() && self.begun.elapsed() < SOON {
            return;
        }
        let (length, output, message) = (self.length, self.output, self.message);
        let bar = self.bar.get_or_insert_with(|| {
            let bar = bar(length, output);
            bar.set_message(message);
            bar
        });
        bar.set_length(length.max(position));
        bar.set_position(position);
    }

    /// Nothing is left to do.
    pub(crate) fn done(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
