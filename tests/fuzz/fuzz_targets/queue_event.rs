//! Arbitrary content in the queue's event.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> libfuzzer_sys::Corpus {
    fuzz::target("queue_event", input)
});
