//! Numbers recognisable by their groups: dates, times, decimals, lists of sizes, American telephone numbers.
//! Nobody writes a whole card number like that.

use std::ops::RangeInclusive;

/// A run of digits, and the text before it.
#[derive(Clone, Copy)]
pub(super) struct Number<'t> {
    pub(super) gap: &'t str,
    pub(super) digits: &'t [u8],
}

/// A shorter rising list may be part of a card number.
const SIZES_MIN: usize = 5;
const SIZE_DIGITS_MAX: usize = 3;

/// How many numbers, starting with the first, form one of these kinds. A longer chain forms none.
pub(super) fn of_a_kind(numbers: &[Number<'_>]) -> Option<usize> {
    [date, time, decimal, sizes, american_phone].into_iter().find_map(|kind| kind(numbers))
}

impl Number<'_> {
    fn value(&self) -> u32 {
        self.digits.iter().fold(0, |value, digit| value.wrapping_mul(10) + u32::from(*digit))
    }

    fn is(&self, digits: RangeInclusive<usize>, values: RangeInclusive<u32>) -> bool {
        digits.contains(&self.digits.len()) && values.contains(&self.value())
    }
}

/// Whether `gap` occurs neither before nor after the first `count` numbers.
fn is_whole(numbers: &[Number<'_>], count: usize, gap: &str) -> bool {
    [0, count].iter().filter_map(|at| numbers.get(*at)).all(|number| number.gap != gap)
}

/// `2026-12-24`, `24.12.2026`, `12/24/2026`
fn date(numbers: &[Number<'_>]) -> Option<usize> {
    let [a, b, c, ..] = numbers else { return None };
    let is_year = |it: &Number<'_>| it.is(4..=4, 1900..=2099);
    let is_day = |it: &Number<'_>| it.is(1..=2, 1..=31);
    let fits = (is_year(a) && is_day(b) && is_day(c)) || (is_day(a) && is_day(b) && is_year(c));
    let joined = b.gap == c.gap && ["-", ".", "/"].contains(&b.gap);
    (fits && joined && is_whole(numbers, 3, b.gap)).then_some(3)
}

/// `22:15`, `22:15:10`, `22:15:10.123456+02:00`
fn time(numbers: &[Number<'_>]) -> Option<usize> {
    let next = |at: usize, gaps: &[&str], digits, values| {
        numbers.get(at).is_some_and(|it| gaps.contains(&it.gap) && it.is(digits, values))
    };
    if !numbers.first()?.is(1..=2, 0..=23) || !next(1, &[":"], 2..=2, 0..=59) {
        return None;
    }
    let mut count = 2;
    if next(count, &[":"], 2..=2, 0..=60) {
        count += 1;
        count += usize::from(next(count, &[".", ","], 1..=9, 0..=999_999_999));
    }
    let zone = ["+", "-", " +", " -"];
    if next(count, &zone, 4..=4, 0..=1400) {
        count += 1;
    } else if next(count, &zone, 2..=2, 0..=14) && next(count + 1, &[":"], 2..=2, 0..=59) {
        count += 2;
    }
    is_whole(numbers, count, ":").then_some(count)
}

/// A price, a coordinate: `39.99`, `52.520008`
fn decimal(numbers: &[Number<'_>]) -> Option<usize> {
    let [whole, fraction, ..] = numbers else { return None };
    let has_a_mark = [".", ","].contains(&fraction.gap);
    let fits = whole.digits.len() <= 4 && fraction.digits.len() <= 8;
    (has_a_mark && fits && is_whole(numbers, 2, fraction.gap)).then_some(2)
}

/// `36 38 40 42 44`
fn sizes(numbers: &[Number<'_>]) -> Option<usize> {
    let is_size = |it: &Number<'_>| it.digits.len() <= SIZE_DIGITS_MAX;
    let rising = numbers.windows(2).take_while(|pair| match pair {
        [a, b] => is_size(a) && is_size(b) && a.value() < b.value(),
        _ => false,
    });
    Some(rising.count() + 1).filter(|count| *count >= SIZES_MIN)
}

/// `(415) 555-0100`
fn american_phone(numbers: &[Number<'_>]) -> Option<usize> {
    let [area, exchange, line, ..] = numbers else { return None };
    let fits =
        area.is(3..=3, 200..=999) && exchange.is(3..=3, 200..=999) && line.is(4..=4, 0..=9999);
    let joined =
        ["-", ".", " "].contains(&line.gap) && [line.gap, ") ", ")"].contains(&exchange.gap);
    (fits && joined).then_some(3)
}
