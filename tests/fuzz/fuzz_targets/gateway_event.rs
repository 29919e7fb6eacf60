//! Arbitrary content in API Gateway's event.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> libfuzzer_sys::Corpus {
    fuzz::target("gateway_event", input)
});
