// What the page does better with a script; paying works without one. Card numbers stay in the browser:
// they choose an outcome, and the form sends only the outcome.

const ASK_WAITING_MS = 1000;
const ASK_MS = 5000;
const main = document.querySelector('main');

function digits(text) {
  return text.replace(/\D/g, '');
}

// One line below the fields shows a hint or an error.
function complaints(line) {
  const advice = line.textContent;
  return (field, text) => {
    line.textContent = text || advice;
    line.classList.toggle('wrong', text !== '');
    field.setAttribute('aria-invalid', String(text !== ''));
    if (text !== '') field.focus();
    return text === '';
  };
}

// Test data in the field chooses its outcome, and a chosen outcome fills in its test data.
function bind(field, complain, outcomes, read, message) {
  const named = () => outcomes.find((outcome) => read(outcome) === field.value.trim());
  field.addEventListener('input', () => {
    if (field.matches('[data-card]')) {
      field.value = digits(field.value).slice(0, 19).replace(/(\d{4})(?=\d)/g, '$1 ');
    }
    complain(field, '');
    const outcome = named();
    if (outcome) outcome.checked = true;
  });
  const fill = () => {
    field.value = read(outcomes.find((outcome) => outcome.checked));
    complain(field, '');
  };
  for (const outcome of outcomes) outcome.addEventListener('change', fill);
  fill();
  return () => complain(field, named() ? '' : message);
}

// A field that chooses nothing, but that must not be empty.
function shaped(field, complain, shape, message) {
  field.addEventListener('input', () => complain(field, ''));
  return () => complain(field, shape.test(field.value.trim()) ? '' : message);
}

function cardChecks(one, outcomes) {
  const complain = complaints(one('[data-card-said]'));
  const checks = [
    bind(one('[data-card]'), complain, outcomes, (outcome) => outcome.dataset.cardNumber,
      'This is not one of the test cards below. Never enter a real card number.'),
    shaped(one('[data-card-end]'), complain, /^(0[1-9]|1[0-2]) ?\/ ?\d\d$/,
      'Enter a month and a year, such as 12 / 49.'),
    shaped(one('[data-card-code]'), complain, /^\d{3,4}$/,
      'Enter three or four digits, such as 123.'),
  ];
  return () => checks.every((check) => check());
}

// Once the form is sent, its answer decides where the shopper goes.
let sent = false;

function pay(form) {
  const said = form.querySelector('[data-busy-said]');
  const outcomes = [...form.querySelectorAll('[name="outcome"][type="radio"]')];
  const one = (selector) => form.querySelector(selector);
  const checks = {};
  if (outcomes.length > 0) checks.card = cardChecks(one, outcomes);
  if (one('[data-upi]')) {
    checks.upi = bind(one('[data-upi]'), complaints(one('[data-upi-said]')), outcomes,
      (outcome) => outcome.dataset.upiId, 'This is not one of the test IDs below.');
  }
  form.addEventListener('submit', (event) => {
    const method = new FormData(form).get('method');
    const fits = checks[method] ?? (() => true);
    if (sent || !fits()) {
      event.preventDefault();
      return;
    }
    sent = true;
    const button = event.submitter ?? one('button');
    button.setAttribute('aria-busy', 'true');
    button.setAttribute('aria-disabled', 'true');
    said.textContent = 'Contacting the bank…';
  });
  // The shopper came back to the page as it was left.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

function words(seconds) {
  const two = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return `${minutes}:${two(seconds % 60)}`;
}

// Announced to screen readers at a few moments only, not every second.
const ANNOUNCED_AT_S = [300, 60, 10];

function count(clock) {
  const shown = clock.querySelector('[data-clock]');
  const said = document.querySelector('[data-clock-said]');
  const ends = performance.now() + Number(clock.dataset.leftMs);
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    shown.textContent = words(left);
    if (ANNOUNCED_AT_S.includes(left)) said.textContent = `${words(left)} left to pay.`;
    if (left > 0) setTimeout(tick, 1000);
    else ask();
  };
  tick();
}

// Another tab, the bank or time may have moved the payment.
async function ask() {
  try {
    const headers = { accept: 'application/json' };
    const answer = await fetch(location.href, { headers, cache: 'no-store' });
    const { status, next } = await answer.json();
    const { dataset } = main;
    if (sent) return;
    if (answer.ok && (status !== dataset.status || next !== dataset.next)) location.reload();
  } catch {
    // The next interval tries again.
  }
}

const form = document.querySelector('[data-pay]');
if (form) pay(form);
const clock = document.querySelector('[data-left-ms]');
if (clock) count(clock);
if (['pay', 'confirm', 'wait'].includes(main.dataset.next)) {
  const every = main.dataset.next === 'wait' ? ASK_WAITING_MS : ASK_MS;
  setInterval(() => document.hidden || ask(), every);
  document.addEventListener('visibilitychange', () => document.hidden || ask());
}
