//! Where a spec lies: a whole directory, a folder of private sections, or one section's file.

use std::path::{Path, PathBuf};

use airudder_codegen::diagnostic::Report;
use airudder_codegen::load::{Loaded, SHARED};
use airudder_codegen::syntax::span::FileId;

use crate::lint;
use crate::vendor::VENDOR;

/// A spec that was read.
#[derive(Debug)]
pub struct Located {
    /// What was read.
    pub loaded: Loaded,
    /// Whether it stands on the built-in shared files.
    pub is_private: bool,
    /// The folder of its files.
    pub folder: PathBuf,
    /// The file that is asked about, where it is one of several.
    only: Option<FileId>,
}

impl Located {
    /// Reads the spec at a path, or the directory `spec` here or in a folder above.
    ///
    /// # Errors
    ///
    /// Where there is none.
    pub fn find(path: Option<&Path>) -> Result<Self, String> {
        match path {
            Some(path) => Self::read(path),
            None => {
                let here = std::env::current_dir().map_err(|error| error.to_string())?;
                let found = here
                    .ancestors()
                    .map(|folder| folder.join("spec"))
                    .find(|spec| spec.join("api.yaml").is_file());
                let path = found
                    .ok_or("there is no spec/api.yaml here or in a folder above: name a folder or a file")?;
                Self::read(&path)
            }
        }
    }

    fn read(path: &Path) -> Result<Self, String> {
        if path.is_dir() {
            let is_private = !SHARED.iter().any(|name| path.join(name).exists());
            if is_private && section_files(path)?.is_empty() {
                return Err(format!("{} holds no spec files (`<section>.yaml`)", path.display()));
            }
            let loaded = match is_private {
                true => Loaded::private(path, &shown(path), VENDOR),
                false => Loaded::directory(path, &shown(path)),
            };
            return Ok(Self { loaded, is_private, folder: path.to_owned(), only: None });
        }
        if !path.is_file() {
            return Err(format!("{}: there is no such file or folder", path.display()));
        }
        let folder = match path.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        if SHARED.iter().all(|name| folder.join(name).is_file()) {
            let loaded = Loaded::directory(&folder, &shown(&folder));
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let only = loaded.file(&name);
            return Ok(Self { loaded, is_private: false, folder, only });
        }
        let loaded = Loaded::single(path, &shown(path), VENDOR);
        Ok(Self { loaded, is_private: true, folder, only: None })
    }

    /// What is wrong with the files that are asked about.
    pub fn diagnostics(&self) -> Vec<Report> {
        self.asked_about(self.loaded.reports())
    }

    /// What is not wrong, and should be looked at nevertheless.
    pub fn warnings(&self) -> Vec<Report> {
        // What is wrong comes first: much of what could be said besides has the same cause.
        if !self.loaded.is_valid() {
            return Vec::new();
        }
        let mut warnings = self.loaded.warnings();
        warnings.extend(lint::warnings(&self.loaded.files));
        warnings.sort_by(|a, b| (&a.path, a.position).cmp(&(&b.path, b.position)));
        let mut warnings = self.asked_about(warnings);
        // Nobody can change the built-in files, of which a private spec uses a part.
        warnings.retain(|warning| !warning.path.starts_with("built-in/"));
        warnings
    }

    fn asked_about(&self, mut reports: Vec<Report>) -> Vec<Report> {
        reports.retain(|report| self.only.is_none_or(|only| report.file == only));
        reports
    }
}

/// The YAML files of a folder, or the one file that a path names, sorted.
///
/// # Errors
///
/// Where the folder cannot be read.
pub fn section_files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml") && path.is_file())
        .collect();
    files.sort();
    Ok(files)
}

/// A path as messages name it: as it was given, unless it is absolute.
fn shown(path: &Path) -> String {
    let given = path.components().as_path();
    if given.is_relative() && given != Path::new(".") {
        return given.display().to_string();
    }
    let absolute = std::path::absolute(given).unwrap_or_else(|_| given.to_owned());
    let tail = if absolute.is_file() { 2 } else { 1 };
    let parts: Vec<_> = absolute.components().collect();
    parts[parts.len().saturating_sub(tail)..].iter().collect::<PathBuf>().display().to_string()
}
