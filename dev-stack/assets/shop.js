// Follows a payment: asks the API with the shopper's own token, and shows what the shop's server says
// once there is news.

const ASK_MS = 1000;
const ASK_LATER_MS = 5000;
// So long every second; then less often, as nobody looks that closely any more.
const EAGER_ASKS = 90;

// Statuses in which the page has nothing more to show until they change.
const still = ['authorized', 'review'];

const live = document.querySelector('[data-live]');
const said = document.querySelector('[data-said]');

async function json(url) {
  const answer = await fetch(url, { cache: 'no-store' });
  return answer.json();
}

async function page() {
  const answer = await fetch(location.href, { cache: 'no-store' });
  const text = await answer.text();
  return new DOMParser().parseFromString(text, 'text/html').querySelector('[data-live]');
}

// A form that somebody is filling in stays as it is.
function isInUse() {
  return live.contains(document.activeElement) && document.activeElement.matches('input');
}

function show(fresh) {
  const news = fresh.dataset.payment !== live.dataset.payment;
  const hadFocus = live.contains(document.activeElement);
  live.replaceChildren(...fresh.childNodes);
  Object.assign(live.dataset, fresh.dataset);
  if (news) said.textContent = live.querySelector('[data-title]').textContent;
  if (hadFocus) document.querySelector('main').focus();
}

async function follow(asks) {
  try {
    const { status } = await json(live.dataset.poll);
    const { payment, open } = live.dataset;
    const same = status === payment && (still.includes(status) || open === 'true');
    if (!same && !isInUse()) show(await page());
  } catch {
    // The network comes and goes: ask again.
  }
  if (live.dataset.rests === 'true') return;
  setTimeout(follow, asks < EAGER_ASKS ? ASK_MS : ASK_LATER_MS, asks + 1);
}

if (live && live.dataset.rests !== 'true') setTimeout(follow, ASK_MS, 1);
