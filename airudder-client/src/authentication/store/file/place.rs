//! A file that several processes share, and the locks beside it. Everything here blocks.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::Problem;

/// How long to wait for others who change the file: it takes them milliseconds.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// What is longer holds no tokens.
const MAX_BYTES: u64 = 1024 * 1024;

pub(super) struct Place {
    path: PathBuf,
    folder: PathBuf,
    name: OsString,
}

/// A lock between processes; it ends when dropped, or with the process.
pub(super) struct Lock(#[expect(dead_code, reason = "held, never used")] File);

impl Place {
    pub(super) fn new(path: &Path) -> Result<Self, Problem> {
        // Should the program change its folder, the file stays where it is.
        let path = std::path::absolute(path).map_err(|error| Problem(error.to_string()))?;
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(Problem("the path names no file".to_owned()));
        };
        let place = Self { folder: folder.to_owned(), name: name.to_owned(), path: path.clone() };
        place.make_folder()?;
        // What stands in the way will not go away by itself. A link is told of when it is used.
        match fs::metadata(&place.folder) {
            Ok(found) if !found.is_dir() => return Err(Problem("its folder is none".to_owned())),
            Ok(_) => {}
            Err(error) => return Err(Problem(format!("its folder: {error}"))),
        }
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() || found.is_symlink() => Ok(place),
            Ok(_) => Err(Problem("that is no file".to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(place),
            Err(error) => Err(Problem(error.to_string())),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What the file holds; `None` if there is none.
    pub(super) fn read(&self) -> Result<Option<Vec<u8>>, Problem> {
        let mut options = OpenOptions::new();
        let file = match open_itself(options.read(true), &self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.problem("is not read", &self.path, &error)),
        };
        // It was made readable for others by somebody, who can be wrong.
        let _ = make_private(&file);
        let mut bytes = Vec::new();
        let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| self.problem("is not read", &self.path, &error))?;
        match bytes.len() as u64 > MAX_BYTES {
            true => Err(Problem(format!("{} is damaged: it is too long", self.path.display()))),
            false => Ok(Some(bytes)),
        }
    }

    /// Puts this in the place of what the file holds.
    pub(super) fn replace(&self, _lock: &Lock, bytes: &[u8]) -> Result<(), Problem> {
        // Of this name, for whoever finds one has the lock: it is left over from somebody who was killed.
        let unfinished = self.beside("tmp");
        let replaced = (|| {
            match fs::remove_file(&unfinished) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut options = OpenOptions::new();
            let mut file = for_owner(options.write(true).create_new(true)).open(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &self.path)?;
            sync_folder(&self.folder);
            Ok(())
        })();
        replaced.map_err(|error| {
            let _ = fs::remove_file(&unfinished);
            self.problem("is not written", &self.path, &error)
        })
    }

    /// The lock of those who change the file.
    pub(super) fn lock(&self) -> Result<Lock, Problem> {
        let deadline = Instant::now() + LOCK_WAIT;
        loop {
            if let Some(lock) = self.try_lock("lock")? {
                return Ok(lock);
            }
            if Instant::now() >= deadline {
                return Err(Problem(format!("{} is locked by another process", self.path.display())));
            }
            thread::sleep(Duration::from_millis(5 + fastrand::u64(..10)));
        }
    }

    /// A lock at once; `None` while another has it.
    pub(super) fn try_lock(&self, name: &str) -> Result<Option<Lock>, Problem> {
        let path = self.beside(name);
        let problem = |error: &io::Error| self.problem("is not locked", &path, error);
        self.make_folder()?;
        let mut options = OpenOptions::new();
        let created = for_owner(options.write(true).create_new(true)).open(&path);
        let file = match created {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let mut options = OpenOptions::new();
                open_itself(options.write(true), &path)
            }
            created => created,
        };
        let file = file.map_err(|error| problem(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(problem(&error)),
        }
    }

    fn make_folder(&self) -> Result<(), Problem> {
        if self.folder.exists() {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder).map_err(|error| self.problem("is not made", &self.folder, &error))
    }

    /// A file that belongs to this one.
    fn beside(&self, what: &str) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(OsStr::new("."));
        name.push(what);
        self.folder.join(name)
    }

    fn problem(&self, what: &str, path: &Path, error: &io::Error) -> Problem {
        Problem(format!("{} {what}: {error}", path.display()))
    }
}

fn for_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Opens a plain file, and nothing that a link of this name leads to.
fn open_itself(options: &OpenOptions, path: &Path) -> io::Result<File> {
    for _ in 0..5 {
        // Looked at before, for opening a pipe could block.
        let found = fs::symlink_metadata(path)?;
        if !found.is_file() {
            return Err(io::Error::other("it is a link, or no file"));
        }
        let file = options.open(path)?;
        if is_same(&file.metadata()?, &found) {
            return Ok(file);
        }
        // It was replaced in between, which is how it is written.
    }
    Err(io::Error::other("it is replaced all the time"))
}

#[cfg(unix)]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

fn make_private(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Makes the new name last. Where folders cannot be synced, as on Windows, that is for the system to do.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}
