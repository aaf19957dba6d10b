//! `enroll schema`: schemas and resource types that a directory has beside those of the RFCs.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use enroll_service::{CustomSchemas, Service};

use crate::output::{Output, table};

/// What to do with schemas.
#[derive(Debug, Subcommand)]
pub(crate) enum SchemaCommand {
    /// Register the schemas and resource types of a JSON file, in the form of RFC 7643 sections 6 and 7
    ///
    /// The file holds a schema, a resource type, a list of them, {"schemas": [...], "resourceTypes": [...]}, or what /Schemas and
    /// /ResourceTypes of another server answer. A resource type named User or Group adds its schemaExtensions to those. What is
    /// registered already may get further attributes and extensions. In force with the next request.
    Register {
        /// The file; - for standard input
        file: PathBuf,
        #[command(flatten)]
        directory: DirectoryArgument,
    },
    /// List what a directory has beside the schemas and resource types of the RFCs; with --json the definitions themselves
    List {
        #[command(flatten)]
        directory: DirectoryArgument,
    },
    /// Remove a schema by its URN, or a resource type by its name, when nothing is stored by it
    Remove {
        /// The schema's URN or the resource type's name
        name: String,
        #[command(flatten)]
        directory: DirectoryArgument,
    },
}

/// Whose schemas.
#[derive(Debug, Args)]
pub(crate) struct DirectoryArgument {
    /// The directory's name
    #[arg(long, default_value = "default")]
    directory: String,
}

pub(crate) async fn run(command: &SchemaCommand, service: &Service, output: Output) -> anyhow::Result<()> {
    match command {
        SchemaCommand::Register { file, directory } => {
            let registered = service.register_schemas(&directory.directory, &read(file)?).await?;
            print(&registered, output)
        }
        SchemaCommand::List { directory } => {
            print(&service.custom_schemas(&directory.directory).await?, output)
        }
        SchemaCommand::Remove { name, directory } => {
            service.remove_schema(&directory.directory, name).await?;
            output.done("Removed.")
        }
    }
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn print(schemas: &CustomSchemas, output: Output) -> anyhow::Result<()> {
    output.result(schemas, |schemas| {
        let mut rows: Vec<[String; 3]> = Vec::new();
        for schema in &schemas.schemas {
            let names: Vec<&str> =
                schema.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
            rows.push(["schema".to_owned(), schema.id.to_string(), names.join(", ")]);
        }
        for of in &schemas.resource_types {
            let mut parts: Vec<String> = Vec::new();
            let endpoint =
                of.endpoint.clone().or_else(|| of.schema.as_ref().map(|_| format!("/{}s", of.name)));
            parts.extend(endpoint);
            parts.extend(of.schema.as_ref().map(ToString::to_string));
            parts.extend(of.schema_extensions.iter().map(|extension| {
                let required = if extension.required { " (required)" } else { "" };
                format!("+ {}{required}", extension.schema)
            }));
            rows.push(["resource type".to_owned(), of.name.clone(), parts.join("\n")]);
        }
        let empty = "Nothing but the schemas of the RFCs. Register more: enroll schema register FILE";
        table(["KIND", "NAME", "DEFINES"], rows, empty)
    })
}
