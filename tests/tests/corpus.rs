//! The corpus of the fuzz targets, without libFuzzer: what was found once is not found again.

use std::path::Path;

#[allow(unreachable_pub, reason = "it is a crate of its own too")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

/// Runs every file of a target's corpus.
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files = 0;
    for entry in entries {
        let path = entry.expect("a folder can be listed").path();
        let data = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let outcome = std::panic::catch_unwind(|| run(&data));
        assert!(outcome.is_ok(), "{} fails: the reason stands above", path.display());
        files += 1;
    }
    assert!(files > 0, "{} is empty", folder.display());
}

macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name), targets::$name::run);
            }
        )+

        /// A target that is built and not replayed here, or the other way round.
        #[test]
        fn every_target_is_replayed() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
            let entries = std::fs::read_dir(folder).expect("the targets are there");
            let files = entries.map(|entry| entry.expect("a folder can be listed").file_name());
            let mut found: Vec<String> = files.map(|file| file.to_string_lossy().into_owned()).collect();
            found.sort();
            let mut here = vec![$(concat!(stringify!($name), ".rs")),+];
            here.sort_unstable();
            assert_eq!(found, here);
        }
    };
}

targets!(encryption, envelope, format, import, redaction, spec, webhook, wire);
