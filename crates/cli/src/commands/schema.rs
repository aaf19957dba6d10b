//! `enroll schema`: schemas and resource types that a directory has beside those of the RFCs.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::Value;

use crate::api::{Api, segment, text};
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

pub(crate) async fn run(command: &SchemaCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let schemas =
        |directory: &DirectoryArgument| format!("/directories/{}/schemas", segment(&directory.directory));
    match command {
        SchemaCommand::Register { file, directory } => {
            print(&api.send_text(Method::POST, &schemas(directory), read(file)?).await?, output)
        }
        SchemaCommand::List { directory } => print(&api.get(&schemas(directory)).await?, output),
        SchemaCommand::Remove { name, directory } => {
            api.delete(&format!("{}/{}", schemas(directory), segment(name))).await?;
            output.done("Removed.")
        }
    }
}

/// The text of a file, or of standard input.
pub(crate) fn read(file: &Path) -> anyhow::Result<String> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn print(schemas: &Value, output: Output) -> anyhow::Result<()> {
    output.result(schemas, |schemas| {
        let list = |object: &Value, name: &str| object[name].as_array().cloned().unwrap_or_default();
        let mut rows: Vec<[String; 3]> = Vec::new();
        for schema in list(schemas, "schemas") {
            let names: Vec<String> =
                list(&schema, "attributes").iter().map(|attribute| text(attribute, "name")).collect();
            rows.push(["schema".to_owned(), text(&schema, "id"), names.join(", ")]);
        }
        for of in list(schemas, "resourceTypes") {
            let schema = text(&of, "schema");
            let endpoint = match text(&of, "endpoint") {
                none if none.is_empty() && !schema.is_empty() => format!("/{}s", text(&of, "name")),
                endpoint => endpoint,
            };
            let mut parts = vec![endpoint, schema];
            parts.extend(list(&of, "schemaExtensions").iter().map(|extension| {
                let required = if extension["required"] == true { " (required)" } else { "" };
                format!("+ {}{required}", text(extension, "schema"))
            }));
            parts.retain(|part| !part.is_empty());
            rows.push(["resource type".to_owned(), text(&of, "name"), parts.join("\n")]);
        }
        let empty = "Nothing but the schemas of the RFCs. Register more: enroll schema register FILE";
        table(["KIND", "NAME", "DEFINES"], rows, empty)
    })
}
