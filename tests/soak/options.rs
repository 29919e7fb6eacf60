//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use dev_stack::gateways::sandbox::Profile;
use lexopt::prelude::{Long, Short, ValueExt};

pub(crate) const HELP: &str = "\
Stress-tests the running stack: clients buy, capture, cancel and refund at random, over HTTP only,
while functions are killed and the gateway misbehaves. Then everything comes to rest, and the records
of the gateway, the orders, the queues and the shop are compared.

Usage: cargo soak [OPTIONS]

  --seconds N        duration of the traffic (default 60)
  --clients N        concurrent clients (default 8)
  --kill-every-ms N  how often a function's process is killed; 0: never (default 1000)
  --calm             the gateway does not misbehave, and messages are not taken twice
  --profile NAME     the sandbox gateway: full, phonepe-like, razorpay-like, paypal-like or no-keys
                     (default full)
  --seed N           seed of the clients and the disturbances (default: random, and printed)
  --json FILE        write the figures as JSON
  --write FILE       write the figures as a document, with the command and the date
  --log FILE         write the log of the stack and its functions
  --quiet            print no progress

Ctrl-C ends the traffic early and compares; Ctrl-C again stops at once.
Exit code: 0 if nothing was lost, doubled or invented and everything came to rest, 1 otherwise, 2 for
wrong usage.
";

#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) traffic: Duration,
    pub(crate) clients: u64,
    /// `None`: nothing is killed.
    pub(crate) kill_every: Option<Duration>,
    pub(crate) calm: bool,
    pub(crate) profile: Profile,
    pub(crate) seed: u64,
    pub(crate) json: Option<PathBuf>,
    pub(crate) document: Option<PathBuf>,
    pub(crate) log: Option<PathBuf>,
    pub(crate) quiet: bool,
}

impl Options {
    /// `None` if help was requested.
    pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            traffic: Duration::from_mins(1),
            clients: 8,
            kill_every: Some(Duration::from_secs(1)),
            calm: false,
            profile: Profile::Full,
            // Short enough to be typed.
            seed: fastrand::u64(1..1_000_000),
            json: None,
            document: None,
            log: None,
            quiet: false,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(None),
                Long("seconds") => {
                    options.traffic = Duration::from_secs(at_least_one(parser.value()?.parse()?)?);
                }
                Long("clients") => options.clients = at_least_one(parser.value()?.parse()?)?,
                Long("kill-every-ms") => {
                    let every_ms = parser.value()?.parse()?;
                    options.kill_every = (every_ms > 0).then(|| Duration::from_millis(every_ms));
                }
                Long("calm") => options.calm = true,
                Long("profile") => options.profile = parser.value()?.parse()?,
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("json") => options.json = Some(parser.value()?.into()),
                Long("write") => options.document = Some(parser.value()?.into()),
                Long("log") => options.log = Some(parser.value()?.into()),
                Long("quiet") => options.quiet = true,
                Short(_) | Long(_) | lexopt::Arg::Value(_) => return Err(argument.unexpected()),
            }
        }
        Ok(Some(options))
    }

    /// The command that repeats this run.
    pub(crate) fn command(&self) -> String {
        let kill_ms = self.kill_every.unwrap_or_default().as_millis();
        let mut command = format!(
            "cargo soak --seconds {} --clients {} --kill-every-ms {kill_ms} --profile {} --seed {}",
            self.traffic.as_secs(),
            self.clients,
            self.profile,
            self.seed
        );
        if self.calm {
            command.push_str(" --calm");
        }
        command
    }
}

fn at_least_one(number: u64) -> Result<u64, lexopt::Error> {
    if number > 0 {
        return Ok(number);
    }
    Err(lexopt::Error::Custom("--seconds and --clients must be at least 1".into()))
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parsed(arguments: &[&str]) -> Result<Option<Options>, String> {
        Options::parse(lexopt::Parser::from_args(arguments)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_printed_command_is_understood() {
        let typed = ["--seconds", "5", "--clients=2", "--kill-every-ms", "0", "--seed", "7"];
        let options = parsed(&[&typed[..], &["--profile", "no-keys", "--calm"]].concat());
        let options = options.unwrap().unwrap();
        assert_eq!((options.traffic.as_secs(), options.clients, options.seed), (5, 2, 7));
        assert_eq!((options.kill_every, options.calm), (None, true));
        let command = options.command();
        let again: Vec<&str> = command.split(' ').skip(2).collect();
        assert_eq!(parsed(&again).unwrap().unwrap().command(), command);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(parsed(&["--help"]).unwrap().is_none());
        for wrong in [&["--second", "1"][..], &["--seconds", "0"], &["--profile", "x"], &["x"]] {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }
}
