//! A small file system, to be filled.
//!
//! Only root may mount one, or whoever is root in a namespace of its own: where the kernel allows that, the
//! test starts itself again in one.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

/// Why there is none.
#[allow(dead_code, reason = "no test uses all of it")]
pub(crate) const NOT_HERE: &str = "a small file system needs root, or unshare for everybody";

/// As long as it is there, a folder is on a file system of its own.
pub(crate) struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Over a folder that is there.
    pub(crate) fn mount(folder: &Path, kilobytes: usize) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "tmpfs"]).arg(folder);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then(|| Self { folder: folder.to_owned() })
    }

    /// Takes all room that is left, as long as the file is there.
    pub(crate) fn fill(&self) -> Ballast {
        let ballast = Ballast(self.folder.join("ballast"));
        let mut file = File::create(&ballast.0).unwrap();
        for size in [64 * 1024, 4 * 1024] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.folder).status();
    }
}

/// What takes the room.
pub(crate) struct Ballast(PathBuf);

impl Drop for Ballast {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

/// How a small file system can be had.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Way {
    /// This process may mount one.
    Here,
    /// It may in a namespace of its own.
    InNamespace,
    NotAtAll,
}

/// What to do on this machine.
pub(crate) fn way() -> Way {
    let folder = tempfile::tempdir().unwrap();
    if cfg!(target_os = "linux") && SmallDisk::mount(folder.path(), 64).is_some() {
        return Way::Here;
    }
    let unshared = in_namespace("true").output();
    match unshared.is_ok_and(|output| output.status.success()) {
        true => Way::InNamespace,
        false => Way::NotAtAll,
    }
}

fn in_namespace(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount"]).arg(program);
    command
}

/// The same test again, by this program in a namespace where it is root.
pub(crate) fn again_in_namespace(test: &str) -> Result<(), Failed> {
    let status = in_namespace(std::env::current_exe()?).args(["--exact", test, "--nocapture"]).status()?;
    status.success().then_some(()).ok_or_else(|| format!("{test} failed in a namespace of its own").into())
}
