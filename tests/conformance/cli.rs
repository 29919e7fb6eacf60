//! `cargo conformance`: runs the cases by hand, against our imitations or any endpoint.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::prelude::{Long, Short, Value, ValueExt};
use quittance::config::AwsConfig;
use quittance::domain::time::Timestamp;
use quittance::system::unix_ms;

use super::document::{Heading, document};
use super::report::{machine, summary, table};
use super::{Played, Service, Target, known, play};

const HELP: &str = "\
Checks our imitations of DynamoDB, SQS and Secrets Manager against AWS's documentation and, for
comparison, the services at any other endpoint.

Usage: cargo conformance [OPTIONS]

  --endpoint URL      a second target: another emulator, or AWS itself with one --service
                      (https://dynamodb.eu-west-1.amazonaws.com); creates a table, queues and secrets
                      named conformance-…, and deletes them
  --name NAME         the endpoint's name and version (default: the URL)
  --service NAME      dynamodb, sqs or secretsmanager; may be repeated (default: all three)
  --filter TEXT       only cases whose name contains TEXT
  --patience SECONDS  how long a case may wait at the endpoint, whose clock cannot be moved (default 5)
  --json              print the rows as JSON instead of tables
  --write FILE        write the comparison to FILE, with today's date
  --date DATE         another date for --write

Region and credentials come from AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
AWS_SESSION_TOKEN; an emulator needs none of them. Fails if our imitations behave differently than
expected, apart from known differences.
";

#[derive(Debug, Default)]
struct Options {
    endpoint: Option<String>,
    name: Option<String>,
    services: Vec<Service>,
    filter: String,
    patience: u64,
    json: bool,
    write: Option<PathBuf>,
    date: Option<String>,
}

pub fn main() -> ExitCode {
    let options = match parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            say(HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => return failed(&error.to_string()),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let run = runtime.map(|runtime| runtime.block_on(run(&options)));
    match run {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(Ok(false)) => failed("our imitations differ from AWS's documentation"),
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error.to_string()),
    }
}

fn failed(why: &str) -> ExitCode {
    eprintln!("conformance: {why}");
    ExitCode::FAILURE
}

fn parse(mut parser: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options { patience: 5, ..Options::default() };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("endpoint") => options.endpoint = Some(parser.value()?.string()?),
            Long("name") => options.name = Some(parser.value()?.string()?),
            Long("service") => {
                let word = parser.value()?.string()?;
                let service = Service::of_word(&word);
                options.services.push(service.ok_or(format!("unknown service {word}"))?);
            }
            Long("filter") => options.filter = parser.value()?.string()?,
            Long("patience") => options.patience = parser.value()?.parse()?,
            Long("json") => options.json = true,
            Long("write") => options.write = Some(parser.value()?.into()),
            Long("date") => options.date = Some(parser.value()?.string()?),
            Long("help") | Short('h') => return Ok(None),
            other @ (Long(_) | Short(_) | Value(_)) => return Err(other.unexpected()),
        }
    }
    if options.services.is_empty() {
        options.services = Service::ALL.to_vec();
    }
    Ok(Some(options))
}

/// Whether our imitations behave as expected.
async fn run(options: &Options) -> Result<bool, String> {
    let name = options.name.clone().or_else(|| options.endpoint.clone()).unwrap_or_default();
    let target = options.endpoint.clone().map(|url| Target::Endpoint {
        url,
        account: account(),
        patience: Duration::from_secs(options.patience),
    });
    let mut compared = Vec::new();
    for service in &options.services {
        let ours = played(*service, &Target::Ours, options).await?;
        let theirs = match &target {
            Some(target) => Some(played(*service, target, options).await?),
            None => None,
        };
        show(options.json, &ours, theirs.as_ref().map(|theirs| (name.as_str(), theirs)));
        compared.push((ours, theirs));
    }
    if let Some(file) = &options.write {
        let today = Timestamp::from_unix(i64::try_from(unix_ms() / 1000).unwrap_or_default());
        let date = options.date.clone().unwrap_or_else(|| today.date());
        let other = if name.is_empty() { "nothing else" } else { &name };
        let heading = Heading { date: &date, ours: &versions(), other };
        let text = document(&heading, &compared);
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let ours = compared.iter().flat_map(|(ours, _)| &ours.rows);
    Ok(ours.into_iter().all(|row| row.matches() || known(row).is_some()))
}

async fn played(service: Service, target: &Target, options: &Options) -> Result<Played, String> {
    let played = play(service, target, &options.filter).await;
    played.map_err(|stop| format!("{}: {stop}", service.title()))
}

fn show(json: bool, ours: &Played, theirs: Option<(&str, &Played)>) {
    if json {
        say(&machine("ours", ours).to_string());
        if let Some((name, theirs)) = theirs {
            say(&machine(name, theirs).to_string());
        }
        return;
    }
    say(&table(ours, theirs));
    say(&summary("ours", ours));
    if let Some((name, theirs)) = theirs {
        say(&summary(name, theirs));
    }
    say("");
}

#[expect(clippy::print_stdout, reason = "the only place where the command prints")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::disallowed_methods, reason = "the account of a hand-made call, not of a function")]
fn account() -> AwsConfig {
    let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let nobody = super::local(None);
    AwsConfig {
        region: read("AWS_REGION").unwrap_or(nobody.region),
        access_key_id: read("AWS_ACCESS_KEY_ID").unwrap_or(nobody.access_key_id),
        secret_access_key: read("AWS_SECRET_ACCESS_KEY").unwrap_or(nobody.secret_access_key),
        session_token: read("AWS_SESSION_TOKEN"),
        ..nobody
    }
}

/// The version of the embedded engine, from the lock file, and of our own imitations.
fn versions() -> String {
    let engine = include_str!("../../Cargo.lock")
        .split("[[package]]")
        .find(|package| package.contains("name = \"dynoxide-rs\""))
        .and_then(|package| package.split("version = \"").nth(1))
        .and_then(|rest| rest.split('"').next())
        .unwrap_or("unknown");
    format!("dynoxide {engine}, dev-stack {}", env!("CARGO_PKG_VERSION"))
}
