//! A PostgreSQL server of the test's own, on a free port of the loopback address, as an unprivileged user.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The server runs as this user where the test runs as root, which PostgreSQL refuses.
const USER: &str = "nobody";

pub(crate) struct Server {
    bin: PathBuf,
    port: u16,
    process: Child,
    databases: AtomicU32,
    _folder: TempDir,
}

/// The folder of PostgreSQL's programs, if it is installed.
pub(crate) fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH")?;
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    // Debian keeps the server's programs apart.
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "createdb", "psql"].iter().all(|name| folder.join(name).exists())
    };
    folders.into_iter().find(has_all)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// A command as the unprivileged user.
fn command(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={USER}"), format!("--regid={USER}"), "--clear-groups".to_owned()]);
    // Debian's group of nobody has another name.
    if !std::fs::read_to_string("/etc/group")
        .unwrap_or_default()
        .lines()
        .any(|line| line.starts_with("nobody:"))
    {
        command = Command::new("setpriv");
        command.args([format!("--reuid={USER}"), "--regid=nogroup".to_owned(), "--clear-groups".to_owned()]);
    }
    command.arg(program);
    command
}

fn chown(folder: &Path) -> Command {
    let mut chown = Command::new("chown");
    chown.arg(USER).arg(folder);
    chown
}

fn run(mut command: Command, what: &str) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Server {
    pub(crate) fn start(bin: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            run(chown(folder.path()), "chown");
        }
        let data = folder.path().join("data");
        let mut initdb = command(&bin.join("initdb"));
        initdb.current_dir(folder.path()).arg("-D").arg(&data);
        initdb.args(["-U", "test", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]);
        run(initdb, "initdb");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = command(&bin.join("postgres"));
        server.current_dir(folder.path()).arg("-D").arg(&data).arg("-k").arg(folder.path());
        server.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
        let process = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Self { bin, port, process, databases: AtomicU32::new(0), _folder: folder };
        let began = Instant::now();
        while server.create_database("ready", &[]).is_err() {
            assert!(began.elapsed() < Duration::from_secs(60), "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    fn create_database(&self, name: &str, options: &[&str]) -> Result<(), String> {
        let output = self.client("createdb", &[options, &[name]].concat()).output().unwrap();
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// The URL of a new, empty database.
    pub(crate) fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::SeqCst));
        self.create_database(&name, &[]).unwrap();
        self.url(&name)
    }

    /// The URL of a new, empty database whose tables lie in this folder, which must be empty.
    #[allow(dead_code, reason = "no test uses all of it")]
    pub(crate) fn database_in(&self, folder: &Path) -> String {
        if is_root() {
            run(chown(folder), "chown");
        }
        let statement = format!("CREATE TABLESPACE small LOCATION '{}'", folder.display());
        run(self.client("psql", &["-c", &statement, "postgres"]), "psql");
        self.create_database("small", &["--tablespace=small"]).unwrap();
        self.url("small")
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://test@127.0.0.1:{}/{name}?sslmode=disable", self.port)
    }

    fn client(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.args(["-h", "127.0.0.1", "-U", "test", "-p", &self.port.to_string()]).args(arguments);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An immediate end: its processes end with it, and it removes its shared memory.
        let pid = self.process.id().to_string();
        let ended = Command::new("kill").args(["-QUIT", &pid]).status();
        if !ended.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}
