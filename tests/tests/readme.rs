//! The README says what is true: its coverage table is that of the spec.

use std::path::Path;

use airudder_codegen::{coverage, spec::Loaded};

const BEGIN: &str = "<!-- coverage: made by `cargo spec coverage`, checked by a test -->\n";
const END: &str = "<!-- /coverage -->";

#[test]
fn coverage_table_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = root.join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the mark where the table begins");
    let (held, after) = rest.split_once(END).expect("the README has the mark where the table ends");
    let table = coverage::table(&Loaded::directory(&root.join("spec"), "spec").spec);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}\n{table}\n{END}{after}")).unwrap();
        return;
    }
    assert_eq!(held.trim(), table.trim(), "run `UPDATE=1 cargo test -p airudder-tests --test readme`");
}
