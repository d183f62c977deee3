//! Makes one test per endpoint and webhook of the spec: see `tests/tests/contract.rs`.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=../spec");
    let loaded = airudder_codegen::load::Loaded::directory(Path::new("../spec"), "spec");
    let code = airudder_codegen::emit::contract_tests(&loaded);
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("contract.rs"), code.to_string()).expect("OUT_DIR can be written to");
}
