//! Downloads: complete under their final name, or not there at all.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::{Progress, Recording};
use crate::error::{Context, Error, IoError};

/// What is gathered before it is written: pieces from the network are small, and each write is a trip to
/// another thread.
const BUFFER: usize = 256 * 1024;

pub(super) async fn to(
    mut recording: Recording,
    path: &Path,
    progress: impl FnMut(Progress) + Send,
) -> Result<u64, Error> {
    match save(&mut recording, path, progress).await {
        Ok(length) => {
            recording.succeeded();
            Ok(length)
        }
        Err(error) => Err(recording.failed(error)),
    }
}

async fn save(
    recording: &mut Recording,
    path: &Path,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<u64, Error> {
    let context = recording.context.clone();
    let failed = |action: &'static str| {
        let context = &context;
        move |source: io::Error| io_error(context, action, source)
    };
    // Fails before a file is made if there is nothing to download.
    let mut piece = recording.piece().await?;

    let (part, file) = Part::beside(path).map_err(failed("cannot make the file"))?;
    let mut file = BufWriter::with_capacity(BUFFER, File::from_std(file));
    let mut received = 0;
    while let Some(bytes) = piece {
        file.write_all(&bytes).await.map_err(failed("cannot write the file"))?;
        received += bytes.len() as u64;
        progress(Progress { received, total: recording.content_length });
        piece = recording.piece().await?;
    }
    file.flush().await.map_err(failed("cannot write the file"))?;
    let file = file.into_inner();
    // Before the rename: else a crash could leave an empty file under the final name.
    file.sync_all().await.map_err(failed("cannot write the file"))?;
    // Not through tokio: a caller that is cancelled here would leave the renaming to be done later, when the
    // name may be that of another download.
    std::fs::rename(&part.path, path).map_err(failed("cannot give the file its name"))?;
    // Until here nobody else may take it for one that was left behind, and from here on the name is free.
    part.keep();
    drop(file);
    sync_folder(path).await;
    Ok(received)
}

fn io_error(context: &Context, action: &'static str, source: io::Error) -> Error {
    Error::Io(Box::new(IoError { context: context.clone(), action, source: Arc::new(source) }))
}

/// Makes the new name last. Where folders cannot be synced, as on Windows, that is for the system to do.
async fn sync_folder(path: &Path) {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if let Ok(folder) = File::open(folder).await {
            // A file system that does not do it has nobody to tell.
            let _ = folder.sync_all().await;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// An unfinished file, removed when dropped: after an error, and when the download is cancelled.
struct Part {
    path: PathBuf,
    finished: bool,
    /// Holds the lock until it is removed.
    _lock: std::fs::File,
}

/// How many downloads to one name may be on their way at the same time under names that are found again.
const SLOTS: u8 = 16;

impl Part {
    /// Makes the file. Not through tokio: a caller that is cancelled while its other thread makes the file
    /// would leave it there.
    ///
    /// Its name comes from the final one, so that what a killed process has left is found and used again. It
    /// is short whatever the final one is, and locked for as long as somebody writes to it.
    fn beside(path: &Path) -> io::Result<(Self, std::fs::File)> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let digest = Sha256::digest(name.as_encoded_bytes());
        let short = digest.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let slots = (0..SLOTS).map(|slot| format!(".{short}-{slot}.part"));
        let unique = format!(".{short}-{:016x}.part", fastrand::u64(..));
        for candidate in slots {
            let path = path.with_file_name(candidate);
            if let Some(file) = Self::take(&path)? {
                let lock = file.try_clone()?;
                return Ok((Self { path, finished: false, _lock: lock }, file));
            }
        }
        let path = path.with_file_name(unique);
        let file = options().create_new(true).open(&path)?;
        let lock = file.try_clone()?;
        Ok((Self { path, finished: false, _lock: lock }, file))
    }

    /// Takes a name that nobody writes to. `None`: somebody does.
    fn take(path: &Path) -> io::Result<Option<std::fs::File>> {
        match options().create_new(true).open(path) {
            Ok(file) if file.try_lock().is_ok() && is_same(&file, path) => return Ok(Some(file)),
            Ok(_) => {
                // A file system without locks, or somebody took it for one that was left behind.
                let _ = std::fs::remove_file(path);
                return Ok(None);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        // Not followed: what stands there may be somebody's link to another file.
        if !std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
            return Ok(None);
        }
        let Ok(file) = options().open(path) else { return Ok(None) };
        if file.try_lock().is_err() || !is_same(&file, path) {
            return Ok(None);
        }
        file.set_len(0)?;
        Ok(Some(file))
    }

    fn keep(mut self) {
        self.finished = true;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            // If it cannot be removed there is nobody left to tell.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// To write to, and for nobody else to read.
fn options() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whether a file that was opened still has its name: between the two somebody may have finished or removed
/// it.
#[cfg(unix)]
fn is_same(file: &std::fs::File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), std::fs::symlink_metadata(path)) {
        (Ok(opened), Ok(named)) => (opened.dev(), opened.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same(_: &std::fs::File, path: &Path) -> bool {
    path.exists()
}

/// A file as a download makes it, that nobody removes.
#[cfg(test)]
pub(super) fn unfinished(path: &Path) -> io::Result<(PathBuf, std::fs::File)> {
    let (part, file) = Part::beside(path)?;
    let at = part.path.clone();
    part.keep();
    Ok((at, file))
}
