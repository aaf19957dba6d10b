//! A directory as a file, out of one instance and into another (`docs/decisions/0017`).

mod export;
mod import;
mod line;
mod manager;
mod setup;

pub use import::{ImportOptions, ImportOutcome, ImportedLine};
pub use line::{
    Counts, EndLine, EnrollmentLine, FORMAT_VERSION, GrantLine, GroupLine, HEADER, HeaderLine, Line,
    ManagerLine, MappingLine, MembersLine, OrganizationLine, ResourceLine, UserLine,
};
