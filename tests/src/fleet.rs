//! Processes that share tokens, and what they log.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use airudder_simulator::Simulator;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

/// A process with a client of its own: the program `fleet_member`. It is killed when dropped.
#[derive(Debug)]
pub struct Member {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Member {
    /// Starts `program`, with a client of this simulator whose tokens are in this store. Returns when it is
    /// ready to make calls.
    pub fn start(program: &str, simulator: &Simulator, store: &str) -> Self {
        let mut child = Command::new(program)
            .args([&simulator.base_url(), store])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let input = child.stdin.take().expect("it has an input");
        let output = BufReader::new(child.stdout.take().expect("it has an output"));
        let mut member = Self { child, input, output };
        assert_eq!(member.hear(), "ready");
        member
    }

    /// Has it begin this many calls at once.
    pub fn begin(&mut self, calls: usize) {
        writeln!(self.input, "{calls}").expect("it listens");
    }

    /// Waits for the end of the calls, and says how many succeeded.
    pub fn succeeded(&mut self) -> usize {
        self.hear().parse().expect("it says a number")
    }

    /// Kills it as it stands (SIGKILL).
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it speaks");
        line.trim().to_owned()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Has all of them make calls at once, and holds that each succeeds.
pub fn all_call(members: &mut [Member], calls: usize) {
    members.iter_mut().for_each(|member| member.begin(calls));
    for member in members {
        assert_eq!(member.succeeded(), calls);
    }
}

/// Lines that were logged.
#[derive(Debug, Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// All so far.
    pub fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&lines).into_owned()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged at WARN and above on this thread, until the guard is dropped.
pub fn warnings() -> (Lines, impl Drop) {
    let lines = Lines::default();
    let writer = lines.clone();
    let guard = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish()
        .set_default();
    (lines, guard)
}
