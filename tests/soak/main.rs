//! `cargo soak`: drives the running stack as strangers do, kills it meanwhile, and compares what
//! everybody knows in the end.

mod options;

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

use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use e2e::Stack;
use fastrand::Rng;
use tokio::task::JoinSet;

use client::Client;
use figures::{Figures, Outcome};
use options::{HELP, Options};
use record::Record;
use settle::Rest;

const PROGRESS_EVERY: Duration = Duration::from_secs(5);
/// Offences that are told with all that is known; of the rest, their number.
const STORIES_MAX: usize = 10;

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
            tell(&format!("error: {error}; --help lists the options"));
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map(|runtime| runtime.block_on(soak(options))) {
        Ok(code) => code,
        Err(error) => {
            tell(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// However the owner ends, its stack and their functions end too.
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
    };
    soak.write_log();
    code
}

impl Soak {
    /// Traffic, rest, comparison.
    async fn run(self: &Arc<Self>, interrupted: &AtomicBool) -> ExitCode {
        let mut background = JoinSet::new();
        self.start_watching(&mut background);
        let begun = Instant::now();
        let lost_clients = self.traffic().await;
        let traffic_seconds = begun.elapsed().as_secs();
        self.progress("the traffic is over; all comes to rest");
        let rest = self.settle().await;
        self.progress("comparing");
        background.abort_all();
        let (truth, inbox) = (self.stack.all_truth().await, self.inbox().await);
        let world = self.world(&truth, &inbox).await;
        let mut panics = self.stack.panics();
        panics.extend(lost_clients);
        let outcome = Outcome {
            interrupted: interrupted.load(Ordering::Relaxed),
            traffic_seconds,
            orders: world.orders.len(),
            offences: compare::compare(&world),
            truth,
            inbox,
            rest,
            panics,
        };
        for offence in outcome.offences.iter().take(STORIES_MAX) {
            say(&format!("{}\n\n", self.story(offence, &outcome.truth).await));
        }
        for offence in outcome.offences.iter().skip(STORIES_MAX) {
            say(&format!("{:?} {}: {}\n", offence.kind, offence.order, offence.what));
        }
        for panic in &outcome.panics {
            say(&format!("panic: {panic}\n"));
        }
        let figures = Figures::of(&self.options, &self.record(), &outcome);
        self.publish(&figures)
    }

    /// What runs until all is at rest.
    fn start_watching(self: &Arc<Self>, background: &mut JoinSet<()>) {
        for (n, queue) in (1..).zip(merchant::QUEUES) {
            let (soak, rng) = (Arc::clone(self), self.rng(n));
            background.spawn(async move { soak.consume(queue, rng).await });
        }
        let soak = Arc::clone(self);
        background.spawn(async move { soak.watch().await });
    }

    /// Those of the clients and disturbances that did not end well.
    async fn traffic(self: &Arc<Self>) -> Vec<String> {
        let mut running = JoinSet::new();
        for number in 0..self.options.clients {
            let (soak, rng) = (Arc::clone(self), self.rng(100 + number));
            running.spawn(async move {
                Client { soak: &soak, rng, number, keys: 0 }.buy().await;
            });
        }
        let soak = Arc::clone(self);
        running.spawn(async move { soak.kill(soak.rng(10)).await });
        let soak = Arc::clone(self);
        running.spawn(async move { soak.misbehave(soak.rng(11)).await });
        let soak = Arc::clone(self);
        running.spawn(async move { soak.take(soak.rng(12)).await });
        let begun = Instant::now();
        while begun.elapsed() < self.options.traffic {
            let left = self.options.traffic.saturating_sub(begun.elapsed());
            self.progress(&self.so_far(left));
            if !self.rest_of(PROGRESS_EVERY.min(left)).await {
                break;
            }
        }
        self.over.store(true, Ordering::Relaxed);
        let mut failed = Vec::new();
        while let Some(ended) = running.join_next().await {
            failed.extend(ended.err().map(|error| error.to_string()));
        }
        failed
    }

    fn so_far(&self, left: Duration) -> String {
        let record = self.record();
        let done = self.options.traffic.saturating_sub(left).as_secs();
        format!(
            "{done:>4} s  {} requests, {} kills, {} crashes under a request; {} s left",
            record.requests,
            record.kills.len(),
            record.crashes,
            left.as_secs()
        )
    }

    fn tell_rest(&self, rest: &Rest) {
        // One line per minute of the stack's clock at most, not one per step.
        if rest.moved_seconds % 60 != 0 && !rest.unfinished.is_empty() {
            return;
        }
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
        tell("interrupted: the traffic ends, then all is compared; Ctrl-C again stops at once");
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Nothing was compared: what was seen is told, and nothing is claimed.
    fn stop_at_once(&self) -> ExitCode {
        let record = self.record();
        say(&format!(
            "stopped before the comparison: {} requests, {:?}, {} kills, {} crashes under a \
             request, {} unexplained 500s\n",
            record.requests,
            record.answers,
            record.kills.len(),
            record.crashes,
            record.unexplained
        ));
        ExitCode::FAILURE
    }

    fn publish(&self, figures: &Figures) -> ExitCode {
        say(&figures.text());
        let json = serde_json::to_string_pretty(figures).unwrap_or_default() + "\n";
        let mut written = true;
        let files = [(&self.options.json, json), (&self.options.document, figures.document())];
        for (path, text) in files {
            let Some(path) = path else { continue };
            if let Err(error) = std::fs::write(path, text) {
                tell(&format!("error: {}: {error}", path.display()));
                written = false;
            }
        }
        if figures.is_sound() && written { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn write_log(&self) {
        let Some(path) = &self.options.log else { return };
        if let Err(error) = std::fs::write(path, self.stack.log().join("\n")) {
            tell(&format!("error: {}: {error}", path.display()));
        }
    }

    async fn inbox(&self) -> Vec<serde_json::Value> {
        self.stack.whole_inbox().await
    }

    /// One stream of randomness for each purpose, so that none disturbs another.
    fn rng(&self, purpose: u64) -> Rng {
        Rng::with_seed(self.options.seed.wrapping_mul(1_000_003).wrapping_add(purpose))
    }

    /// By the stack's clock.
    pub(crate) fn now_ms(&self) -> i64 {
        let ahead_ms = self.ahead_seconds.load(Ordering::Relaxed).saturating_mul(1000);
        dev_stack::clock::machine_ms().saturating_add(ahead_ms)
    }

    /// Its fields are whole after every statement, so a poisoned lock is as good as any.
    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self, line: &str) {
        if !self.options.quiet {
            tell(line);
        }
    }
}

/// A reader that has gone away is no reason to stop.
fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
