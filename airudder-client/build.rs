//! Tells cargo to look at the spec's folder: the macros track every file that they read, but a new file in
//! the folder is noticed no other way.

fn main() {
    println!("cargo::rerun-if-changed=spec");
    println!("cargo::rerun-if-changed=build.rs");
}
