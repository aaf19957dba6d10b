//! A directory as a file, out of one instance and into another (`docs/decisions/0017`).

mod export;
mod import;
mod line;
mod setup;

pub use import::{ImportOptions, ImportOutcome, ImportedLine};
pub use line::{
    Counts, EndLine, EnrollmentLine, FORMAT_VERSION, GrantLine, HEADER, HeaderLine, Line, MappingLine,
    MembersLine, OrganizationLine, ResourceLine, ScimLine,
};
