//! The command line: the whole stack, the sandbox gateway alone, or one function as a child.

use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use lexopt::prelude::{Long, Short, Value, ValueExt};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use url::{Host, Url};

use crate::gateways;
use crate::gateways::sandbox::Profile;
use crate::sandbox_alone::{self, SandboxOptions};
use crate::stack::{self, Options};
use crate::{children, functions};

const PORT: u16 = 3000;
const SANDBOX_PORT: u16 = 3001;

/// The log target of the embedded database's HTTP side.
const DATABASE: &str = "dynoxide::server";

const HELP: &str = "\
Runs the whole payments backend on this machine.

Usage: cargo dev [OPTIONS]
       cargo dev sandbox [OPTIONS]    the sandbox gateway alone

  --port N                 use ports N to N+5: API, sandbox, DynamoDB, SQS, Secrets Manager, shop;
                           0 picks six free ports (default 3000)
  --data DIR               keep all data in DIR between runs
  --secrets FILE           JSON object of secret names and values that override the seeded ones
  --gateway NAME[,NAME]    the gateways that take payments, in the order in which they are tried
                           (default sandbox); a=sandbox,b=sandbox gives them names of their own
  --origin URL             your own shop: return_url may point to it, and its pages may read a
                           payment's status (https://shop.example, http://localhost:5173); repeatable
  --delivery-url URL       where confirmations are posted, instead of the demo shop
  --sandbox-profile NAME   full, phonepe-like, razorpay-like, paypal-like or no-keys
  --bind ADDR              listen on ADDR instead of 127.0.0.1
  --env-vars FILE          write a file for `sam local --env-vars`, for containers that use this stack
  --quiet                  no log
  --json                   print the addresses as one line of JSON

Options of the sandbox alone:
  --port N (default 3001), --data DIR, --profile NAME, --bind ADDR, --quiet, --json
  --webhook-url URL        where to send webhooks; without it they wait
  --api-key KEY            the key that callers must send (default: generated and printed)
  --webhook-secret SECRET  whsec_… that signs the webhooks (default: generated and printed)
";

/// What the command line asks for.
#[derive(Debug)]
enum Command {
    Stack(Options),
    Sandbox(SandboxOptions),
    Function(String),
    Help,
}

/// The program: `dev-stack`, and the stack of the end-to-end tests under another name.
pub fn main() -> ExitCode {
    let command = match parse(lexopt::Parser::from_env()) {
        Ok(command) => command,
        Err(error) => return failed(&error),
    };
    let result = match command {
        Command::Help => {
            crate::banner::say(HELP);
            Ok(())
        }
        Command::Function(name) => function(&name),
        Command::Stack(options) => {
            log(options.quiet);
            wait_for(async { stack::run(&options).await.map_err(Into::into) })
        }
        Command::Sandbox(options) => {
            log(options.quiet);
            wait_for(async { sandbox_alone::run(&options).await.map_err(Into::into) })
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(error.as_ref()),
    }
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

fn wait_for(work: impl Future<Output = Result<(), AnyError>>) -> Result<(), AnyError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// One thread, as in Lambda.
fn function(name: &str) -> Result<(), AnyError> {
    children::exit_with_the_stack();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(functions::run(name))
}

fn failed(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "error: {error}");
    ExitCode::FAILURE
}

fn log(quiet: bool) {
    let level = if quiet { tracing::Level::ERROR } else { tracing::Level::INFO };
    let subscriber = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level);
    // The database warns about every condition that fails, which is the normal way to lose a lock.
    let shown = Targets::new().with_default(level).with_target(DATABASE, tracing::Level::ERROR);
    // A second stack in the same process, which only tests have, keeps the first one's log.
    let _ = subscriber.finish().with(shown).try_init();
}

fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options {
        port: PORT,
        bind: Ipv4Addr::LOCALHOST.into(),
        data: None,
        secrets: None,
        env_vars: None,
        gateways: Vec::new(),
        origins: Vec::new(),
        delivery_url: None,
        profile: Profile::Full,
        quiet: false,
        json: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("port") => options.port = parser.value()?.parse()?,
            Long("bind") => options.bind = parser.value()?.parse::<IpAddr>()?,
            Long("data") => options.data = Some(parser.value()?.into()),
            Long("secrets") => options.secrets = Some(parser.value()?.into()),
            Long("env-vars") => options.env_vars = Some(parser.value()?.into()),
            Long("gateway") => options.gateways = gateways(&parser.value()?.string()?)?,
            Long("origin") => options.origins.push(origin(&parser.value()?.string()?)?),
            Long("delivery-url") => {
                options.delivery_url = Some(delivery_url(&parser.value()?.string()?)?);
            }
            Long("sandbox-profile") => options.profile = parser.value()?.parse()?,
            Long("quiet") => options.quiet = true,
            Long("json") => options.json = true,
            Value(word) if word == "sandbox" => return sandbox(parser).map(Command::Sandbox),
            Value(word) if word == "function" => {
                let name = parser.value()?.string()?;
                return Ok(Command::Function(name));
            }
            Short(_) | Long(_) | Value(_) => return Err(argument.unexpected()),
        }
    }
    Ok(Command::Stack(options))
}

fn gateways(text: &str) -> Result<Vec<String>, lexopt::Error> {
    gateways::named(text).map_err(|why| lexopt::Error::Custom(why.into()))
}

/// Normalised as a browser writes it: any other form would never match, and only shoppers would notice.
fn origin(text: &str) -> Result<String, lexopt::Error> {
    let url = Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    let origin = url.map(|url| (url.origin().ascii_serialization(), url));
    match origin {
        Some((origin, url)) if url.as_str() == format!("{origin}/") => {
            if url.scheme() == "https" || is_this_machine(&url) {
                return Ok(origin);
            }
            let message = format!(
                "{text} cannot be an origin: plain http is only for this machine \
                 (http://localhost:5173), use https elsewhere"
            );
            Err(lexopt::Error::Custom(message.into()))
        }
        _ => {
            let message = format!("{text} is not an origin, such as http://localhost:5173");
            Err(lexopt::Error::Custom(message.into()))
        }
    }
}

/// The same rule that the API applies to a `return_url`.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The error leaves out the URL, which may hold a password.
fn delivery_url(text: &str) -> Result<Url, lexopt::Error> {
    let error = |wrong| lexopt::Error::Custom(format!("--delivery-url {wrong}").into());
    quittance::delivery_url::parse(text, true).map_err(error)
}

fn sandbox(mut parser: lexopt::Parser) -> Result<SandboxOptions, lexopt::Error> {
    let mut options = SandboxOptions {
        port: SANDBOX_PORT,
        bind: Ipv4Addr::LOCALHOST.into(),
        data: None,
        profile: Profile::Full,
        webhook_url: None,
        api_key: None,
        webhook_secret: None,
        quiet: false,
        json: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => options.port = parser.value()?.parse()?,
            Long("bind") => options.bind = parser.value()?.parse::<IpAddr>()?,
            Long("data") => options.data = Some(parser.value()?.into()),
            Long("profile" | "sandbox-profile") => options.profile = parser.value()?.parse()?,
            Long("webhook-url") => options.webhook_url = Some(parser.value()?.parse()?),
            Long("api-key") => options.api_key = Some(parser.value()?.string()?),
            Long("webhook-secret") => options.webhook_secret = Some(parser.value()?.string()?),
            Long("quiet") => options.quiet = true,
            Long("json") => options.json = true,
            Short(_) | Long(_) | Value(_) => return Err(argument.unexpected()),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::{Command, parse};

    fn command(arguments: &[&str]) -> Result<Command, String> {
        let parser = lexopt::Parser::from_args(arguments);
        parse(parser).map_err(|error| error.to_string())
    }

    #[test]
    fn options_of_the_stack_are_read() {
        let arguments = ["--port", "0", "--data", "d", "--sandbox-profile=no-keys", "--json"];
        let Ok(Command::Stack(options)) = command(&arguments) else {
            panic!("not a stack");
        };
        assert_eq!((options.port, options.json, options.quiet), (0, true, false));
        assert_eq!(options.profile.name(), "no-keys");
        assert_eq!(options.data.unwrap().to_str(), Some("d"));
        assert_eq!(options.bind.to_string(), "127.0.0.1");
    }

    #[test]
    fn a_shop_of_ones_own_is_an_origin_and_an_address() {
        let shop = ["--origin", "HTTP://localhost:5173/", "--origin=https://shop.example:443"];
        let hook = ["--delivery-url", "http://127.0.0.1:8000/hook"];
        let Ok(Command::Stack(options)) = command(&[&shop[..], &hook].concat()) else {
            panic!("not a stack");
        };
        assert_eq!(options.origins, ["http://localhost:5173", "https://shop.example"]);
        assert_eq!(options.delivery_url.unwrap().as_str(), "http://127.0.0.1:8000/hook");
        for wrong in ["localhost:5173", "shop.example", "https://a.example/b", "ftp://a.example"] {
            let error = command(&["--origin", wrong]).unwrap_err();
            assert!(error.starts_with(&format!("{wrong} is not an origin")), "{error}");
        }
        let error = command(&["--origin", "http://shop.example"]).unwrap_err();
        assert!(error.starts_with("http://shop.example cannot be an origin"), "{error}");
    }

    #[test]
    fn an_unusable_delivery_url_is_refused_in_a_sentence() {
        let error = |url| command(&["--delivery-url", url]).unwrap_err();
        let example = "is not a complete URL, such as https://shop.example/webhooks";
        assert_eq!(error("nope"), format!("--delivery-url {example}"));
        let errors = ["http://user:hush@shop.example/hook", "http://shop.example/#hush"].map(error);
        assert!(errors[0].contains("user name or password"), "{errors:?}");
        assert!(errors[1].contains("has a # part"), "{errors:?}");
        assert!(errors.iter().all(|error| !error.contains("hush")), "{errors:?}");
    }

    #[test]
    fn other_commands_are_known_by_their_first_word() {
        assert!(
            matches!(command(&["function", "sweep-due"]), Ok(Command::Function(name)) if name == "sweep-due")
        );
        let alone = command(&["sandbox", "--webhook-url", "http://127.0.0.1:1/x"]);
        assert!(matches!(alone, Ok(Command::Sandbox(options)) if options.port == 3001));
        assert!(matches!(command(&["--help"]), Ok(Command::Help)));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(command(&["--prot", "1"]).unwrap_err().contains("--prot"));
        assert!(command(&["--port", "x"]).unwrap_err().contains('x'));
        let wrong = command(&["--sandbox-profile", "x"]).unwrap_err();
        assert!(wrong.contains("the profile must be one of"), "{wrong}");
        assert!(command(&["--gateway", "x"]).unwrap_err().contains("the gateway must be one of"));
        assert!(command(&["function"]).is_err());
        assert!(command(&["sandbox", "--secrets", "f"]).is_err());
    }
}
