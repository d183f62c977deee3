#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| airudder_fuzz::format::run(data));
