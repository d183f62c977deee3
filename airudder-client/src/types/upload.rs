//! Files that are sent.

use std::fmt;
use std::path::PathBuf;

use bytes::Bytes;

use crate::wire::FileValue;

/// A file to send: its bytes, or where it lies.
///
/// What lies on disk is read while it is sent and never in memory as a whole. Opened anew for each attempt,
/// it must not change until the call has ended; one that cannot be read is [`Error::Io`](crate::Error::Io),
/// and nothing was sent.
///
/// ```
/// use airudder_client::types::Upload;
///
/// let song = Upload::path("greeting.wav").media_type("audio/wav");
/// assert_eq!(song.name(), Some("greeting.wav"));
///
/// let note = Upload::from(b"hello".to_vec()).file_name("note.txt").media_type("text/plain");
/// assert_eq!(format!("{note:?}"), "Upload(5 bytes)"); // names of files may be personal
/// ```
#[derive(Clone, PartialEq, Default)]
pub struct Upload {
    source: Source,
    name: Option<String>,
    media_type: Option<String>,
}

/// What is in the file.
#[derive(Clone, PartialEq)]
pub(crate) enum Source {
    Bytes(Bytes),
    Path(PathBuf),
}

impl Default for Source {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl Upload {
    /// A file on disk. It is sent under its own name, unless [`file_name`](Self::file_name) says otherwise.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self { source: Source::Path(path.into()), name: None, media_type: None }
    }

    /// The name under which it is sent. By it servers tell the kind of a file.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The media type that is sent with it, such as `audio/wav`. Unless it is set, none is sent.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// The name under which it is sent, if it has one.
    pub fn name(&self) -> Option<&str> {
        match (&self.name, &self.source) {
            (Some(name), _) => Some(name),
            (None, Source::Path(path)) => path.file_name().and_then(|name| name.to_str()),
            (None, Source::Bytes(_)) => None,
        }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    pub(crate) fn media(&self) -> Option<&str> {
        self.media_type.as_deref()
    }
}

impl<T: Into<Bytes>> From<T> for Upload {
    fn from(bytes: T) -> Self {
        Self { source: Source::Bytes(bytes.into()), name: None, media_type: None }
    }
}

impl FileValue for Upload {
    fn bytes(&self) -> Option<&Bytes> {
        match &self.source {
            Source::Bytes(bytes) => Some(bytes),
            Source::Path(_) => None,
        }
    }
}

/// Shows neither content nor name.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Bytes(bytes) => write!(f, "Upload({} bytes)", bytes.len()),
            Source::Path(_) => f.write_str("Upload(a file on disk)"),
        }
    }
}
