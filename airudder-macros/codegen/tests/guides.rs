//! Guides stand beside the sections' files.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/tiny.rs"]
mod common;

use std::path::Path;

use airudder_codegen::emit::files_of;
use airudder_codegen::load::{Loaded, Vendor};
use common::{load, tiny_with};

fn texts(loaded: &Loaded) -> Vec<String> {
    loaded.reports().into_iter().map(|report| report.text).collect()
}

fn tiny_beside(more: &[(&str, &str)]) -> Loaded {
    let mut files = tiny_with(&[]);
    files.extend(more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    load(&files)
}

#[test]
fn a_section_has_the_guide_of_its_name_or_an_empty_one() {
    let loaded = tiny_beside(&[]);
    assert!(loaded.is_valid(), "{:?}", texts(&loaded));
    assert_eq!(loaded.spec.section("tasks").unwrap().guide, include_str!("tiny/guides/tasks.md"));
    assert_eq!(loaded.spec.section("dialer").unwrap().guide, "");
}

#[test]
fn a_guide_of_no_section_is_reported() {
    let loaded = tiny_beside(&[("guides/task.md", "# Lost\n")]);
    let texts = texts(&loaded);
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].starts_with("spec/guides/task.md:1:1: there is no section `task` for this guide"));
    assert!(texts[0].contains("did you mean `tasks`?"), "{texts:?}");
}

#[test]
fn a_guide_of_a_section_that_cannot_be_read_is_not_to_blame() {
    let loaded = tiny_beside(&[("other.yaml", "section: [\n"), ("guides/other.md", "text\n")]);
    let texts = texts(&loaded);
    assert!(!texts.is_empty() && texts.iter().all(|text| text.starts_with("spec/other.yaml:")), "{texts:?}");
}

#[test]
fn guides_are_read_from_folders_and_tracked() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for name in ["mine", "yours"] {
        write(&format!("{name}.yaml"), format!("section: {name}\ntitle: t\nfamily: cloud\n").as_bytes());
        write(&format!("guides/{name}.md"), format!("How {name} works.\n").as_bytes());
    }
    let alone = Loaded::single(
        &folder.path().join("mine.yaml"),
        "my-spec/mine.yaml",
        Vendor::Directory(&common::real_spec()),
    );
    assert!(alone.is_valid(), "{:?}", texts(&alone));
    assert_eq!(alone.spec.section("mine").unwrap().guide, "How mine works.\n");
    let together = Loaded::private(folder.path(), "my-spec", Vendor::Directory(&common::real_spec()));
    assert!(together.is_valid(), "{:?}", texts(&together));
    assert_eq!(together.spec.section("yours").unwrap().guide, "How yours works.\n");
    for loaded in [&alone, &together] {
        let mut tracked = files_of(loaded, "mine");
        tracked.retain(|path| path.starts_with(folder.path()));
        assert_eq!(tracked, [folder.path().join("mine.yaml"), folder.path().join("guides/mine.md")]);
    }

    write("guides/mine.md", b"caf\xe9\n");
    write("guides/notes.txt", b"x\n");
    let wrong = texts(&Loaded::private(folder.path(), "my-spec", Vendor::Directory(&common::real_spec())));
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong[0].starts_with("my-spec/guides/mine.md:1:4: this file is not UTF-8"), "{wrong:?}");
    assert!(wrong[1].starts_with("my-spec/guides/notes.txt:1:1: this file is not read: guides end in `.md`"));
    let alone = texts(&Loaded::single(
        &folder.path().join("mine.yaml"),
        "mine.yaml",
        Vendor::Directory(&common::real_spec()),
    ));
    assert!(alone.len() == 1 && alone[0].starts_with("guides/mine.md:1:4: "), "{alone:?}");
}

#[test]
fn the_key_is_gone() {
    let loaded = Loaded::texts(
        Vendor::Directory(&common::real_spec()),
        [("s.yaml", "section: s\ntitle: t\nfamily: cloud\nguide: text\n")],
    );
    assert!(texts(&loaded)[0].contains("unknown key `guide` in a section"));
}

#[test]
fn every_section_of_the_real_spec_has_a_guide() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    let loaded = Loaded::directory(&folder, "spec");
    assert!(loaded.spec.sections.len() >= 14);
    for section in &loaded.spec.sections {
        assert!(section.guide.len() > 500, "{} has no guide", section.name);
    }
}
