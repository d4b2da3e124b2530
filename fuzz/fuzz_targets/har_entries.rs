#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hookctl::fuzzing::har_entries(bytes));
