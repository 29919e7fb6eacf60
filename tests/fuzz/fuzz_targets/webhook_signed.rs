//! Arbitrary events signed by a gateway.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> libfuzzer_sys::Corpus {
    fuzz::target("webhook_signed", input)
});
