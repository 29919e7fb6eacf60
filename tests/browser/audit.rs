//! Checks every page for axe violations, third-party requests, excess weight and sideways scrolling, on
//! phone and desktop, in light and dark.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::visit::Visit;

const AXE: &str = include_str!("axe/axe.min.js");
const BYTES_MAX: u64 = 100 * 1024;
/// A tenth of the shift that is considered noticeable.
const SHIFT_MAX: f64 = 0.01;

/// Widths and colour schemes: each width and each scheme once, not all pairs, because every pair takes
/// time.
const AUDITED: [(u32, &str); 2] = [(1280, "light"), (360, "dark")];

/// Axe's findings: the rule and the element that broke it.
const RUN_AXE: &str = r"
    const done = arguments[0];
    axe.run(document, { resultTypes: ['violations'] }).then(
        ({ violations, passes }) => done({
            rules: passes.length,
            broken: violations.flatMap(({ id, nodes }) =>
                nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`)),
        }),
        (error) => done({ rules: 0, broken: [String(error)] }),
    );";

const WEIGH: &str = r"
    const all = [...performance.getEntriesByType('navigation'),
        ...performance.getEntriesByType('resource')];
    return all.map(({ name, transferSize, decodedBodySize, initiatorType }) =>
        ({ name, bytes: Math.max(transferSize, decodedBodySize), initiatorType }));";

impl Visit {
    /// Asserts that the open page has no problems, and takes a screenshot of it.
    pub(crate) async fn audit(&self, name: &str) {
        let mut wrong = Vec::new();
        for (width, scheme) in AUDITED {
            self.at(width, scheme).await;
            let found = self.look().await;
            wrong.extend(found.into_iter().map(|it| format!("{width} {scheme}: {it}")));
            self.photograph(name, width, scheme).await;
        }
        self.at(1280, "light").await;
        assert_eq!(wrong, Vec::<String>::new(), "{name}");
    }

    /// Every problem with the page as it is shown now.
    pub(crate) async fn look(&self) -> Vec<String> {
        let (axe, sideways) = (self.axe().await, self.run(SIDEWAYS).await);
        let mut wrong = axe;
        if sideways == true {
            wrong.push("the page scrolls sideways".to_owned());
        }
        let out_of_place: Vec<String> =
            serde_json::from_value(self.run(STICKING_OUT).await).unwrap();
        wrong.extend(out_of_place);
        wrong.extend(self.weigh().await);
        wrong.extend(self.complaints().await);
        wrong
    }

    async fn axe(&self) -> Vec<String> {
        if self.run("return typeof axe").await == "undefined" {
            self.client.execute(AXE, Vec::new()).await.unwrap();
        }
        let found = self.client.execute_async(RUN_AXE, Vec::new()).await.unwrap();
        assert!(found["rules"].as_u64().unwrap() > 5, "axe checked nothing: {found}");
        serde_json::from_value(found["broken"].clone()).unwrap()
    }

    /// Everything the page has loaded, and from where.
    async fn weigh(&self) -> Vec<String> {
        let loaded = self.run(WEIGH).await;
        let loaded: &[Value] = loaded.as_array().unwrap();
        assert!(loaded.len() > 1, "a page loads at least its stylesheet: {loaded:?}");
        let ours = ["api", "sandbox", "shop"].map(|name| format!("{}/", self.stack.address(name)));
        foreign_or_heavy(loaded, &ours)
    }

    /// How far elements have moved since the page began to load, apart from moves a person caused.
    pub(crate) async fn shifted(&self) -> f64 {
        self.client.execute_async(SHIFTS, Vec::new()).await.unwrap().as_f64().unwrap()
    }

    /// Saves to `target/screenshots`.
    async fn photograph(&self, name: &str, width: u32, scheme: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../screenshots");
        self.photograph_into(&folder.join(format!("{name}-{width}-{scheme}.png"))).await;
    }

    pub(crate) async fn photograph_into(&self, file: &Path) {
        self.photograph_part(file, json!({ "captureBeyondViewport": true })).await;
    }

    /// A screenshot of the visible part of the page.
    pub(crate) async fn photograph_screen(&self, file: &Path) {
        self.photograph_part(file, json!({})).await;
    }

    async fn photograph_part(&self, file: &Path, part: Value) {
        let picture = self.devtools("Page.captureScreenshot", part).await;
        let picture = BASE64.decode(picture["data"].as_str().unwrap().as_bytes()).unwrap();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, picture).unwrap();
    }
}

fn foreign_or_heavy(loaded: &[Value], ours: &[String]) -> Vec<String> {
    let foreign = loaded.iter().filter_map(|one| {
        let name = one["name"].as_str().unwrap();
        let is_ours = ours.iter().any(|origin| name.starts_with(origin));
        (!is_ours).then(|| format!("{name} is loaded from elsewhere"))
    });
    let mut wrong: Vec<String> = foreign.collect();
    // Requests that a script makes later are not part of the page.
    let part = |one: &&Value| one["initiatorType"] != "fetch";
    let bytes: u64 = loaded.iter().filter(part).map(|one| one["bytes"].as_u64().unwrap()).sum();
    if bytes >= BYTES_MAX {
        wrong.push(format!("the page weighs {bytes} bytes"));
    }
    wrong
}

const SHIFTS: &str = r"
    const done = arguments[0];
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value;
    }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 300)));";

const SIDEWAYS: &str = "const { scrollWidth, clientWidth } = document.documentElement;\
                        return scrollWidth > clientWidth;";

/// Elements that overflow their card, and a header that ends before the window does.
const STICKING_OUT: &str = "
    const wrong = [];
    for (const card of document.querySelectorAll('.card')) {
        const edge = card.getBoundingClientRect().right - parseFloat(getComputedStyle(card).paddingRight);
        for (const part of card.querySelectorAll('*')) {
            if (part.closest('.hidden-text, .scroll, pre, svg')) continue;
            const over = part.getBoundingClientRect().right - edge;
            if (over > 0.5) wrong.push(`${part.tagName} ${part.className} sticks out by ${over} px`);
        }
    }
    const bar = document.querySelector('.bar')?.getBoundingClientRect();
    if (bar && Math.abs(bar.right - innerWidth) > 0.5) wrong.push(`the header ends at ${bar.right} px`);
    return wrong;";

/// Breaks each guard once and expects the audit to notice.
#[tokio::test]
async fn what_is_wrong_with_a_page_is_found() {
    let Some(visit) = Visit::begin().await else { return };
    visit.shop("/cart").await;
    assert_eq!(visit.look().await, Vec::<String>::new());
    visit
        .run(
            "const add = (name, more) =>
                document.querySelector('main').append(Object.assign(document.createElement(name), more));
            add('script', { textContent: 'window.ran = true' });
            add('img', { src: 'http://127.0.0.1:1/stranger.png', alt: '' });
            add('input', { type: 'text' });
            add('pre', { textContent: 'x'.repeat(1000) });
            const long = Object.assign(document.createElement('button'), { textContent: 'wide '.repeat(99) });
            long.style.width = '200%';
            document.querySelector('.card').append(long);
            document.querySelector('.bar').style.marginRight = '15px';
            performance.setResourceTimingBufferSize(1000);
            return null;",
        )
        .await;
    let wrong = visit.look().await;
    let found = |sign: &str| wrong.iter().any(|it| it.contains(sign));
    assert!(found("label at input") && found("sideways"), "{wrong:#?}");
    assert!(found("BUTTON  sticks out") && found("the header ends"), "{wrong:#?}");
    assert!(found("Content Security Policy") || found("violates"), "{wrong:#?}");
    assert_eq!(visit.run("return window.ran === undefined").await, true);
    visit.client.clone().close().await.unwrap();
}

#[test]
fn what_is_foreign_or_heavy_is_found() {
    let load = |name: &str, bytes: u64, by: &str| json!({ "name": name, "bytes": bytes, "initiatorType": by });
    let ours = ["http://127.0.0.1:1/".to_owned()];
    let page = [
        load("http://127.0.0.1:1/", 60_000, "navigation"),
        load("http://127.0.0.1:10/font.woff2", 50_000, "css"),
        load("http://127.0.0.1:1/api", 90_000, "fetch"),
    ];
    let found = foreign_or_heavy(&page, &ours);
    let wanted =
        ["http://127.0.0.1:10/font.woff2 is loaded from elsewhere", "the page weighs 110000 bytes"];
    assert_eq!(found, wanted);
    assert_eq!(foreign_or_heavy(&page[..1], &ours), Vec::<String>::new());
}

/// The first paint is complete: nothing moves when the stylesheet, the script and the remaining time
/// arrive.
#[tokio::test]
async fn nothing_moves_while_a_page_loads() {
    let Some(visit) = Visit::begin().await else { return };
    for width in [360, 1280] {
        visit.at(width, "light").await;
        visit.shop("/").await;
        assert!(visit.shifted().await < SHIFT_MAX, "shop at {width}");
        visit.to_checkout().await;
        visit.go(&visit.address().await).await;
        assert!(visit.shifted().await < SHIFT_MAX, "checkout at {width}");
    }
    visit
        .run(
            "const wide = document.createElement('p');
            wide.textContent = 'late '.repeat(500);
            document.querySelector('main').prepend(wide);
            return null;",
        )
        .await;
    assert!(visit.shifted().await > SHIFT_MAX, "the shift was not noticed");
    visit.end().await;
}
