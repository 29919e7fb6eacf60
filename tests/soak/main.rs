//! `cargo soak`: drives the running stack from outside, kills its processes meanwhile, and finally
//! compares what every party knows.

#![expect(clippy::indexing_slicing, reason = "a missing member of an answer reads as null")]

mod options;

mod aftermath;
mod chaos;
mod client;
mod journeys;
mod merchant;
mod record;
mod watch;

mod compare;
mod read;
mod settle;
mod world;

mod figures;
mod report;

mod run;

use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use e2e::Stack;
use fastrand::Rng;
use tokio::signal::unix::{SignalKind, signal};

use options::{HELP, Options};
use record::Record;
use settle::Rest;

/// The run.
#[derive(Debug)]
pub(crate) struct Soak {
    options: Options,
    stack: Stack,
    record: Mutex<Record>,
    over: AtomicBool,
    ahead_seconds: AtomicI64,
}

fn main() -> ExitCode {
    // The stack and its functions are this same program, under the name that the stack gives them.
    if std::env::args().next().is_some_and(|name| name == "dev-stack") {
        end_with_the_input();
        return dev_stack::main();
    }
    let options = match Options::parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            say(HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            print_to_stderr(&format!("error: {error}; --help lists the options"));
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map(|runtime| runtime.block_on(soak(options))) {
        Ok(code) => code,
        Err(error) => {
            print_to_stderr(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The stack and its functions end with their owner, however it ends.
fn end_with_the_input() {
    std::thread::spawn(|| {
        let mut stdin = std::io::stdin().lock();
        while stdin.read(&mut [0; 64]).is_ok_and(|read| read > 0) {}
        std::process::exit(0);
    });
}

async fn soak(options: Options) -> ExitCode {
    let profile = Some(options.profile.name());
    let stack = e2e::Options { tied: true, profile, ..e2e::Options::default() };
    let stack = Stack::with("/proc/self/exe", stack).await;
    let soak = Arc::new(Soak {
        options,
        stack,
        record: Mutex::default(),
        over: AtomicBool::new(false),
        ahead_seconds: AtomicI64::new(0),
    });
    soak.progress(&format!(
        "seed {}; the stack is at {}",
        soak.options.seed,
        soak.stack.address("api")
    ));
    let interrupted = AtomicBool::new(false);
    let code = tokio::select! {
        code = soak.run(&interrupted) => code,
        () = soak.interrupted(&interrupted) => soak.stop_at_once(),
        () = terminated() => soak.stop_at_once(),
    };
    soak.write_log();
    code
}

impl Soak {
    fn so_far(&self, left: Duration) -> String {
        let record = self.record();
        let done = self.options.traffic.saturating_sub(left).as_secs();
        format!(
            "{done:>4} s  {} requests, {} kills, {} crashes during a request; {} s left",
            record.requests,
            record.kills.len(),
            record.crashes,
            left.as_secs()
        )
    }

    fn report_rest(&self, rest: &Rest) {
        let left: Vec<String> =
            rest.unfinished.iter().map(|(why, count)| format!("{why} {count}")).collect();
        let left = if left.is_empty() { "at rest".to_owned() } else { left.join(", ") };
        self.progress(&format!("clock +{} s: {left}", rest.moved_seconds));
    }

    /// The first Ctrl-C ends the traffic, the second one ends this.
    async fn interrupted(&self, interrupted: &AtomicBool) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        interrupted.store(true, Ordering::Relaxed);
        self.over.store(true, Ordering::Relaxed);
        print_to_stderr(
            "interrupted: stopping the traffic, then comparing; press Ctrl-C again to stop at once",
        );
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Nothing was compared, so only observations are printed, without a verdict.
    fn stop_at_once(&self) -> ExitCode {
        let record = self.record();
        say(&format!(
            "stopped before the comparison: {} requests, {:?}, {} kills, {} crashes during a \
             request, {} unexplained 500s\n",
            record.requests,
            record.answers,
            record.kills.len(),
            record.crashes,
            record.unexplained
        ));
        ExitCode::FAILURE
    }

    /// A separate random stream for each purpose, so that none disturbs another.
    fn rng(&self, purpose: u64) -> Rng {
        Rng::with_seed(self.options.seed.wrapping_mul(1_000_003).wrapping_add(purpose))
    }

    /// By the stack's clock.
    pub(crate) fn now_ms(&self) -> i64 {
        let ahead_ms = self.ahead_seconds.load(Ordering::Relaxed).saturating_mul(1000);
        dev_stack::clock::machine_ms().saturating_add(ahead_ms)
    }

    /// Its fields are consistent after every statement, so a poisoned lock is harmless.
    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self, line: &str) {
        if !self.options.quiet {
            print_to_stderr(line);
        }
    }
}

async fn terminated() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => _ = terminated.recv().await,
        Err(_) => std::future::pending().await,
    }
}

/// It is no reason to stop if the reader of the output has gone.
fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

fn print_to_stderr(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
