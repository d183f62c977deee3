//! The maintainer's tool: `cargo spec` in the workspace. Owners of private specs install it as
//! `airudder-spec`.
//!
//! Exit codes: 0 where all is well, 1 where something is wrong with the spec, 2 where the call was wrong.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use airudder_codegen::diagnostic::{Report, nearest};
use airudder_codegen::emit::{self, Options};
use airudder_spec::export::{self, Version};
use airudder_spec::location::{Located, section_files};
use airudder_spec::{evidence, format, import, schema};
use clap::{Parser, Subcommand};

/// Works on specs of the AI Rudder API: YAML files of which a typed client is generated.
#[derive(Parser)]
#[command(version, name = "airudder-spec", arg_required_else_help = true)]
struct Arguments {
    /// A directory, a folder of private sections or one file [default: spec, here or in a folder above].
    #[arg(long, global = true, value_name = "PATH")]
    spec: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Report everything that is wrong, with its place, and what should be looked at.
    Check {
        /// In place of `--spec`.
        #[arg(conflicts_with = "spec")]
        path: Option<PathBuf>,
    },
    /// Print the code that an endpoint, webhook or type becomes.
    Expand {
        /// `collection.create_task`, `collection.CollectionContact`, `TaskId`.
        key: String,
    },
    /// Print how well the paths are known, per section, as a markdown table.
    Evidence,
    /// Print the JSON Schema of the spec language (`spec/schema.json`).
    Schema,
    /// Format the YAML files.
    Fmt {
        /// In place of `--spec`.
        #[arg(conflicts_with = "spec")]
        path: Option<PathBuf>,
        /// Write nothing; end with 1 where a file is not formatted.
        #[arg(long)]
        check: bool,
    },
    /// Print an OpenAPI document of the spec, for generators of other languages.
    ///
    /// Endpoints without a path stand under `x-unconfirmed`; what OpenAPI cannot say is told on stderr.
    Export {
        /// The version of OpenAPI.
        #[arg(long, value_enum)]
        openapi: Version,
        /// Export one section; default: all, of a private spec its own.
        #[arg(long)]
        section: Option<String>,
        /// Write to this file; it is JSON where its name ends in `.json`, else YAML.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Write JSON.
        #[arg(long)]
        json: bool,
        /// In place of `--spec`.
        #[arg(conflicts_with = "spec")]
        path: Option<PathBuf>,
    },
    /// Print the entry for one page's OpenAPI fragment, or a section for a whole document.
    ///
    /// What the page says and the entry does not is told on stderr, and is a comment beside the entry.
    Import {
        /// OpenAPI 3.0 or 3.1 in YAML or JSON, alone or as a block of a Markdown page.
        file: PathBuf,
        /// Import all calls of the document, as a new section.
        #[arg(long, conflicts_with_all = ["key", "again"])]
        all: bool,
        /// The section that the entry is for.
        #[arg(long)]
        section: String,
        /// The entry's key.
        #[arg(long, required_unless_present = "all")]
        key: Option<String>,
        /// The vendor's page, such as doc-1678229: with it, what the fragment says is documented.
        #[arg(long)]
        page: Option<String>,
        /// Also print an entry that the section has already.
        #[arg(long)]
        again: bool,
        /// The family of the new section's endpoints; default: that of the document's host, else `cloud`.
        #[arg(long, requires = "all")]
        family: Option<String>,
        /// Write the new section to this file, which must not be there yet.
        #[arg(long, requires = "all")]
        out: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let Arguments { spec, command } = Arguments::parse();
    match run(spec.as_deref(), command) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run(spec: Option<&Path>, command: Command) -> Result<ExitCode, String> {
    match command {
        Command::Check { path } => check(&Located::find(path.as_deref().or(spec))?),
        Command::Expand { key } => expand(&Located::find(spec)?, &key),
        Command::Evidence => Ok(print(&evidence::table(&Located::find(spec)?.loaded.spec))),
        Command::Schema => Ok(print(&schema::text())),
        Command::Fmt { path, check } => fmt(path.as_deref().or(spec), check),
        Command::Export { openapi, section, out, json, path } => {
            let located = Located::find(path.as_deref().or(spec))?;
            export(
                &located,
                &export::Request { version: openapi, section: section.as_deref() },
                json,
                out.as_deref(),
            )
        }
        Command::Import { file, section, key: Some(key), page, again, .. } => {
            import_fragment(spec, &file, import::Request { section, key, page, again })
        }
        Command::Import { file, section, key: None, page, family, out, .. } => {
            let document = read_page(&file)?;
            let family =
                family.or_else(|| import::family_of(&document)).unwrap_or_else(|| "cloud".to_owned());
            let request = import::AllRequest { section, family, page };
            import_document(spec, &file, &document, &request, out.as_deref())
        }
    }
}

fn print(text: &str) -> ExitCode {
    // A reader that closes early (`| head`) is not a failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn check(located: &Located) -> Result<ExitCode, String> {
    let (errors, warnings) = (located.diagnostics(), located.warnings());
    let mut text = String::new();
    let mut add = |start: &str, reports: &[Report]| {
        reports.iter().for_each(|report| text.push_str(&format!("{start}{}\n\n", report.text)));
    };
    add("", &errors);
    add("warning: ", &warnings);
    let spec = &located.loaded.spec;
    let sum = |count: fn(&airudder_codegen::ir::Section) -> usize| spec.sections.iter().map(count).sum();
    let shared: usize = spec.errors.iter().map(|table| table.rows.len()).sum();
    let own: usize = sum(|section| section.errors.len());
    let counts = [
        counted(spec.sections.len(), "section"),
        counted(sum(|section| section.endpoints.len()), "endpoint"),
        counted(sum(|section| section.webhooks.len()), "webhook"),
        counted(own + if located.is_private { 0 } else { shared }, "error code"),
    ];
    text.push_str(&format!(
        "{}: {}, {}\n",
        counts.join(", "),
        counted(errors.len(), "error"),
        counted(warnings.len(), "warning")
    ));
    print(&text);
    Ok(if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn expand(located: &Located, key: &str) -> Result<ExitCode, String> {
    let options = Options { in_client: !located.is_private, unverified: true };
    let Some(tokens) = emit::entry(&located.loaded, key, options) else {
        let keys = emit::keys(&located.loaded);
        let hint = nearest(key, keys.iter().map(String::as_str))
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        return Err(format!("the spec has no `{key}`{hint}"));
    };
    let file = syn::parse2::<syn::File>(tokens)
        .map_err(|error| format!("what `{key}` becomes is not Rust (a bug of the generator): {error}"))?;
    Ok(print(&prettyplease::unparse(&file)))
}

fn fmt(path: Option<&Path>, check: bool) -> Result<ExitCode, String> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => Located::find(None)?.folder,
    };
    let mut code = ExitCode::SUCCESS;
    for file in section_files(&path)? {
        let text = read(&file)?;
        let formatted = match format::format(&text) {
            Ok(formatted) if formatted == text => continue,
            Ok(formatted) => formatted,
            Err(problem) => {
                println!("{}: this is not valid YAML: {problem}", file.display());
                code = ExitCode::FAILURE;
                continue;
            }
        };
        if check {
            println!("{} is not formatted", file.display());
            code = ExitCode::FAILURE;
        } else {
            std::fs::write(&file, formatted).map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(code)
}

fn export(
    located: &Located,
    request: &export::Request<'_>,
    json: bool,
    out: Option<&Path>,
) -> Result<ExitCode, String> {
    // Of a spec that is wrong a part is understood, and nobody would see what is missing.
    if !located.loaded.is_valid() {
        located.loaded.reports().iter().for_each(|report| eprintln!("{}\n", report.text));
        return Ok(ExitCode::FAILURE);
    }
    let exported = export::export(&located.loaded.spec, request)?;
    exported.notes.iter().for_each(|note| eprintln!("note: {note}"));
    let ending = out.and_then(Path::extension).map(|ending| ending.to_ascii_lowercase());
    let text = match json || ending.is_some_and(|ending| ending == "json") {
        true => exported.json(),
        false => exported.yaml(),
    };
    let Some(out) = out else { return Ok(print(&text)) };
    std::fs::write(out, text).map_err(|error| format!("{}: {error}", out.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn import_fragment(spec: Option<&Path>, file: &Path, request: import::Request) -> Result<ExitCode, String> {
    let fragment = read_page(file)?;
    let section_text = match section_file(spec, &request.section)? {
        Some(path) => Some(read(&path)?),
        None => None,
    };
    let imported = import::import(&fragment, &request, section_text.as_deref())
        .map_err(|error| format!("{}: {error}", file.display()))?;
    tell(&imported.notes);
    Ok(print(&imported.text))
}

fn import_document(
    spec: Option<&Path>,
    file: &Path,
    document: &str,
    request: &import::AllRequest,
    out: Option<&Path>,
) -> Result<ExitCode, String> {
    let there = section_file(spec, &request.section)?;
    let imported =
        import::import_all(document, request).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut text = imported.text;
    if let Some(there) = there {
        let note = format!("{} is there already: this is a draft to compare it with", there.display());
        eprintln!("note: {note}");
        text.insert_str(0, &format!("# {note}\n"));
    }
    tell(&imported.notes);
    let text = format::format(&text).unwrap_or(text);
    let Some(out) = out else { return Ok(print(&text)) };
    let written = std::fs::File::create_new(out).and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(format!("{} is there already: nothing is overwritten", out.display()))
        }
        Err(error) => Err(format!("{}: {error}", out.display())),
    }
}

/// The file of a section, where the spec has it. Without a spec around, nothing is there yet.
fn section_file(spec: Option<&Path>, section: &str) -> Result<Option<PathBuf>, String> {
    let folder = match Located::find(spec) {
        Ok(located) => located.folder,
        Err(_) if spec.is_none() => return Ok(None),
        Err(problem) => return Err(problem),
    };
    let path = folder.join(format!("{section}.yaml"));
    Ok(path.is_file().then_some(path))
}

/// Notes go to stderr: the text goes on to a file or a pipe.
fn tell(notes: &[import::Note]) {
    notes.iter().for_each(|note| eprintln!("note: {note}"));
}

fn read_page(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    import::decode(bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
