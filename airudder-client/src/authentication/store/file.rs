//! Tokens in a file.

mod place;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use self::place::Place;
use super::{Kept, Lease, Problem, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::error::Error;

/// Keeps tokens in a file, for the processes of one machine and for programs that are started again and
/// again.
///
/// - The file is readable for its owner alone (mode 0600). It is always replaced as a whole, by a file beside
///   it that is on the disk already, so nobody ever sees half of it.
/// - Beside it are `.NAME.lock`, held for moments by who changes the file, and a `.NAME.*.lease` for each
///   account, held by who renews its token. Both stay there, and are empty. The system frees what they lock
///   when a process ends, however it ends. A process that is stopped in the middle of a renewal delays others
///   for half of their time-out (at most 30 seconds); then they ask for a token themselves.
/// - A damaged file counts as empty, with a warning, and is replaced by the next token. So is one that is
///   a symbolic link: it is neither followed nor written through.
/// - The folder should be on a local disk, for locks over the network are not always locks, and nobody
///   else should be able to write there. Work is done on the blocking threads of the runtime.
///
/// On Windows the file has the access rights that its folder hands down.
///
/// ```
/// use airudder_client::{Client, token::FileTokenStore};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("airudder-doc-{}", std::process::id()));
/// let client = Client::builder()
///     .credentials("application key", "application secret")
///     .token_store(FileTokenStore::new(folder.join("token.json"))?)
///     .build()?;
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(()) }
/// ```
pub struct FileTokenStore {
    place: Arc<Place>,
}

impl FileTokenStore {
    /// Keeps tokens in the file of this name. It need not exist. A folder that is missing is made, for its
    /// owner alone (mode 0700).
    ///
    /// # Errors
    /// [`Error::Config`] if the path names no file, there is something else than a file, or the folder is
    /// missing and cannot be made.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let place = Place::new(&path).map_err(|problem| {
            Error::config(format!("tokens cannot be kept in {}: {problem}", path.display()))
        })?;
        Ok(Self { place: Arc::new(place) })
    }

    /// Works where waiting is allowed.
    fn with<'a, T: Send + 'static>(
        &'a self,
        work: impl FnOnce(&Place) -> Result<T, Problem> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        let place = Arc::clone(&self.place);
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || work(&place)).await {
                Ok(done) => Ok(done?),
                Err(_) => Err(Problem::boxed("the runtime is shutting down")),
            }
        })
    }
}

impl fmt::Debug for FileTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileTokenStore").field("path", &self.place.path()).finish_non_exhaustive()
    }
}

impl TokenStore for FileTokenStore {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        let id = key.id();
        self.with(move |place| Ok(read(place)?.remove(&id).and_then(Kept::into_token)))
    }

    fn save<'a>(&'a self, key: &'a TokenKey, token: StoredToken) -> StoreFuture<'a, ()> {
        let id = key.id();
        self.with(move |place| change(place, |tokens| tokens.insert(id, token.into())))
    }

    fn remove<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, ()> {
        let id = key.id();
        self.with(move |place| change(place, |tokens| tokens.remove(&id)))
    }

    /// Lasts as long as it is held, in place of its duration.
    fn try_lease<'a>(&'a self, key: &'a TokenKey, _duration: Duration) -> StoreFuture<'a, Option<Lease>> {
        let id = key.id();
        self.with(move |place| {
            let name = id.rsplit(':').next().unwrap_or_default();
            Ok(place.try_lock(&format!("{name}.lease"))?.map(|lock| Lease::new().with_guard(lock)))
        })
    }
}

type Tokens = BTreeMap<String, Kept>;

fn read(place: &Place) -> Result<Tokens, Problem> {
    match place.read()? {
        Some(bytes) => serde_json::from_slice(&bytes)
            .map_err(|_| Problem(format!("{} is damaged", place.path().display()))),
        None => Ok(Tokens::new()),
    }
}

/// Reads, changes and writes, with nobody in between.
fn change<T>(place: &Place, change: impl FnOnce(&mut Tokens) -> T) -> Result<(), Problem> {
    let lock = place.lock()?;
    // A file that cannot be read is of no use to anyone.
    let mut tokens = read(place).unwrap_or_default();
    let now = Timestamp::now();
    tokens.retain(|_, kept| kept.expires_at.parse::<Timestamp>().is_ok_and(|end| now < end));
    change(&mut tokens);
    let mut bytes =
        serde_json::to_vec_pretty(&tokens).map_err(|_| Problem("the tokens do not make JSON".to_owned()))?;
    bytes.push(b'\n');
    place.replace(&lock, &bytes)
}
