//! The program itself: how it starts, what it prints, and that nothing outlives it.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at its first surprise"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

struct Stack {
    process: Child,
    addresses: Value,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dev-stack"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(arguments: &[&str]) -> Stack {
    let mut arguments = arguments.to_vec();
    arguments.extend(["--json", "--quiet", "--port", "0"]);
    let mut process = command(&arguments).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    if line.is_empty() {
        process.stderr.take().unwrap().read_to_string(&mut line).unwrap();
    }
    let addresses = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
    Stack { process, addresses }
}

/// One request without a body, and the JSON of its answer.
fn ask(base_url: &str, method: &str, path: &str) -> Value {
    let address = base_url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    let end = "Connection: close\r\nContent-Length: 0\r\n\r\n";
    write!(socket, "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{end}").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap_or_default()
}

impl Stack {
    /// Wakes one function, so that there is a child.
    fn wake(&self) -> Vec<u64> {
        let api = self.addresses["api"].as_str().unwrap();
        ask(api, "POST", "/2015-03-31/functions/sweep-due/invocations");
        let listed = ask(api, "GET", "/2015-03-31/functions");
        let functions = listed["functions"].as_array().unwrap().clone();
        let pids = functions.iter().flat_map(|it| it["pids"].as_array().unwrap().clone());
        pids.map(|pid| pid.as_u64().unwrap()).collect()
    }

    fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn assert_gone(pids: &[u64]) {
    assert!(!pids.is_empty());
    let until = Instant::now() + Duration::from_secs(3);
    let alive = |pid: &&u64| Path::new(&format!("/proc/{pid}")).exists();
    while pids.iter().any(|pid| alive(&pid)) && Instant::now() < until {
        sleep(Duration::from_millis(20));
    }
    assert_eq!(pids.iter().filter(alive).count(), 0);
}

#[test]
fn one_line_of_json_has_every_address() {
    let stack = start(&[]);
    let names = ["api", "sandbox", "dynamodb", "sqs", "secrets_manager", "shop"];
    for name in names {
        assert!(stack.addresses[name].as_str().unwrap().starts_with("http://127.0.0.1:"), "{name}");
    }
    assert_eq!(stack.addresses["api_key"], "sk_test_local");
    assert_eq!(stack.addresses["pid"], json!(stack.process.id()));
}

#[test]
fn both_signals_stop_every_child_and_exit_with_zero() {
    for name in ["-INT", "-TERM"] {
        let mut stack = start(&[]);
        let children = stack.wake();
        stack.signal(name);
        assert_eq!(stack.process.wait().unwrap().code(), Some(0), "{name}");
        assert_gone(&children);
    }
}

#[test]
fn children_do_not_outlive_a_stack_that_is_killed() {
    let stack = start(&[]);
    let children = stack.wake();
    stack.signal("-KILL");
    assert_gone(&children);
}

#[test]
fn a_folder_serves_one_stack_at_a_time_and_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let mut first = start(&["--data", data]);
    let second = command(&["--data", data, "--port", "0"]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let error = String::from_utf8(second.stderr).unwrap();
    assert!(
        error.starts_with("error: ") && error.contains("in use by another dev stack"),
        "{error}"
    );
    first.signal("-KILL");
    first.process.wait().unwrap();
    drop(start(&["--data", data]));
}

#[test]
fn a_taken_port_is_one_sentence() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let refused = command(&["--port", &port]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(error.starts_with(&format!("error: port {port} (the API) is taken")), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn the_sandbox_runs_alone() {
    let mut process = command(&["sandbox", "--port", "0", "--json", "--quiet"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let output: Value = serde_json::from_str(&line).unwrap();
    let truth = ask(output["sandbox"].as_str().unwrap(), "GET", "/control/payments");
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(truth["payments"], json!([]));
}

#[test]
fn an_unknown_option_is_named() {
    let refused = command(&["--prot", "1"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("--prot"));
}
