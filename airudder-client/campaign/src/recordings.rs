//! The recordings of a campaign.

use std::iter;
use std::path::{Path, PathBuf};

use airudder_client::Error as ClientError;
use futures_util::StreamExt as _;
use futures_util::stream;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncReadExt as _;

use crate::campaign::Campaign;
use crate::error::Error;
use crate::ledger::{RecordingState, StoredRecording, Wanted};

/// Recordings that are looked up in the ledger at once.
const PAGE: u32 = 500;

/// How recordings are fetched. Made by [`Campaign::recordings`].
#[derive(Debug)]
#[must_use = "nothing is done before `fetch`"]
pub struct Recordings<'c> {
    campaign: &'c Campaign,
    folder: PathBuf,
    concurrency: usize,
    asks_again: bool,
    limit: u64,
}

/// What came of fetching recordings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordingsReport {
    /// Files that were stored now.
    pub stored: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Calls of which the vendor has no recording.
    pub missing: u64,
    /// Recordings that could not be fetched, and will be tried the next time.
    pub failed: u64,
    /// Why the first of those failed.
    pub problem: Option<String>,
}

impl Campaign {
    /// The recordings of all calls that are over and not known to be unanswered, into a folder. Those that
    /// are there already are not fetched again; a file that is gone or was changed is.
    pub fn recordings(&self, folder: impl Into<PathBuf>) -> Recordings<'_> {
        Recordings {
            campaign: self,
            folder: folder.into(),
            concurrency: 4,
            asks_again: false,
            limit: u64::MAX,
        }
    }
}

impl Recordings<'_> {
    /// How many are fetched at the same time; 4 unless set.
    pub fn concurrency(mut self, files: usize) -> Self {
        self.concurrency = files.max(1);
        self
    }

    /// Asks again for recordings that the vendor did not have the last time.
    pub fn ask_again(mut self) -> Self {
        self.asks_again = true;
        self
    }

    /// Asks for that many at most.
    pub fn limit(mut self, recordings: u64) -> Self {
        self.limit = recordings;
        self
    }

    /// Fetches them. What cannot be fetched now is counted, and tried again the next time.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the folder cannot be written; [`Error::Ledger`].
    pub async fn fetch(self) -> Result<RecordingsReport, Error> {
        create_private_folder(&self.folder)
            .map_err(|source| Error::Io { path: self.folder.display().to_string(), source })?;
        self.verify().await?;
        let mut report = RecordingsReport::default();
        let (mut seq, mut left) = (0, self.limit);
        loop {
            let page = u32::try_from(left.min(PAGE.into())).unwrap_or(PAGE);
            let ledger = &self.campaign.ledger;
            let wanted = ledger.wanted_recordings(&self.campaign.id, seq, page, self.asks_again).await?;
            let Some(last) = wanted.last() else { return Ok(report) };
            seq = last.seq;
            left -= wanted.len() as u64;
            let mut fetched =
                stream::iter(wanted).map(|wanted| self.one(wanted)).buffer_unordered(self.concurrency);
            while let Some(one) = fetched.next().await {
                match one? {
                    Fetched::Stored(bytes) => {
                        report.stored += 1;
                        report.bytes += bytes;
                    }
                    Fetched::Missing => report.missing += 1,
                    Fetched::Failed(problem) => {
                        report.failed += 1;
                        report.problem.get_or_insert(problem);
                    }
                }
            }
        }
    }

    /// What is gone or was changed is wanted again.
    async fn verify(&self) -> Result<(), Error> {
        let (ledger, id) = (&self.campaign.ledger, &self.campaign.id);
        let mut seq = 0;
        loop {
            let stored = ledger.stored_recordings(id, seq, PAGE).await?;
            let Some(last) = stored.last() else { return Ok(()) };
            seq = last.seq;
            for recording in stored {
                let is_there = digest(Path::new(&recording.file))
                    .await
                    .is_ok_and(|(bytes, digest)| bytes == recording.bytes && digest == recording.digest);
                if !is_there {
                    let mut writer = ledger.write().await?;
                    writer.recording_done(id, recording.seq, RecordingState::Failed, None).await?;
                    writer.commit().await?;
                }
            }
        }
    }

    async fn one(&self, wanted: Wanted) -> Result<Fetched, Error> {
        let Campaign { ledger, client, backend, id, .. } = self.campaign;
        // The same each time, so that what a killed process has left is replaced.
        let path = self.folder.join(format!("{}.audio", file_name(&wanted)));
        let fetched = backend.recording(client, &wanted.task, &wanted.phone, &path).await;
        let (state, stored, fetched) = match fetched {
            Ok(Some(bytes)) => {
                let stored = finish(&path, wanted.seq)
                    .await
                    .map_err(|source| Error::Io { path: path.display().to_string(), source })?;
                (RecordingState::Stored, Some(stored), Fetched::Stored(bytes))
            }
            Ok(None) => (RecordingState::Missing, None, Fetched::Missing),
            Err(error @ ClientError::Io(_)) => return Err(error.into()),
            Err(error) => (RecordingState::Failed, None, Fetched::Failed(error.to_string())),
        };
        let mut writer = ledger.write().await?;
        if !writer.erased(id, iter::once(wanted.seq)).await?.is_empty() {
            let file = stored.map_or(path, |stored| stored.file.into());
            return match tokio::fs::remove_file(&file).await {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    Err(Error::Io { path: file.display().to_string(), source })
                }
                Ok(()) | Err(_) => Ok(Fetched::Missing),
            };
        }
        writer.recording_done(id, wanted.seq, state, stored.as_ref()).await?;
        writer.commit().await?;
        Ok(fetched)
    }
}

enum Fetched {
    Stored(u64),
    Missing,
    Failed(String),
}

/// A name that every file system takes, and that is nobody else's.
fn file_name(wanted: &Wanted) -> String {
    let keep = |char: char| if char.is_ascii_alphanumeric() { char } else { '_' };
    let name: String = wanted.reference.chars().map(keep).take(40).collect();
    format!("{:07}-{name}", wanted.seq)
}

/// Gives the file the ending of what is in it.
async fn finish(path: &Path, seq: i64) -> std::io::Result<StoredRecording> {
    let mut head = [0; 12];
    let mut file = tokio::fs::File::open(path).await?;
    let mut length = 0;
    while let Some(rest) = head.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest).await? {
            0 => break,
            more => length += more,
        }
    }
    let ending = match &head[..length] {
        [b'R', b'I', b'F', b'F', ..] => "wav",
        [b'I', b'D', b'3', ..] | [0xff, 0xe2..=0xff, ..] => "mp3",
        [b'O', b'g', b'g', b'S', ..] => "ogg",
        [b'P', b'K', ..] => "zip",
        _ => "audio",
    };
    let (bytes, digest) = digest(path).await?;
    let named = path.with_extension(ending);
    tokio::fs::rename(path, &named).await?;
    Ok(StoredRecording { seq, file: named.display().to_string(), bytes, digest })
}

async fn digest(path: &Path) -> std::io::Result<(i64, String)> {
    let mut file = tokio::fs::File::open(path).await?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer).await?;
        if read == 0 {
            let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok((bytes, digest));
        }
        hash.update(&buffer[..read]);
        bytes += i64::try_from(read).unwrap_or_default();
    }
}

fn create_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
