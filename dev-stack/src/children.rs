//! The child processes that run the functions, each one execution environment of Lambda.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::process::Command;
use tokio::sync::{Notify, mpsc, watch};

use crate::runtime_api::{Answer, Event, RuntimeApi};

/// The program that runs every function, given the function's name after the arguments.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// Where the children's output goes: their logs, and the line of a pause that a test asked for.
    pub(crate) output: Output,
}

/// Where a child's output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// To the stack's standard error.
    Shown,
    /// Only standard error: the line of a paused child.
    ErrorsOnly,
    Dropped,
}

impl Program {
    /// This binary: after a rebuild its path is gone, but `/proc/self/exe` still opens it.
    pub(crate) fn ourselves(output: Output) -> std::io::Result<Self> {
        let open = Path::new("/proc/self/exe");
        let path = if open.exists() { open.to_owned() } else { std::env::current_exe()? };
        Ok(Self { path, arguments: vec!["function".to_owned()], output })
    }

    fn command(&self, function: &str) -> Command {
        let mut command = Command::new(&self.path);
        // A process group of its own: Ctrl-C in a terminal stops the stack, and the stack its children.
        command.arg0("dev-stack").args(&self.arguments).arg(function).process_group(0);
        command.env_clear().stdin(Stdio::piped()).kill_on_drop(true);
        command.stdout(self.stdout());
        command.stderr(match self.output {
            Output::Shown | Output::ErrorsOnly => Stdio::inherit(),
            Output::Dropped => Stdio::null(),
        });
        command
    }

    /// Logs belong to standard error, since the stack's own standard output is for machines.
    fn stdout(&self) -> Stdio {
        use std::os::fd::AsFd;
        match self.output {
            Output::Shown => std::io::stderr()
                .as_fd()
                .try_clone_to_owned()
                .map_or_else(|_| Stdio::null(), Stdio::from),
            Output::ErrorsOnly | Output::Dropped => Stdio::null(),
        }
    }
}

/// A running child. It has one event at a time.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) pid: u32,
    events: mpsc::Sender<Event>,
    exit: watch::Receiver<Option<Answer>>,
    stop: Arc<Notify>,
}

static CHILDREN: AtomicU64 = AtomicU64::new(1);

impl Child {
    pub(crate) fn start(
        program: &Program,
        function: &str,
        environment: &BTreeMap<String, String>,
        api: &RuntimeApi,
    ) -> std::io::Result<Self> {
        let id = CHILDREN.fetch_add(1, Ordering::Relaxed);
        let mut command = program.command(function);
        command.envs(environment).env("AWS_LAMBDA_RUNTIME_API", api.address_of(id));
        // Opened before the child starts: a quick child would find no desk when it asks for its first
        // event, and the runtime panics at that answer.
        let events = api.open_desk(id);
        let mut process = command.spawn().inspect_err(|_| {
            api.close_desk(id);
        })?;
        let pid = process.id().unwrap_or_default();
        let (exited, exit) = watch::channel(None);
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let api = api.clone();
        tokio::spawn(async move {
            // The child exits when its standard input ends, which our own death causes too.
            let stdin = process.stdin.take();
            let status = tokio::select! {
                status = process.wait() => status,
                () = stopped.notified() => {
                    let _ = process.start_kill();
                    process.wait().await
                }
            };
            drop(stdin);
            let said = api.close_desk(id).map(Answer::Failed);
            exited.send_replace(Some(said.unwrap_or_else(|| died(status.ok()))));
        });
        Ok(Self { pid, events, exit, stop })
    }

    pub(crate) async fn send(&self, event: Event) -> bool {
        self.events.send(event).await.is_ok()
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.exit.borrow().is_none()
    }

    /// Waits for the process to end, and returns the answer for its invocation.
    pub(crate) async fn exited(&self) -> Answer {
        let mut exit = self.exit.clone();
        match exit.wait_for(Option::is_some).await {
            Ok(answer) => answer.clone().unwrap_or_else(|| died(None)),
            Err(_) => died(None),
        }
    }

    pub(crate) fn kill(&self) {
        self.stop.notify_one();
    }
}

fn died(status: Option<ExitStatus>) -> Answer {
    let status = status.map_or_else(|| "unknown".to_owned(), |status| status.to_string());
    Answer::failed("Runtime.ExitError", &format!("the runtime exited without an answer: {status}"))
}

/// The child's side: a thread that ends this process when its standard input ends, that is, once the stack is
/// gone for any reason. A child in the middle of a handler must not outlive the stack and write into the next
/// one.
pub(crate) fn exit_with_the_stack() {
    std::thread::spawn(|| {
        use std::io::Read;
        let mut stdin = std::io::stdin().lock();
        while stdin.read(&mut [0; 64]).is_ok_and(|read| read > 0) {}
        std::process::exit(0);
    });
}
