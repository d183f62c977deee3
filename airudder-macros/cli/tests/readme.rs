//! The README says what is true: its evidence table is that of the spec.

use std::path::Path;

use airudder_codegen::load::Loaded;
use airudder_spec::evidence;

const BEGIN: &str = "<!-- evidence: made by `cargo spec evidence`, checked by a test -->\n";
const END: &str = "<!-- /evidence -->";

#[test]
fn evidence_table_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the mark where the table begins");
    let (held, after) = rest.split_once(END).expect("the README has the mark where the table ends");
    let table = evidence::table(&Loaded::directory(&root.join("spec"), "spec").spec);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}\n{table}\n{END}{after}")).unwrap();
        return;
    }
    assert_eq!(held.trim(), table.trim(), "run `UPDATE=1 cargo test -p airudder-spec --test readme`");
}
