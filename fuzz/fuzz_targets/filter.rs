#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hookctl::fuzzing::filter(bytes));
