#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| enroll_fuzz::saml(data));
