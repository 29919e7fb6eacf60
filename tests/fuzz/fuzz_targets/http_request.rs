//! Requests that a merchant, a shopper or a stranger may send over HTTP.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> libfuzzer_sys::Corpus {
    fuzz::target("http_request", input)
});
