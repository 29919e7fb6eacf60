//! The whole search, told while it runs.

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use e2e::search::mutants::Ground;
use e2e::search::{Bounds, Campaign, Depth, Progress, Tally, Task, races, settings};
use quittance::ports::Clock as _;
use quittance::system::SystemClock;
use serde_json::json;

use super::mutants_told;
use super::options::Options;

const BOUNDS: Bounds = Bounds { preemptions_max: 3, preemptions_with_fault_max: 1, stride: 15 };
/// Of the single faults of a setting that is not a main one, one in so many is played.
const STRIDE: usize = 37;
/// The same while a broken rule is hunted.
const HUNTING_STRIDE: usize = 17;
/// As a shell says it of SIGINT.
const INTERRUPTED: u8 = 130;
const TELL_EVERY: Duration = Duration::from_secs(5);

/// What the terminal has shown.
struct Told {
    at: Instant,
    reached: usize,
    found: usize,
}

/// What the options leave of all that there is.
fn wanted(options: &Options) -> Vec<Task> {
    let mut tasks: Vec<Task> = settings().into_iter().map(Task::Faults).collect();
    tasks.extend(races().into_iter().map(Task::Schedules));
    tasks.retain(|task| match task {
        Task::Faults(_) => options.faults,
        Task::Schedules(_) => options.schedules,
    });
    tasks.retain(|task| task.setting().to_string().contains(&options.only));
    tasks
}

/// Where broken rules are hunted: what is asked for, the main settings first.
pub(super) fn ground(options: &Options) -> Ground {
    let mut tasks = wanted(options);
    tasks.sort_by_key(|task| !task.setting().to_string().ends_with("/in-order"));
    let stride = options.stride.unwrap_or(HUNTING_STRIDE);
    Ground {
        tasks,
        depth: Depth { stride, main_stride: stride, ..depth(options) },
        bounds: BOUNDS,
        seed: options.seed,
        runs_max: mutants_told::RUNS_MAX,
    }
}

fn depth(options: &Options) -> Depth {
    Depth {
        stride: options.stride.unwrap_or(STRIDE),
        main_stride: options.stride.unwrap_or(1),
        pairs: options.pairs,
        triples: 20,
    }
}

pub(super) fn search(options: &Options) -> ExitCode {
    let mut tasks = wanted(options);
    if tasks.len() <= options.from {
        eprintln!("{} settings are such, so there is none to begin with", tasks.len());
        return ExitCode::from(2);
    }
    // So that what takes long and what does not are mixed, and the time left can be told.
    fastrand::Rng::with_seed(options.seed).shuffle(&mut tasks);
    let started = Instant::now();
    let campaign = Campaign {
        tasks,
        depth: depth(options),
        bounds: BOUNDS,
        seed: options.seed,
        from: options.from,
        jobs: options.jobs,
        until: options.seconds.map(|seconds| started + Duration::from_secs(seconds)),
    };
    let stop = AtomicBool::new(false);
    let (tally, reached) = played(&campaign, options, started, &stop);
    let interrupted = stop.load(Ordering::Relaxed);
    if reached < campaign.tasks.len() {
        println!("not all of it: go on with cargo faults {} --from {reached}", asked());
    }
    report(&tally, started.elapsed().as_secs());
    let (killed, mutants) = if options.mutants && !interrupted {
        until_interrupted(&stop, || {
            mutants_told::all_of_them(&ground(options), options.jobs, &stop)
        })
    } else {
        (0, 0)
    };
    let figures = json!({
        "plans_single": tally.singles,
        "plans_pair": tally.pairs,
        "plans_triple": tally.triples,
        "interleavings": tally.interleavings,
        "violations": tally.found.len(),
        "mutants_total": mutants,
        "mutants_killed": killed,
        "settings": campaign.tasks.len(),
        "settings_played": reached - options.from,
        "seed": options.seed,
        "seconds": started.elapsed().as_secs(),
    });
    if let Err(error) = keep(options, &figures) {
        eprintln!("{error}");
        return ExitCode::from(2);
    }
    if !tally.found.is_empty() || killed < mutants {
        return ExitCode::from(1);
    }
    ExitCode::from(if stop.load(Ordering::Relaxed) { INTERRUPTED } else { 0 })
}

/// What came of it, and how far it came.
fn played(
    campaign: &Campaign,
    options: &Options,
    started: Instant,
    stop: &AtomicBool,
) -> (Tally, usize) {
    let told = Mutex::new(Told { at: started, reached: options.from, found: 0 });
    let tally = until_interrupted(stop, || {
        campaign.run(stop, |progress| {
            let mut told = told.lock().unwrap();
            told.reached = progress.resume_from;
            for found in progress.tally.found.iter().skip(told.found) {
                eprintln!("!! {} {}: {}", found.setting, found.plan, found.violations.join("; "));
            }
            told.found = progress.tally.found.len();
            if told.at.elapsed() >= TELL_EVERY {
                told.at = Instant::now();
                tell(options, &progress, started);
            }
        })
    });
    (tally, told.into_inner().unwrap().reached)
}

/// Writes the figures where the options say.
fn keep(options: &Options, figures: &serde_json::Value) -> Result<(), String> {
    let json = options.json.as_ref().map(|file| (file, Ok(format!("{figures}\n"))));
    let document = options.write.as_ref().map(|file| (file, rewritten(file, figures)));
    for (file, text) in json.into_iter().chain(document) {
        text.and_then(|text| std::fs::write(file, text))
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// Ctrl-C ends the search, not its report; a second one ends both.
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
                        eprintln!("interrupted: the runs at work end first");
                    }
                }
            }
        });
        searching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn tell(options: &Options, progress: &Progress<'_>, started: Instant) {
    let Progress { tally, tasks_done, tasks, resume_from } = progress;
    let done = tasks_done.saturating_sub(options.from).max(1);
    let left = tasks.saturating_sub(*tasks_done);
    let spent = started.elapsed().as_secs();
    let rate = u64::try_from(tally.runs()).unwrap_or_default() / spent.max(1);
    let left = spent * u64::try_from(left).unwrap_or_default() / u64::try_from(done).unwrap_or(1);
    eprintln!(
        "{tasks_done}/{tasks} settings · {tally} · {rate} runs/s · about {} min {} s left · \
         --from {resume_from}",
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

/// The command line, but for the place to begin at.
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
    let no_marks = || io::Error::other("it has no marks <!-- faults --> and <!-- /faults -->");
    let (before, rest) = text.split_once("<!-- faults -->").ok_or_else(no_marks)?;
    let (_, after) = rest.split_once("<!-- /faults -->").ok_or_else(no_marks)?;
    let at = SystemClock::default().now().rfc3339();
    let mut rows = format!("`cargo faults {}`, {at}:\n\n", asked());
    rows += "| figure | value |\n|---|---:|\n";
    let figures = figures.as_object().into_iter().flatten();
    rows.extend(figures.map(|(name, value)| format!("| {} | {value} |\n", name.replace('_', " "))));
    Ok(format!("{before}<!-- faults -->\n{rows}<!-- /faults -->{after}"))
}
