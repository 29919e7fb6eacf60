//! Requests that anybody may send to a webhook's address.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> libfuzzer_sys::Corpus {
    fuzz::target("webhook_forged", input)
});
