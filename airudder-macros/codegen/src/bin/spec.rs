//! The maintainer's tool: `cargo spec check | expand KEY | coverage | schema | import FILE`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use airudder_codegen::diagnostic::nearest;
use airudder_codegen::generate::{self, Options};
use airudder_codegen::spec::Loaded;
use airudder_codegen::{coverage, import, schema};

const HELP: &str = "\
cargo spec check                 all mistakes of the spec with their places, and what nothing uses
cargo spec expand KEY            the code that an endpoint, webhook or type becomes: collection.create_task, TaskId
cargo spec coverage              how well the paths are known, per section, as a markdown table
cargo spec schema                the JSON Schema of the spec language (spec/schema.json)
cargo spec import FILE --section SECTION --key KEY [--page PAGE] [--again]
                                 the entry for one page's OpenAPI fragment, printed; no file is written
cargo spec help                  this text

--spec DIR                       the spec directory; default: spec, here or in a folder above";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run(mut arguments: Vec<String>) -> Result<ExitCode, String> {
    let directory = option(&mut arguments, "--spec")?;
    let command = if arguments.is_empty() { "help".to_owned() } else { arguments.remove(0) };
    match command.as_str() {
        "check" => no_more(&arguments).and_then(|()| check(directory)),
        "expand" => expand(directory, arguments),
        "coverage" => no_more(&arguments)
            .and_then(|()| load(directory))
            .map(|loaded| print(&coverage::table(&loaded.spec))),
        "schema" => no_more(&arguments).map(|()| print(&schema::text())),
        "import" => import_fragment(directory, arguments),
        "help" | "--help" | "-h" => Ok(print(&format!("{HELP}\n"))),
        other => {
            let known = ["check", "expand", "coverage", "schema", "import", "help"];
            let hint =
                nearest(other, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Err(format!("there is no command `{other}`{hint}\n\n{HELP}"))
        }
    }
}

fn print(text: &str) -> ExitCode {
    use std::io::Write as _;
    // A reader that closes early (`| head`) is no failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// Takes `--name VALUE` out of the arguments.
fn option(arguments: &mut Vec<String>, name: &str) -> Result<Option<String>, String> {
    let Some(at) = arguments.iter().position(|argument| argument == name) else { return Ok(None) };
    if at + 1 >= arguments.len() {
        return Err(format!("{name} needs a value"));
    }
    arguments.remove(at);
    Ok(Some(arguments.remove(at)))
}

/// Takes `--name` out of the arguments.
fn flag(arguments: &mut Vec<String>, name: &str) -> bool {
    let before = arguments.len();
    arguments.retain(|argument| argument != name);
    arguments.len() != before
}

fn no_more(arguments: &[String]) -> Result<(), String> {
    match arguments.first() {
        Some(stray) => Err(format!("`{stray}` is one argument too many\n\n{HELP}")),
        None => Ok(()),
    }
}

fn directory(given: Option<String>) -> Result<PathBuf, String> {
    if let Some(given) = given {
        return Ok(given.into());
    }
    let here = std::env::current_dir().map_err(|error| error.to_string())?;
    let found =
        here.ancestors().map(|folder| folder.join("spec")).find(|spec| spec.join("api.yaml").is_file());
    found.ok_or_else(|| {
        "there is no spec/api.yaml here or in a folder above: name the folder with --spec DIR".to_owned()
    })
}

fn load(given: Option<String>) -> Result<Loaded, String> {
    let path = directory(given)?;
    Ok(Loaded::directory(&path, &shown(&path)))
}

/// The directory as messages name it: relative, as in compile errors.
fn shown(path: &Path) -> String {
    path.file_name().map_or_else(|| "spec".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn check(given: Option<String>) -> Result<ExitCode, String> {
    let loaded = load(given)?;
    let (mistakes, warnings) = (loaded.reports(), loaded.warnings());
    let mut text = String::new();
    for report in &mistakes {
        text.push_str(&format!("{}\n\n", report.text));
    }
    for report in &warnings {
        text.push_str(&format!("warning: {}\n\n", report.text));
    }
    let spec = &loaded.spec;
    let endpoints: usize = spec.sections.iter().map(|s| s.endpoints.len()).sum();
    let webhooks: usize = spec.sections.iter().map(|s| s.webhooks.len()).sum();
    let codes: usize = spec.errors.iter().map(|t| t.rows.len()).sum();
    text.push_str(&format!(
        "{} sections, {endpoints} endpoints, {webhooks} webhooks, {codes} error codes: {} mistakes, {} warnings\n",
        spec.sections.len(),
        mistakes.len(),
        warnings.len()
    ));
    print(&text);
    Ok(if mistakes.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn expand(given: Option<String>, mut arguments: Vec<String>) -> Result<ExitCode, String> {
    if arguments.is_empty() {
        return Err(format!("expand what?\n\n{HELP}"));
    }
    let key = arguments.remove(0);
    no_more(&arguments)?;
    let loaded = load(given)?;
    let options = Options { in_client: true, unverified: true };
    let Some(tokens) = generate::entry(&loaded, &key, options) else {
        let keys = generate::keys(&loaded);
        let hint = nearest(&key, keys.iter().map(String::as_str))
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        return Err(format!("the spec has no `{key}`{hint}"));
    };
    let file = syn::parse2::<syn::File>(tokens)
        .map_err(|error| format!("what `{key}` becomes is not Rust (a bug of the generator): {error}"))?;
    Ok(print(&prettyplease::unparse(&file)))
}

fn import_fragment(given: Option<String>, mut arguments: Vec<String>) -> Result<ExitCode, String> {
    let section = option(&mut arguments, "--section")?.ok_or("import needs --section SECTION")?;
    let key = option(&mut arguments, "--key")?.ok_or("import needs --key KEY")?;
    let page = option(&mut arguments, "--page")?;
    let again = flag(&mut arguments, "--again");
    if arguments.is_empty() {
        return Err("import needs the file of the fragment".to_owned());
    }
    let file = arguments.remove(0);
    no_more(&arguments)?;
    let read =
        |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let fragment = read(Path::new(&file))?;
    let section_file = directory(given)?.join(format!("{section}.yaml"));
    let section_text = section_file.is_file().then(|| read(&section_file)).transpose()?;
    let request = import::Request { section, key, page, again };
    import::import(&fragment, &request, section_text.as_deref())
        .map(|entry| print(&entry))
        .map_err(|error| format!("{file}: {error}"))
}
