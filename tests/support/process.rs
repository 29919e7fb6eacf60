//! A dev stack as a child process: its own ports, an adjustable clock, killed together with its owner.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const READY_WITHIN: Duration = Duration::from_mins(1);

#[derive(Clone, Debug, Default)]
pub struct Options {
    pub profile: Option<&'static str>,
    /// The folder for its data, which is kept after it ends.
    pub data: Option<PathBuf>,
    /// The step at which its children pause.
    pub pause_at: Option<String>,
    /// It ends when its input closes, and so when we end; a terminal's Ctrl-C does not reach it.
    pub tied: bool,
    pub arguments: Vec<String>,
}

#[derive(Debug)]
pub struct Stack {
    pub addresses: Value,
    pub(crate) http: reqwest::Client,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    clock: PathBuf,
    _dir: TempDir,
}

impl Stack {
    pub async fn start(binary: &str) -> Self {
        Self::with(binary, Options::default()).await
    }

    pub async fn with(binary: &str, options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = dir.path().join("clock-offset");
        std::fs::write(&clock, "0").unwrap();
        let mut child = command(binary, &options, &clock).spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        collect(&mut child, Arc::clone(&log));
        let stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let addresses = ready(stdout, &log).await;
        // In the second test of a process it is already installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_mins(1))
            .build()
            .unwrap();
        Self { addresses, http, child, log, clock, _dir: dir }
    }

    pub fn address(&self, name: &str) -> &str {
        self.addresses[name].as_str().unwrap_or_default()
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.http
    }

    /// Everything the stack and its children have written to stderr.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Waits for a line with these words.
    pub async fn until_logged(&self, words: &str) -> String {
        for _ in 0..250 {
            if let Some(line) = self.log().into_iter().find(|line| line.contains(words)) {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no log line contains {words}: {}", self.log().join("\n"));
    }

    /// Panics of the stack and its children.
    pub fn panics(&self) -> Vec<String> {
        let log = self.log();
        let begins = |at: &usize| log[*at].contains("panicked");
        (0..log.len())
            .filter(begins)
            .map(|at| log[at..].iter().take(2).cloned().collect())
            .collect()
    }

    /// The file that holds how many seconds the stack's clock is ahead.
    pub fn clock_file(&self) -> &Path {
        &self.clock
    }

    /// Sets how many seconds the clock of the stack and its children is ahead.
    pub fn set_clock_ahead(&self, seconds: i64) {
        let next = self.clock.with_extension("next");
        std::fs::write(&next, seconds.to_string()).unwrap();
        std::fs::rename(&next, &self.clock).unwrap();
    }

    /// The pid of the child that has paused at `point`.
    pub async fn paused_at(&self, point: &str) -> Option<u32> {
        let wanted = format!("paused at {point} pid ");
        for _ in 0..200 {
            let line = self.log().into_iter().find_map(|line| {
                let (_, pid) = line.split_once(&wanted)?;
                pid.trim().parse().ok()
            });
            if line.is_some() {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        None
    }

    /// `kill -9`, as a power cut would.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }
}

/// Kills one process by its pid.
pub async fn kill_pid(pid: u32) {
    Command::new("kill").arg("-9").arg(pid.to_string()).status().await.unwrap();
}

fn command(binary: &str, options: &Options, clock: &Path) -> Command {
    let mut command = Command::new(binary);
    command.args(["--port", "0", "--json"]).args(&options.arguments);
    if let Some(profile) = options.profile {
        command.args(["--sandbox-profile", profile]);
    }
    if let Some(data) = &options.data {
        command.arg("--data").arg(data);
    }
    if let Some(point) = &options.pause_at {
        command.env("QUITTANCE_PAUSE_AT", point);
    }
    if options.tied {
        command.arg0("dev-stack").process_group(0);
    }
    command
        .env("QUITTANCE_CLOCK_OFFSET_FILE", clock)
        .stdin(if options.tied { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn collect(child: &mut Child, log: Arc<Mutex<Vec<String>>>) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            log.lock().unwrap().push(line);
        }
    });
}

async fn ready(mut stdout: Lines<BufReader<ChildStdout>>, log: &Mutex<Vec<String>>) -> Value {
    let line = tokio::time::timeout(READY_WITHIN, stdout.next_line()).await;
    let Ok(Ok(Some(line))) = line else {
        panic!("the stack did not start: {}", log.lock().unwrap().join("\n"));
    };
    serde_json::from_str(&line).expect("one line of JSON")
}
