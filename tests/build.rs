//! Makes one test per endpoint and webhook of the spec: see `tests/tests/contract.rs`. And looks which
//! compiler this is: some tests hold its own words, and cargo lists them as ignored, with the reason, under
//! any other. So it does with those that need a Redis where there is none; in CI they fail there.

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
    look_for_redis();
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../spec");
    let loaded = airudder_codegen::load::Loaded::directory(Path::new("../spec"), "spec");
    let code = airudder_codegen::emit::contract_tests(&loaded);
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("contract.rs"), code.to_string()).expect("OUT_DIR can be written to");
}

fn look_for_redis() {
    println!("cargo::rustc-check-cfg=cfg(redis_server)");
    println!("cargo::rustc-check-cfg=cfg(redis_tls)");
    println!("cargo::rerun-if-env-changed=CI");
    println!("cargo::rerun-if-env-changed=PATH");
    let is_ci = std::env::var_os("CI").is_some();
    // It stops at the first setting that it does not know.
    let mut tried = Command::new("redis-server");
    tried.args(["--port", "0", "--tls-port", "0", "--no-such-setting", "1"]);
    let said = tried.output().map(|output| [output.stdout, output.stderr].concat());
    if is_ci || said.is_ok() {
        println!("cargo::rustc-cfg=redis_server");
    }
    if is_ci || said.is_ok_and(|said| String::from_utf8_lossy(&said).contains("no-such-setting")) {
        println!("cargo::rustc-cfg=redis_tls");
    }
}
