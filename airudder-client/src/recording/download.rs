//! Downloads: complete under their final name, or not there at all.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::fs;
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
    mut progress: impl FnMut(Progress) + Send,
) -> Result<u64, Error> {
    let context = recording.context.clone();
    let failed = |action: &'static str| {
        let context = &context;
        move |source: io::Error| io_error(context, action, source)
    };
    // Fails before a file is made if there is nothing to download.
    let mut piece = recording.chunk().await?;

    let (part, file) = Part::beside(path).map_err(failed("cannot make the file"))?;
    let mut file = BufWriter::with_capacity(BUFFER, File::from_std(file));
    let mut received = 0;
    while let Some(bytes) = piece {
        file.write_all(&bytes).await.map_err(failed("cannot write the file"))?;
        received += bytes.len() as u64;
        progress(Progress { received, total: recording.content_length });
        piece = recording.chunk().await?;
    }
    file.flush().await.map_err(failed("cannot write the file"))?;
    let file = file.into_inner();
    // Before the rename: else a crash could leave an empty file under the final name.
    file.sync_all().await.map_err(failed("cannot write the file"))?;
    drop(file);
    fs::rename(&part.path, path).await.map_err(failed("cannot give the file its name"))?;
    part.keep();
    Ok(received)
}

fn io_error(context: &Context, action: &'static str, source: io::Error) -> Error {
    Error::Io(Box::new(IoError { context: context.clone(), action, source: Arc::new(source) }))
}

/// An unfinished file, removed when dropped: after an error, and when the download is cancelled.
struct Part {
    path: PathBuf,
    finished: bool,
}

impl Part {
    /// Makes the file. Not through tokio: a caller that is cancelled while its other thread makes the file
    /// would leave it there.
    fn beside(path: &Path) -> io::Result<(Self, std::fs::File)> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut part = OsString::from(name);
        part.push(format!(".part-{:016x}", fastrand::u64(..)));
        let path = path.with_file_name(part);
        let file = std::fs::File::create_new(&path)?;
        Ok((Self { path, finished: false }, file))
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
