//! Nested operations need a deep stack, above all in a build without optimisation.

use std::thread;

pub(crate) const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Runs `work` on a stack deep enough for runs.
pub fn on_a_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_BYTES);
        let joined = thread.spawn_scoped(scope, work).unwrap().join();
        joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
