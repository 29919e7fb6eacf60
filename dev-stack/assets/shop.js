// Shows that a form was sent, because a gateway may take its time. On an order's page, follows the payment:
// polls the API with the shopper's own token, or the shop's server where the status is not enough, and shows
// the server's new page once something has changed.

// How often to poll: less and less over time, because nobody looks that closely any more.
const PACES = [
  { asks: 90, ms: 1000 },
  { asks: 200, ms: 5000 },
  { asks: Infinity, ms: 30_000 },
];
const PATIENCE_MAX_MS = 60_000;
// One lost answer is not worth a notice.
const FAILURES_SHOWN = 2;
const TROUBLE = 'This page cannot update right now and tries again less often. Reload it for updates.';

const live = document.querySelector('[data-live]');
const said = document.querySelector('[data-said]');

function later(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// Waits while the tab is hidden.
async function looked() {
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
  }
}

async function asked(url) {
  const answer = await fetch(url, { cache: 'no-store' });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}

// The page's new content, if something has changed.
async function news() {
  const { asks, poll, shown, page, version } = live.dataset;
  if (asks === 'status') {
    const { status, failure, next_action: open } = await (await asked(poll)).json();
    if (`${status}/${failure?.code ?? ''}/${open ? 'open' : ''}` === shown) return null;
  }
  const text = await (await asked(page)).text();
  const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-live]');
  return fresh && fresh.dataset.version !== version ? fresh : null;
}

// A form that somebody is filling in stays as it is.
function isInUse() {
  const field = live.querySelector('#refund-amount');
  return field !== null && (field === document.activeElement || field.value !== '');
}

function mark(element) {
  const action = element.form?.getAttribute('action');
  return [element.tagName, element.id, element.getAttribute('href'), action, element.textContent].join('|');
}

// The focus stays on its link or button, unless that is gone.
function show(fresh) {
  const focused = live.contains(document.activeElement) ? document.activeElement : null;
  const title = live.querySelector('[data-title]').textContent;
  live.replaceChildren(...fresh.childNodes);
  Object.assign(live.dataset, fresh.dataset);
  const now = live.querySelector('[data-title]').textContent;
  if (now !== title) said.textContent = now;
  if (!focused) return;
  const again = [...live.querySelectorAll('a, button')].find((it) => mark(it) === mark(focused));
  (again ?? document.querySelector('main')).focus({ preventScroll: true });
}

function writeLine(words) {
  const line = live.querySelector('[data-follows]');
  if (line) line.textContent = words;
}

async function follow() {
  const usual = live.querySelector('[data-follows]')?.textContent;
  let failures = 0;
  for (let asks = 1; live.dataset.rests !== 'true'; asks += 1) {
    const pace = PACES.find((it) => asks <= it.asks).ms;
    await later(failures > 0 ? Math.min(1000 * 2 ** failures, PATIENCE_MAX_MS) : pace);
    await looked();
    try {
      const fresh = await news();
      if (failures >= FAILURES_SHOWN) writeLine(usual);
      failures = 0;
      if (fresh && !isInUse()) show(fresh);
    } catch {
      failures += 1;
      if (failures === FAILURES_SHOWN) writeLine(TROUBLE);
    }
  }
}

// A second press does nothing.
document.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (button?.getAttribute('aria-busy') === 'true') {
    event.preventDefault();
    return;
  }
  button?.setAttribute('aria-busy', 'true');
  button?.setAttribute('aria-disabled', 'true');
  document.querySelector('[data-busy-said]').textContent = 'One moment…';
});
// The shopper came back to the page as it was left.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

if (live) follow();
