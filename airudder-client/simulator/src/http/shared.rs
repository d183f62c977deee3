//! What all requests share.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use airudder_client::catalogue::Endpoint;
use airudder_client::encryption::Key;

use crate::clock::{Clock, Moment};
use crate::http::canned::Canned;
use crate::http::faults::Faults;
use crate::http::request_log::RequestLog;
use crate::http::router::Routes;
use crate::state_file::StateFile;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) routes: Routes,
    pub(crate) clock: Clock,
    pub(crate) credentials: Option<(String, String)>,
    pub(crate) token_life: Option<Moment>,
    pub(crate) business_line: Option<String>,
    pub(crate) encryption: Option<Key>,
    pub(crate) stateless: bool,
    pub(crate) one_port: bool,
    pub(crate) world: Mutex<World>,
    pub(crate) log: Mutex<RequestLog>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) canned: Mutex<Canned>,
    pub(crate) state_file: Option<StateFile>,
}

impl Shared {
    /// The world as it was when it was last looked at.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// The world as it is now.
    pub(crate) fn up_to_date(&self) -> MutexGuard<'_, World> {
        let mut world = self.world();
        world.play_until(self.clock.moment());
        world
    }

    /// Writes the state file, if there is one and the state has changed.
    pub(crate) fn save(&self) -> io::Result<()> {
        let Some(file) = &self.state_file else { return Ok(()) };
        let (changes, text) = {
            let mut world = self.world();
            if file.has(world.changes) {
                return Ok(());
            }
            (world.changes, world.save()?)
        };
        file.write(changes, &text)
    }

    // The world is never locked after one of the three below.

    pub(crate) fn log(&self) -> MutexGuard<'_, RequestLog> {
        lock(&self.log)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(crate) fn canned(&self) -> MutexGuard<'_, Canned> {
        lock(&self.canned)
    }

    /// Of endpoints that share a path, those of the account's business line; all of them if none is.
    pub(crate) fn of_business_line(&self, candidates: Vec<&'static Endpoint>) -> Vec<&'static Endpoint> {
        let Some(line) = &self.business_line else { return candidates };
        let own: Vec<_> = candidates.iter().copied().filter(|endpoint| endpoint.section == line).collect();
        if own.is_empty() { candidates } else { own }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
