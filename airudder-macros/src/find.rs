//! From the path in a macro call to the files on disk, read once for all calls of a crate.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use airudder_codegen::load::{Loaded, Vendor};
use airudder_codegen::syntax::span::FileId;
use proc_macro2::{Span, TokenStream};
use syn::LitStr;

thread_local! {
    /// The last spec that was read. A crate calls the macros some twenty times; an editor's macro server
    /// lives on, so what was read is used again only while no file has changed.
    static LAST: RefCell<Option<(Fingerprint, Rc<Loaded>)>> = const { RefCell::new(None) };
}

#[derive(Clone, PartialEq, Eq)]
struct Fingerprint {
    path: PathBuf,
    shown: String,
    files: Vec<(PathBuf, u64, Option<SystemTime>)>,
}

/// Reads the directory at `shown` and makes something of it.
pub(crate) fn with_directory(shown: &str, make: impl FnOnce(&Loaded) -> TokenStream) -> TokenStream {
    let path = resolve(shown, Span::call_site());
    let loaded = load(&[&path], shown, || Loaded::directory(&path, shown));
    make(&loaded)
}

/// Reads the spec directory around the section's file at `shown`.
pub(crate) fn with_section(
    shown: &str,
    make: impl FnOnce(&Loaded, Option<FileId>, &str) -> TokenStream,
) -> TokenStream {
    let path = resolve(shown, Span::call_site());
    let directory = path.parent().map(Path::to_owned).unwrap_or_default();
    let shown_directory = shown.rsplit_once('/').map_or(".", |(directory, _)| directory);
    let loaded = load(&[&directory], shown_directory, || Loaded::directory(&directory, shown_directory));
    make(&loaded, loaded.file(&name_of(&path)), &stem_of(&path))
}

/// Reads a consumer's section: with the spec directory around it, or on top of the vendor's files where there
/// is none.
pub(crate) fn with_private(
    vendor: &str,
    path: &LitStr,
    make: impl FnOnce(&Loaded, &str) -> TokenStream,
) -> TokenStream {
    let (vendor, shown) = (Path::new(vendor), path.value());
    let path = resolve(&shown, path.span());
    let directory = path.parent().map(Path::to_owned).unwrap_or_default();
    let in_directory = path.is_file()
        && ["api.yaml", "errors.yaml", "types.yaml"].iter().all(|name| directory.join(name).is_file());
    let loaded = if in_directory {
        let shown = shown.rsplit_once('/').map_or(".", |(directory, _)| directory);
        load(&[&directory], shown, || Loaded::directory(&directory, shown))
    } else {
        load(&[&path, vendor], &shown, || Loaded::single(&path, &shown, Vendor::Directory(vendor)))
    };
    make(&loaded, &stem_of(&path))
}

fn stem_of(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn load(paths: &[&Path], shown: &str, read: impl FnOnce() -> Loaded) -> Rc<Loaded> {
    let files = paths.iter().flat_map(|path| state_of(path)).collect();
    let path = paths.first().map(|path| path.to_path_buf()).unwrap_or_default();
    let fingerprint = Fingerprint { path, shown: shown.to_owned(), files };
    LAST.with_borrow_mut(|last| match last {
        Some((known, loaded)) if *known == fingerprint => Rc::clone(loaded),
        _ => {
            let loaded = Rc::new(read());
            *last = Some((fingerprint, Rc::clone(&loaded)));
            loaded
        }
    })
}

fn state_of(path: &Path) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let inside = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    let mut paths = if path.is_dir() { inside(path) } else { vec![path.to_owned()] };
    paths.extend(inside(&folder.join("guides")));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let meta = std::fs::metadata(&path).ok();
            (path, meta.as_ref().map_or(0, std::fs::Metadata::len), meta.and_then(|m| m.modified().ok()))
        })
        .collect()
}

/// Beside the source file that a path is written in (where trybuild puts its cases, whose manifest lies
/// elsewhere), else in the crate.
pub(crate) fn resolve(shown: &str, written: Span) -> PathBuf {
    let beside = written.unwrap().local_file().and_then(|file| file.parent().map(|dir| dir.join(shown)));
    if let Some(path) = beside.filter(|path| path.exists()) {
        return path.canonicalize().unwrap_or(path);
    }
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    manifest.join(shown)
}
