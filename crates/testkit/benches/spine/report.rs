//! The table at the end.

/// What was measured.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<Line>);

#[derive(Debug)]
struct Line {
    what: String,
    measured: f64,
    reference: f64,
    ratio: f64,
    unit: &'static str,
    target: &'static str,
}

impl Report {
    /// Adds the medians of the rounds: `measured` against `reference`, and their ratios.
    pub(crate) fn add(
        &mut self,
        what: impl Into<String>,
        rounds: &[(f64, f64)],
        unit: &'static str,
        target: &'static str,
    ) {
        let line = Line {
            what: what.into(),
            measured: median(rounds.iter().map(|round| round.0).collect()),
            reference: median(rounds.iter().map(|round| round.1).collect()),
            ratio: median(rounds.iter().map(|round| round.0 / round.1).collect()),
            unit,
            target,
        };
        println!("{}: {:.1} against {:.1} {}", line.what, line.measured, line.reference, line.unit);
        self.0.push(line);
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        println!("\n| what | measured | reference | unit | ratio | target |\n|---|---|---|---|---|---|");
        for line in &self.0 {
            println!(
                "| {} | {:.1} | {:.1} | {} | {:.2} | {} |",
                line.what, line.measured, line.reference, line.unit, line.ratio, line.target
            );
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
