//! The tiny spec that the tests read and spoil.
#![allow(dead_code, reason = "every test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use airudder_codegen::load::{Loaded, Vendor};

/// The files of the tiny spec. It uses every feature of the language, and nothing of it is real.
pub(crate) const TINY: [(&str, &str); 7] = [
    ("api.yaml", include_str!("../tiny/api.yaml")),
    ("errors.yaml", include_str!("../tiny/errors.yaml")),
    ("types.yaml", include_str!("../tiny/types.yaml")),
    ("dialer.yaml", include_str!("../tiny/dialer.yaml")),
    ("tasks.yaml", include_str!("../tiny/tasks.yaml")),
    ("twin.yaml", include_str!("../tiny/twin.yaml")),
    ("guides/tasks.md", include_str!("../tiny/guides/tasks.md")),
];

/// The tiny spec with some texts of a file replaced; each must be there exactly once.
pub(crate) fn tiny_with(edits: &[(&str, &str, &str)]) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> =
        TINY.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    for (file, from, to) in edits {
        let (_, text) =
            files.iter_mut().find(|(name, _)| name == file).unwrap_or_else(|| panic!("no file {file}"));
        assert_eq!(text.matches(from).count(), 1, "`{from}` must be in {file} once");
        *text = text.replacen(from, to, 1);
    }
    files
}

/// Loads files held in memory.
pub(crate) fn load(files: &[(String, String)]) -> Loaded {
    Loaded::texts(Vendor::None, files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// The directory of the real spec.
pub(crate) fn real_spec() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")
}

/// The files of the real spec.
pub(crate) fn real_files() -> Vec<(String, String)> {
    let files = |folder: &str, ending: &str| -> Vec<(String, String)> {
        std::fs::read_dir(real_spec().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().extension().is_some_and(|e| e == ending))
            .map(|entry| {
                let name = format!("{folder}{}", entry.file_name().to_string_lossy());
                (name, std::fs::read_to_string(entry.path()).unwrap())
            })
            .collect()
    };
    let mut files = [files("", "yaml"), files("guides/", "md")].concat();
    files.sort();
    files
}
