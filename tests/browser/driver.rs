//! Finds a browser and its driver. One driver serves all tests of the process and ends with the last of
//! them.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

const BROWSERS: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const READY_WITHIN: Duration = Duration::from_secs(30);
const MISSING: &str = "\n\
    SKIPPED: no browser was found, so the pages were not tested.\n\
    Install one:  apt-get install chromium chromium-driver\n\
    (CI=true or BROWSER=required makes this a failure.)\n\n";

static DRIVER: Mutex<Weak<Driver>> = Mutex::new(Weak::new());

#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) url: String,
    pub(crate) browser: PathBuf,
    child: Mutex<Child>,
}

/// `None` if there is no browser: the test is then skipped with a visible message, unless a browser is
/// required.
pub(crate) fn driver() -> Option<Arc<Driver>> {
    let mut running = DRIVER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(driver) = running.upgrade() {
        return Some(driver);
    }
    let browser = BROWSERS.iter().find_map(|name| on_path(name));
    let (Some(program), Some(browser)) = (on_path("chromedriver"), browser) else {
        return missing();
    };
    let driver = Arc::new(start(program, browser));
    *running = Arc::downgrade(&driver);
    Some(driver)
}

/// Bypasses the test harness, which swallows the output of a passing test.
fn missing() -> Option<Arc<Driver>> {
    assert!(!is_required(), "{MISSING}");
    std::io::stderr().write_all(MISSING.as_bytes()).unwrap();
    None
}

#[expect(clippy::disallowed_methods, reason = "a test reads its own environment")]
fn is_required() -> bool {
    let says = |name: &str, word: &str| std::env::var(name).is_ok_and(|value| value == word);
    says("CI", "true") || says("BROWSER", "required")
}

#[expect(clippy::disallowed_methods, reason = "a test reads its own environment")]
fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// The driver chooses its own port and prints it when ready.
fn start(program: PathBuf, browser: PathBuf) -> Driver {
    let mut child = Command::new(program)
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let (said, port) = mpsc::channel();
    // Keeps reading to the end, so that the driver never blocks on a full pipe.
    std::thread::spawn(move || {
        for line in stdout.lines().map_while(Result::ok) {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let _ = said.send(port.trim_end_matches('.').to_owned());
            }
        }
    });
    let port = port.recv_timeout(READY_WITHIN).unwrap();
    Driver { url: format!("http://127.0.0.1:{port}"), browser, child: Mutex::new(child) }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}
