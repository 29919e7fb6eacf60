//! `cargo faults`: the whole fault search with progress, resumable at any task, and the replay of any
//! run.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a program for people at a terminal"
)]

mod options;
mod campaign;
mod broken;
mod whole;

use std::process::ExitCode;

use faults::{broken_by, replay};
use quittance::mutants::breaking;

use self::options::{Command, HELP};

fn main() -> ExitCode {
    let command = match options::parse() {
        Ok(command) => command,
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match command {
        Command::Help => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Command::Mutants => broken::list(),
        Command::Hunt(mutant, options) => broken::report_on(mutant, &options),
        Command::Replay { setting, plan, mutant } => {
            let Some((_, report)) = breaking(mutant, || replay(&setting, &plan)) else {
                eprintln!("unknown setting {setting}; --list prints all of them");
                return ExitCode::from(2);
            };
            for line in &report.trace {
                println!("{line}");
            }
            let came = report.fired;
            println!("{came} of {} faults occurred", plan.0.len());
            println!("{} violations", report.violations.len());
            for violation in &report.violations {
                println!("  {violation}");
            }
            for invariant in broken_by(&report.violations) {
                println!("{invariant}");
            }
            if came < plan.0.len() {
                eprintln!("so this run proves little: a fault must fit the call with its number");
                return ExitCode::from(2);
            }
            ExitCode::from(u8::from(!report.violations.is_empty()))
        }
        Command::List => {
            for setting in faults::settings().iter().chain(&faults::races()) {
                println!("{setting}");
            }
            ExitCode::SUCCESS
        }
        Command::Whole(options) => whole::search(&options),
    }
}
