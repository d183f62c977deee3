//! The maintainer's tool: `cargo spec` in the workspace. Owners of private specs install it as `airudder-spec`.
//!
//! Exit codes: 0 where all is well, 1 where something is wrong with the spec, 2 where the call was wrong.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use airudder_codegen::diagnostic::{Report, nearest};
use airudder_codegen::emit::{self, Options};
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
    /// Print the entry for one page's OpenAPI fragment; write no file.
    Import {
        /// The fragment, in YAML or JSON.
        file: PathBuf,
        /// The section that the entry is for.
        #[arg(long)]
        section: String,
        /// The entry's key.
        #[arg(long)]
        key: String,
        /// The vendor's page, such as doc-1678229: with it, what the fragment says is documented.
        #[arg(long)]
        page: Option<String>,
        /// Also print an entry that the section has already.
        #[arg(long)]
        again: bool,
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
        Command::Import { file, section, key, page, again } => {
            import_fragment(spec, &file, import::Request { section, key, page, again })
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

fn import_fragment(spec: Option<&Path>, file: &Path, request: import::Request) -> Result<ExitCode, String> {
    let fragment = read(file)?;
    let section_file = Located::find(spec)?.folder.join(format!("{}.yaml", request.section));
    let section_text = section_file.is_file().then(|| read(&section_file)).transpose()?;
    import::import(&fragment, &request, section_text.as_deref())
        .map(|entry| print(&entry))
        .map_err(|error| format!("{}: {error}", file.display()))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
