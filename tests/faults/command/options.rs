//! Command-line options.

use std::path::PathBuf;

use faults::Plan;
use faults::mutants::named;
use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt as _;
use quittance::mutants::Mutant;

pub(super) const HELP: &str = "\
Searches for ways to lose, double or invent money.

Usage: cargo faults [OPTIONS]

Plays every scenario with the real functions while calls to the table, the queues, the secrets and
the gateway fail by plan, and while concurrent requests take turns. Then checks the results against
the invariants. The same options give the same search.

  --seed N          another sample (default 20261120)
  --from N          resume a search with the same seed from this setting
  --only TEXT       only settings whose name contains TEXT, such as refund or /no-keys/
  --stride N        play one in N single faults of a setting (default: 1 at the full gateway with
                    webhooks in order, otherwise 37)
  --pairs N         pairs of faults that begin with each single fault (default 1); all: every pair
  --no-schedules    no settings with concurrent requests
  --no-faults       only settings with concurrent requests
  --jobs N          how many settings to play in parallel (default: all cores)
  --seconds N       stop after this time
  --json FILE       write the figures as JSON
  --write FILE      write the figures into a document, between the marks <!-- faults --> and
                    <!-- /faults -->
  --list            print the names of all settings
  --replay 'SETTING PLAN'
                    play one run and print every call; a violation is printed with its plan
  --mutant NAME     break one rule of the protocol, search for a run that notices, and print every
                    call of it; with --replay, break the rule in that run
  --mutants         print all mutants: the rules that can be broken
  --no-mutants      do not break every rule in the runs that reach it

Exit code: 0 if no invariant broke; 1 if one did, or if the whole search did not notice a mutant; 2 for
wrong usage; 130 if interrupted. After Ctrl-C the results so far and the place to resume are printed.";

#[derive(Debug)]
pub(super) enum Command {
    Help,
    List,
    Mutants,
    Replay { setting: String, plan: Plan, mutant: Option<Mutant> },
    Hunt(Mutant, Options),
    Whole(Options),
}

#[derive(Debug)]
pub(super) struct Options {
    pub seed: u64,
    pub from: usize,
    pub only: String,
    pub schedules: bool,
    pub faults: bool,
    pub mutants: bool,
    /// `None`: the default.
    pub stride: Option<usize>,
    pub pairs: usize,
    pub jobs: usize,
    pub seconds: Option<u64>,
    pub json: Option<PathBuf>,
    pub write: Option<PathBuf>,
}

pub(super) fn parse() -> Result<Command, lexopt::Error> {
    let mut options = Options {
        seed: 20_261_120,
        from: 0,
        only: String::new(),
        schedules: true,
        faults: true,
        mutants: true,
        stride: None,
        pairs: 1,
        jobs: std::thread::available_parallelism().map_or(1, Into::into),
        seconds: None,
        json: None,
        write: None,
    };
    let (mut wanted, mut mutant) = (None, None);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("list") => return Ok(Command::List),
            Long("replay") => wanted = Some(parser.value()?.string()?),
            Long("mutants") => return Ok(Command::Mutants),
            Long("mutant") => mutant = Some(mutant_named(&parser.value()?.string()?)?),
            Long("no-mutants") => options.mutants = false,
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("from") => options.from = parser.value()?.parse()?,
            Long("only") => options.only = parser.value()?.string()?,
            Long("stride") => {
                options.stride = Some(parser.value()?.parse::<usize>()?.max(1));
            }
            Long("pairs") => {
                let wanted = parser.value()?;
                options.pairs = if wanted == "all" { usize::MAX } else { wanted.parse()? };
            }
            Long("no-schedules") => options.schedules = false,
            Long("no-faults") => options.faults = false,
            Long("jobs") => options.jobs = parser.value()?.parse()?,
            Long("seconds") => options.seconds = Some(parser.value()?.parse()?),
            Long("json") => options.json = Some(parser.value()?.into()),
            Long("write") => options.write = Some(parser.value()?.into()),
            Short(_) | Long(_) | Value(_) => return Err(argument.unexpected()),
        }
    }
    match (wanted, mutant) {
        (Some(wanted), mutant) => replay(&wanted, mutant),
        (None, Some(mutant)) => Ok(Command::Hunt(mutant, options)),
        (None, None) => Ok(Command::Whole(options)),
    }
}

fn mutant_named(name: &str) -> Result<Mutant, lexopt::Error> {
    named(name).ok_or_else(|| format!("unknown mutant {name}; --mutants prints all of them").into())
}

fn replay(text: &str, mutant: Option<Mutant>) -> Result<Command, lexopt::Error> {
    let (setting, plan) = text.split_once(' ').unwrap_or((text, "none"));
    let plan =
        plan.parse().map_err(|_| format!("{plan} is not a plan; an example is 12:after+20:dup"))?;
    Ok(Command::Replay { setting: setting.to_owned(), plan, mutant })
}
