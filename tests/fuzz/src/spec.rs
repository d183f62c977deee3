//! The text of a spec file to tokens: nothing panics, what is wrong is told at a place in the file, and what
//! is left becomes Rust.
//!
//! The input is the section `tasks` of a small spec that uses every word of the language, or the file that
//! its first line names: `# types.yaml`.

use airudder_codegen::emit::{self, Options};
use airudder_codegen::load::{Loaded, Vendor};
use airudder_spec::lint;

const FILES: [(&str, &str); 7] = [
    ("api.yaml", include_str!("../../../airudder-macros/codegen/tests/tiny/api.yaml")),
    ("errors.yaml", include_str!("../../../airudder-macros/codegen/tests/tiny/errors.yaml")),
    ("types.yaml", include_str!("../../../airudder-macros/codegen/tests/tiny/types.yaml")),
    ("dialer.yaml", include_str!("../../../airudder-macros/codegen/tests/tiny/dialer.yaml")),
    ("tasks.yaml", include_str!("../../../airudder-macros/codegen/tests/tiny/tasks.yaml")),
    ("twin.yaml", include_str!("../../../airudder-macros/codegen/tests/tiny/twin.yaml")),
    ("guides/tasks.md", include_str!("../../../airudder-macros/codegen/tests/tiny/guides/tasks.md")),
];

/// Puts the input in the place of one file, and makes all the code.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (replaced, text) = FILES
        .iter()
        .find_map(|(name, _)| Some((*name, text.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix('\n')?)))
        .unwrap_or(("tasks.yaml", text));
    let files = FILES.map(|(name, own)| (name, if name == replaced { text } else { own }));
    let loaded = Loaded::texts(Vendor::None, files);
    for report in loaded.reports().into_iter().chain(loaded.warnings()).chain(lint::warnings(&loaded.files)) {
        let line = loaded.files.text(report.file).split('\n').nth(report.position.line.wrapping_sub(1));
        let width = line.map(|line| line.chars().count() + 1);
        assert!(
            width.is_some_and(|width| (1..=width).contains(&report.position.column)),
            "the place is not in the file:\n{}",
            report.text
        );
        let is_shown = |c: char| !c.is_control() || c == '\n';
        assert!(report.text.chars().all(is_shown), "{:?}", report.text);
    }
    generate(&loaded, text.len() % 2 == 0);
}

/// Makes everything that the macros make.
fn generate(loaded: &Loaded, in_client: bool) {
    let options = Options { in_client, unverified: true };
    let mut code = vec![
        emit::errors(loaded),
        emit::types(loaded, options),
        emit::required_fields(loaded),
        emit::catalogue(loaded),
        emit::webhooks(loaded),
    ];
    code.extend(loaded.spec.sections.iter().map(|section| emit::section(loaded, &section.name, options)));
    for tokens in code {
        if let Err(error) = syn::parse2::<syn::File>(tokens.clone()) {
            panic!("this is not Rust: {error}\n{tokens}");
        }
    }
}
