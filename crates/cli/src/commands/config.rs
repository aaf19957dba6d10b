//! `enroll config`: which settings are in force, and where each came from.

use crate::output::{Output, table};
use crate::settings::{Origin, Settings};

pub(crate) fn run(settings: &Settings, output: Output) -> anyhow::Result<()> {
    output.result(&settings.in_force, |lines| {
        let rows = lines
            .iter()
            .map(|line| {
                let origin = match line.origin {
                    Origin::Default => "default",
                    Origin::File => "file",
                    Origin::Environment => "environment",
                    Origin::Flag => "flag",
                };
                [line.key.to_owned(), line.value.clone(), origin.to_owned()]
            })
            .collect();
        table(["KEY", "VALUE", "FROM"], rows, "No settings.")
    })
}
