//! The file that keeps the state from one run to the next.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// Which state of the world the file has; `None` before it was written.
    written: Mutex<Option<u64>>,
}

impl StateFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, written: Mutex::new(None) }
    }

    /// What the file holds; `None` if there is none.
    pub(crate) fn read(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(&self.path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(io::Error::new(error.kind(), format!("{} cannot be read: {error}", self.path.display())))
            }
        }
    }

    /// The error for a file whose content is no state.
    pub(crate) fn unusable(&self, problem: &str) -> io::Error {
        let message = format!("{} holds no state of a simulator: {problem}", self.path.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    }

    /// Whether the file has this state of the world, or a later one.
    pub(crate) fn has(&self, changes: u64) -> bool {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|written| written >= changes)
    }

    /// Puts a state in the place of the one before, unless that is later. Readers see one of the two as a
    /// whole.
    pub(crate) fn write(&self, changes: u64, text: &[u8]) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.is_some_and(|written| written >= changes) {
            return Ok(());
        }
        let folder = match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        // Temporary files are readable for their owner alone.
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(text)?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        if cfg!(unix) {
            // The new name is on the disk when the folder is.
            File::open(folder)?.sync_all()?;
        }
        *written = Some(changes);
        Ok(())
    }
}
