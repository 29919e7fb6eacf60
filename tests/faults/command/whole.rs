//! The whole search, with progress.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use faults::mutants::{Hunt, all};
use faults::{Campaign, Progress, Tally, races, settings};
use quittance::mutants::Mutant;
use quittance::ports::Clock as _;
use quittance::system::SystemClock;
use serde_json::json;

use super::broken;
use super::campaign::{PRINT_EVERY, campaign, clean, hunted, wanted};
use super::options::Options;

/// The exit code that shells use for SIGINT.
const INTERRUPTED: u8 = 130;

/// What has been printed to the terminal.
struct Printed {
    at: Instant,
    reached: usize,
    found: usize,
    noticed: BTreeSet<Mutant>,
}

pub(super) fn search(options: &Options) -> ExitCode {
    let tasks = wanted(options);
    if tasks.len() <= options.from {
        eprintln!("only {} settings match, so there is nothing to play", tasks.len());
        return ExitCode::from(2);
    }
    let started = Instant::now();
    let mut campaign = campaign(options, tasks, started);
    let stop = AtomicBool::new(false);
    if options.mutants {
        campaign.hunts = all().map(Hunt::begin).collect();
        campaign.hunts = until_interrupted(&stop, || hunted(&clean(&campaign), &stop));
    }
    let (tally, reached) = played(&campaign, options, started, &stop);
    if reached < campaign.tasks.len() {
        println!("incomplete; resume with cargo faults {} --from {reached}", asked());
    }
    report(&tally, started.elapsed().as_secs());
    let (noticed, mutants) = (tally.noticed(), tally.hunts.len());
    if options.mutants {
        broken::report(&tally);
    }
    let figures = json!({
        "plans_single": tally.singles,
        "plans_pair": tally.pairs,
        "plans_triple": tally.triples,
        "interleavings": tally.interleavings,
        "violations": tally.found.len(),
        "mutants": mutants,
        "mutants_noticed": noticed,
        "settings": campaign.tasks.len(),
        "settings_played": reached - options.from,
        "seed": options.seed,
        "seconds": started.elapsed().as_secs(),
    });
    if let Err(error) = keep(options, &figures) {
        eprintln!("{error}");
        return ExitCode::from(2);
    }
    if tally.found.is_empty() && stop.load(Ordering::Relaxed) {
        return ExitCode::from(INTERRUPTED);
    }
    // A partial search need not reach every rule.
    let whole = campaign.tasks.len() == settings().len() + races().len() && options.from == 0;
    let missed = whole && reached == campaign.tasks.len() && noticed < mutants;
    ExitCode::from(u8::from(missed || !tally.found.is_empty()))
}

/// Runs the search. Returns its result and how far it got.
fn played(
    campaign: &Campaign,
    options: &Options,
    started: Instant,
    stop: &AtomicBool,
) -> (Tally, usize) {
    let printed = Mutex::new(Printed {
        at: started,
        reached: options.from,
        found: 0,
        noticed: BTreeSet::new(),
    });
    let tally = until_interrupted(stop, || {
        campaign.run(stop, |progress| {
            let mut printed = printed.lock().unwrap();
            printed.reached = progress.resume_from;
            for found in progress.tally.found.iter().skip(printed.found) {
                eprintln!("!! {} {}: {}", found.setting, found.plan, found.violations.join("; "));
            }
            printed.found = progress.tally.found.len();
            for hunt in progress.tally.hunts.iter().filter(|hunt| hunt.noticed.is_some()) {
                if printed.noticed.insert(hunt.mutant) {
                    println!("{hunt}");
                }
            }
            if printed.at.elapsed() >= PRINT_EVERY {
                printed.at = Instant::now();
                print_progress(options, &progress, started);
            }
        })
    });
    (tally, printed.into_inner().unwrap().reached)
}

/// Writes the figures to the file in the options.
fn keep(options: &Options, figures: &serde_json::Value) -> Result<(), String> {
    let json = options.json.as_ref().map(|file| (file, Ok(format!("{figures}\n"))));
    let document = options.write.as_ref().map(|file| (file, rewritten(file, figures)));
    for (file, text) in json.into_iter().chain(document) {
        text.and_then(|text| std::fs::write(file, text))
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// Ctrl-C ends the search and still reports; a second Ctrl-C ends everything.
fn until_interrupted<T: Send>(stop: &AtomicBool, search: impl FnOnce() -> T + Send) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    thread::scope(|scope| {
        let searching = scope.spawn(search);
        runtime.block_on(async {
            while !searching.is_finished() {
                let look_again = tokio::time::sleep(Duration::from_millis(200));
                tokio::select! {
                    () = look_again => {}
                    _ = tokio::signal::ctrl_c() => {
                        if stop.swap(true, Ordering::Relaxed) {
                            std::process::exit(INTERRUPTED.into());
                        }
                        eprintln!("interrupted: finishing the current runs");
                    }
                }
            }
        });
        searching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn print_progress(options: &Options, progress: &Progress<'_>, started: Instant) {
    let Progress { tally, tasks_done, tasks, resume_from } = progress;
    let done = tasks_done.saturating_sub(options.from).max(1);
    let left = tasks.saturating_sub(*tasks_done);
    let spent = started.elapsed().as_secs();
    let rate = u64::try_from(tally.runs()).unwrap_or_default() / spent.max(1);
    let left = spent * u64::try_from(left).unwrap_or_default() / u64::try_from(done).unwrap_or(1);
    eprintln!(
        "{tasks_done}/{tasks} settings · {tally} · {} of {} mutants noticed · {rate} runs/s · \
         about {} min {} s left · --from {resume_from}",
        tally.noticed(),
        tally.hunts.len(),
        left / 60,
        left % 60,
    );
}

fn report(tally: &Tally, seconds: u64) {
    println!("{tally}, {seconds} s");
    for (kind, found) in tally.kinds() {
        if let Some(first) = found.first() {
            println!("{:>6} × {kind}: {} {}", found.len(), first.setting, first.plan);
        }
    }
    if let Some(first) = tally.found.first() {
        println!("{}", first.shrunk());
    }
}

/// The command line without the starting place.
fn asked() -> String {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = words.iter().position(|word| word == "--from") {
        words.drain(at..(at + 2).min(words.len()));
    }
    words.join(" ")
}

/// The document with these figures between its marks.
fn rewritten(file: &Path, figures: &serde_json::Value) -> io::Result<String> {
    let text = std::fs::read_to_string(file)?;
    let no_marks =
        || io::Error::other("the marks <!-- faults --> and <!-- /faults --> are missing");
    let (before, rest) = text.split_once("<!-- faults -->").ok_or_else(no_marks)?;
    let (_, after) = rest.split_once("<!-- /faults -->").ok_or_else(no_marks)?;
    let at = SystemClock::default().now().rfc3339();
    let mut rows = format!("`cargo faults {}`, {at}:\n\n", asked());
    rows += "| figure | value |\n|---|---:|\n";
    let figures = figures.as_object().into_iter().flatten();
    rows.extend(figures.map(|(name, value)| format!("| {} | {value} |\n", name.replace('_', " "))));
    Ok(format!("{before}<!-- faults -->\n{rows}<!-- /faults -->{after}"))
}
