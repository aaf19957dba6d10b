//! Progress bars for anything that takes over a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

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
