//! Makes one test per endpoint and webhook of the spec: see `tests/tests/contract.rs`. And looks which
//! compiler this is: some tests hold its own words, and cargo lists them as ignored, with the reason, under
//! any other.

use std::path::Path;
use std::process::Command;

/// The compiler whose messages and whose rustdoc JSON are written down.
const NAMED_COMPILER: &str = "rustc 1.95.";

fn main() {
    println!("cargo::rustc-check-cfg=cfg(named_compiler)");
    let rustc = std::env::var_os("RUSTC").expect("cargo sets RUSTC");
    let version = Command::new(rustc).arg("--version").output().expect("there is a compiler").stdout;
    if version.starts_with(NAMED_COMPILER.as_bytes()) {
        println!("cargo::rustc-cfg=named_compiler");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../spec");
    let loaded = airudder_codegen::load::Loaded::directory(Path::new("../spec"), "spec");
    let code = airudder_codegen::emit::contract_tests(&loaded);
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("contract.rs"), code.to_string()).expect("OUT_DIR can be written to");
}
