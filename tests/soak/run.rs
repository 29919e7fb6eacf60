//! One run: traffic, rest, comparison, result.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::Client;
use crate::compare::compare;
use crate::figures::{Figures, Outcome};
use crate::{Soak, merchant, print_to_stderr, say};

const PROGRESS_EVERY: Duration = Duration::from_secs(5);
/// How many offences are printed in full; the others get one line each.
const STORIES_MAX: usize = 10;

impl Soak {
    /// Traffic, rest, comparison.
    pub(crate) async fn run(self: &Arc<Self>, interrupted: &AtomicBool) -> ExitCode {
        let mut background = JoinSet::new();
        self.start_watching(&mut background);
        let begun = Instant::now();
        let lost_clients = self.traffic().await;
        let traffic_seconds = begun.elapsed().as_secs();
        self.progress("the traffic is over; waiting for everything to come to rest");
        let rest = self.settle().await;
        self.progress("comparing");
        let mut panics = lost_clients;
        // None of them ends by itself.
        while let Some(ended) = background.try_join_next() {
            panics.extend(ended.err().map(|error| error.to_string()));
        }
        background.abort_all();
        // Read before the comparison adds its own requests to the log.
        let log = self.stack.log();
        panics.extend(self.stack.panics());
        let (truth, inbox) = (self.stack.all_truth().await, self.stack.whole_inbox().await);
        let world = self.world(&truth, &inbox).await;
        let outcome = Outcome {
            interrupted: interrupted.load(Ordering::Relaxed),
            traffic_seconds,
            orders: world.orders.len(),
            payments_for_a_person: world.payments_for_a_person(),
            offences: compare(&world),
            truth,
            inbox,
            rest,
            panics,
        };
        for offence in outcome.offences.iter().take(STORIES_MAX) {
            say(&format!("{}\n\n", self.story(offence, &outcome.truth, &log).await));
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

    /// Starts the tasks that run until everything is at rest.
    fn start_watching(self: &Arc<Self>, background: &mut JoinSet<()>) {
        for (n, queue) in (1..).zip(merchant::QUEUES) {
            let (soak, rng) = (Arc::clone(self), self.rng(n));
            background.spawn(async move { soak.consume(queue, rng).await });
        }
        let soak = Arc::clone(self);
        background.spawn(async move { soak.watch().await });
    }

    /// Runs the clients and disturbances, and returns the failures among them.
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

    fn publish(&self, figures: &Figures) -> ExitCode {
        say(&figures.text());
        let json = serde_json::to_string_pretty(figures).unwrap_or_default() + "\n";
        let mut written = true;
        let files = [(&self.options.json, json), (&self.options.document, figures.document())];
        for (path, text) in files {
            let Some(path) = path else { continue };
            if let Err(error) = std::fs::write(path, text) {
                print_to_stderr(&format!("error: {}: {error}", path.display()));
                written = false;
            }
        }
        if figures.is_sound() && written { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    pub(crate) fn write_log(&self) {
        let Some(path) = &self.options.log else { return };
        if let Err(error) = std::fs::write(path, self.stack.log().join("\n")) {
            print_to_stderr(&format!("error: {}: {error}", path.display()));
        }
    }
}
