//! Cargo features: each section of the client's own spec is behind one of its name.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::lower::Trees;
use crate::syntax::span::Span;

/// Reports sections that have no feature in the client's manifest. A spec of anybody else has no such
/// manifest.
pub(super) fn check(spec: &Path, trees: &Trees, diagnostics: &mut Vec<Diagnostic>) {
    let Some(above) = spec.parent() else { return };
    let manifests = ["Cargo.toml", "airudder-client/Cargo.toml"].map(|name| above.join(name));
    let text = manifests.iter().filter_map(|path| std::fs::read_to_string(path).ok()).find(|t| is_clients(t));
    let Some(features) = text.as_deref().map(features) else { return };
    for (name, tree) in trees.sections.iter().filter(|(name, _)| !features.contains(&name.as_str())) {
        let place = tree.get("section").map_or(Span::start_of(tree.span.file), |written| written.span);
        let text = format!("the client has no cargo feature `{name}` for this section");
        diagnostics.push(Diagnostic::new(place, text).help(format!(
            "add `{name} = []` to `[features]` in airudder-client/Cargo.toml, and `\"{name}\"` to `default`"
        )));
    }
}

fn is_clients(manifest: &str) -> bool {
    manifest.lines().any(|line| line.replace(' ', "") == "name=\"airudder-client\"")
}

/// The keys of the table `[features]`.
fn features(manifest: &str) -> Vec<&str> {
    let lines = manifest.lines().skip_while(|line| line.trim() != "[features]").skip(1);
    let table = lines.take_while(|line| !line.trim_start().starts_with('['));
    table.filter_map(|line| Some(line.split_once('=')?.0.trim().trim_matches('"'))).collect()
}

#[cfg(test)]
mod tests {
    use super::{features, is_clients};

    #[test]
    fn the_table_of_features() {
        let manifest = "[package]\nname = \"airudder-client\"\n[features]\ndefault = [\n  \"a\",\n]\n\
            a = []\n\"b\" = [\"a\"]\n\n[dependencies]\nc = \"1\"\n";
        assert!(is_clients(manifest) && !is_clients("[package]\nname = \"other\""));
        assert_eq!(features(manifest), ["default", "a", "b"]);
        assert!(features("[package]").is_empty());
    }
}
