//! What was asked and answered, as files for tests.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One request and its answer, recorded with [`Simulator::record`](crate::Simulator::record). As JSON:
/// `{"endpoint", "request", "status", "answer"}`.
///
/// Requests for tokens are not recorded: they hold keys. Everything else is as it came, personal data
/// included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fixture {
    /// The endpoint.
    pub endpoint: String,
    /// Its fields by wire name; those of query strings and forms are all text.
    pub request: Value,
    /// HTTP status of the answer; 0 where the connection was reset instead.
    pub status: u16,
    /// The whole body of the answer, with its envelope; null where it was no JSON.
    #[serde(default)]
    pub answer: Value,
}

impl Fixture {
    /// Reads one from a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or holds something else.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    }
}

/// Writes fixtures into a folder, each into a file of its own: `0001-collection.create_task.json`. Those that
/// are there already stay.
pub(crate) fn save(fixtures: &[Fixture], folder: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)?;
    let mut number = 0_u32;
    let mut written = Vec::with_capacity(fixtures.len());
    for fixture in fixtures {
        let (path, mut file) = loop {
            number += 1;
            let path = folder.join(format!("{number:04}-{}.json", fixture.endpoint));
            match options().open(&path) {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        };
        serde_json::to_writer_pretty(&mut file, fixture)?;
        file.write_all(b"\n")?;
        written.push(path);
    }
    Ok(written)
}

/// New files, which only their owner can read.
fn options() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
