//! A person at a browser with their own stack and a fresh profile: what they do and see.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use e2e::{Options, Stack};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::STACK;
use crate::driver::{Driver, driver};
use crate::wire::Wire;

/// Longer than any step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

pub(crate) struct Visit {
    pub(crate) stack: Stack,
    pub(crate) client: Client,
    browser_pid: Option<u64>,
    _driver: Arc<Driver>,
    _profile: TempDir,
}

impl Visit {
    /// `None` if there is no browser.
    pub(crate) async fn begin() -> Option<Self> {
        let driver = driver()?;
        let profile = tempfile::tempdir().unwrap();
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(PATIENCE));
        let mut builder = ClientBuilder::new(connector);
        builder.capabilities(capabilities(&driver, &profile).as_object().unwrap().clone());
        let session = tokio::time::timeout(PATIENCE, builder.connect(&driver.url));
        let (session, stack) = tokio::join!(session, Stack::with(STACK, Options::default()));
        let client = session.unwrap().unwrap();
        let browser_pid = client.capabilities().and_then(|it| it["goog:processID"].as_u64());
        let visit = Self { stack, client, browser_pid, _driver: driver, _profile: profile };
        visit.at(1280, "light").await;
        Some(visit)
    }

    /// Checks that the console holds no complaints at the end.
    pub(crate) async fn end(mut self) {
        assert_eq!(self.complaints().await, Vec::<String>::new());
        self.client.clone().close().await.unwrap();
        self.browser_pid = None;
    }

    /// Sets the width and the colour scheme.
    pub(crate) async fn at(&self, width: u32, scheme: &str) {
        let height = if width < 600 { 740 } else { 800 };
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1,
            "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    pub(crate) async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        self.client.issue_cmd(Wire::Devtools { command, parameters }).await.unwrap()
    }

    /// Console messages since the last call, apart from those about the status of the page itself and
    /// about the browser's own pages.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let said = self.client.issue_cmd(Wire::Console).await.unwrap();
        let entries = said.as_array().unwrap().iter();
        let messages =
            entries.map(|it| (it["level"].as_str().unwrap(), it["message"].as_str().unwrap()));
        messages
            .filter(|(_, it)| !it.starts_with("chrome://"))
            .filter(|(_, it)| !it.contains("the server responded with a status of 4"))
            .map(|(level, it)| format!("{level}: {it}"))
            .collect()
    }

    pub(crate) async fn shop(&self, path: &str) {
        self.go(&format!("{}{path}", self.stack.address("shop"))).await;
    }

    pub(crate) async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    pub(crate) async fn address(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// Waits for an element to exist.
    #[track_caller]
    pub(crate) fn find(&self, css: &str) -> impl Future<Output = Element> {
        let at = std::panic::Location::caller();
        async move {
            let wait = self.client.wait().at_most(PATIENCE).every(LOOK_AGAIN);
            match wait.for_element(Locator::Css(css)).await {
                Ok(element) => element,
                Err(error) => {
                    let text = self.client.find(Locator::Css("body")).await.unwrap();
                    let text = text.text().await.unwrap();
                    panic!("no {css} ({at}): {error}; {} shows {text}", self.address().await)
                }
            }
        }
    }

    /// Clicks an element; retries once if the page replaced it after it was found.
    #[track_caller]
    pub(crate) fn click(&self, css: &str) -> impl Future<Output = ()> {
        let (first, again) = (self.find(css), self.find(css));
        async {
            match first.await.click().await {
                Err(error) if error.is_stale_element_reference() => {
                    again.await.click().await.unwrap();
                }
                pressed => pressed.unwrap(),
            }
        }
    }

    /// Replaces a field's content, key by key.
    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// The text of an existing element, read in one go because the page may replace it meanwhile.
    #[track_caller]
    pub(crate) fn text(&self, css: &str) -> impl Future<Output = String> {
        let element = self.find(css);
        async move {
            element.await;
            let read = "return document.querySelector(arguments[0]).innerText.trim()";
            let text = self.client.execute(read, vec![json!(css)]).await.unwrap();
            text.as_str().unwrap().to_owned()
        }
    }

    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Waits until the checkout page shows this next step and this payment status.
    #[track_caller]
    pub(crate) fn until_checkout(&self, next: &str, status: &str) -> impl Future<Output = ()> {
        let css = format!("main[data-next={next}][data-status={status}]");
        let at = std::panic::Location::caller();
        async move {
            let wait = self.client.wait().at_most(PATIENCE).every(LOOK_AGAIN);
            let found = wait.for_element(Locator::Css(&css)).await;
            assert!(found.is_ok(), "no {css} at {}, {at}", self.address().await);
        }
    }

    /// Waits until the order's page shows one of its three states.
    pub(crate) async fn until_order(&self, word: &str) {
        self.find(&format!("[data-status={word}]")).await;
    }

    /// Switches the prices to this currency.
    pub(crate) async fn in_currency(&self, code: &str) {
        self.shop("/").await;
        self.find("#currency").await.select_by_value(code).await.unwrap();
        self.click("form[action='/currency'] button").await;
        self.find(&format!("#currency option[value='{code}'][selected]")).await;
    }

    /// From the shop's first page to the checkout page for one mug.
    pub(crate) async fn to_checkout(&self) {
        self.shop("/").await;
        self.click("form[action='/cart'] .primary").await;
        self.click("form[action='/checkout'] button").await;
        self.until_checkout("pay", "pending").await;
    }

    /// Chooses an outcome on the checkout page and pays.
    pub(crate) async fn choose(&self, outcome: &str) {
        self.click(&format!("#outcome-{outcome}")).await;
        self.click("[data-submit]").await;
    }
}

impl Drop for Visit {
    /// A failing test leaves its browser behind, and the driver would not close it.
    fn drop(&mut self) {
        if let Some(pid) = self.browser_pid {
            let _ = Command::new("kill").arg(pid.to_string()).status();
        }
    }
}

fn capabilities(driver: &Driver, profile: &TempDir) -> Value {
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
    ];
    let arguments = arguments.map(str::to_owned).into_iter();
    let profile = format!("--user-data-dir={}", profile.path().display());
    json!({
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": {
            "binary": driver.browser,
            "args": arguments.chain([profile]).collect::<Vec<_>>(),
        },
    })
}
