//! The groups of digits in a text, and the numbers that they form together.

use std::mem::replace;
use std::ops::Range;

use super::brands::DIGITS_MAX;
use super::digits::digit;
use super::kinds::{Number, of_a_kind};

/// E.164 allows more digits, but hardly any country uses them: a longer number is more likely a card's.
const PHONE_DIGITS_MAX: usize = 13;

/// The groups in which cards print their numbers.
const ON_CARDS: [&[usize]; 8] = [
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 4, 1],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4, 3],
    &[6, 13],
    &[4, 3, 3, 3],
];

/// Characters that count as letters but are invisible.
const FILLERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];

/// All digits of a text, in groups. A group is a run of adjacent digits.
pub(super) struct Groups<'t> {
    text: &'t str,
    digits: Vec<u8>,
    all: Vec<Group>,
}

struct Group {
    digits: Range<usize>,
    /// Its byte range in the text.
    at: Range<usize>,
    /// Whether no letter separates it from the group before, so that both may be parts of one number.
    goes_on: bool,
    /// The first group of the telephone number that this group belongs to, if any. Hardly anybody writes a
    /// card number after `+`, but many phone numbers look like one: a German mobile number resembles an old
    /// Visa card.
    phone: Option<usize>,
    /// Whether it belongs to a date, a price or something else that is clearly not a card.
    of_a_kind: bool,
}

/// Consecutive groups, without the text between them.
pub(super) struct Part<'g> {
    text: &'g str,
    pub(super) digits: &'g [u8],
    groups: &'g [Group],
}

impl<'t> Groups<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let (mut digits, mut all) = (Vec::new(), Vec::<Group>::new());
        let mut goes_on = false;
        let mut before = [None, None];
        for (at, c) in text.char_indices() {
            let [last, last_but_one] = before;
            before = [Some(c), last];
            let Some(digit) = digit(c) else {
                goes_on &= !c.is_alphanumeric() || FILLERS.contains(&c);
                continue;
            };
            if !is_digit(last) {
                let is_phone = is_plus(last) && !is_digit(last_but_one);
                all.push(Group {
                    digits: digits.len()..digits.len(),
                    at: at..at,
                    goes_on,
                    phone: is_phone.then_some(all.len()),
                    of_a_kind: false,
                });
                goes_on = true;
            }
            digits.push(digit);
            if let Some(group) = all.last_mut() {
                group.digits.end = digits.len();
                group.at.end = at + c.len_utf8();
            }
        }
        continue_phones(&mut all);
        let mut groups = Self { text, digits, all };
        groups.note_kinds();
        groups
    }

    fn note_kinds(&mut self) {
        let mut end = 0;
        let number = |group: &Group| Number {
            gap: self.text.get(replace(&mut end, group.at.end)..group.at.start).unwrap_or_default(),
            digits: self.digits.get(group.digits.clone()).unwrap_or_default(),
        };
        let numbers: Vec<Number<'_>> = self.all.iter().map(number).collect();
        let mut at = 0;
        while let Some(rest) = numbers.get(at..).filter(|rest| !rest.is_empty()) {
            let count = of_a_kind(rest);
            let next = at + count.unwrap_or(1);
            for group in self.all.get_mut(at..next).unwrap_or_default() {
                group.of_a_kind = count.is_some();
            }
            at = next;
        }
    }

    /// All sequences of groups that are no longer than a card number: for each group, at most as many as such
    /// a number has digits.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        (0..self.all.len()).flat_map(move |first| self.parts_from(first))
    }

    fn parts_from(&self, first: usize) -> impl Iterator<Item = Part<'_>> {
        let from = self.all.get(first..).unwrap_or_default();
        let start = from.first().map_or(0, |group| group.digits.start);
        let short = move |group: &Group| group.digits.end - start <= DIGITS_MAX;
        let joined = |(after, group): &(usize, &Group)| *after == 0 || group.goes_on;
        let ends = from.iter().enumerate().take_while(joined);
        ends.take_while(move |(_, group)| short(group)).map(move |(after, group)| Part {
            text: self.text,
            digits: self.digits.get(start..group.digits.end).unwrap_or_default(),
            groups: from.get(..=after).unwrap_or_default(),
        })
    }
}

impl Part<'_> {
    /// Whether it is a telephone number, a date or a price, and not grouped as on a card.
    pub(super) fn is_something_else(&self) -> bool {
        let phone = self.groups.first().and_then(|group| group.phone);
        let in_a_phone_number =
            phone.is_some() && phone == self.groups.last().and_then(|group| group.phone);
        let of_a_kind = || self.groups.iter().all(|group| group.of_a_kind);
        (in_a_phone_number || of_a_kind()) && !self.is_as_on_a_card()
    }

    pub(super) fn is_as_on_a_card(&self) -> bool {
        let sizes = || self.groups.iter().map(|group| group.digits.len());
        ON_CARDS.iter().any(|on_card| sizes().eq(on_card.iter().copied()))
    }

    /// Whether it contains non-ASCII characters. Programs write and separate digits in ASCII, so a person
    /// must have pasted it.
    pub(super) fn is_pasted(&self) -> bool {
        let start = self.groups.first().map(|group| group.at.start);
        let end = self.groups.last().map(|group| group.at.end);
        let written = start.zip(end).and_then(|(start, end)| self.text.get(start..end));
        written.is_some_and(|text| !text.is_ascii())
    }

    /// The text that follows it.
    pub(super) fn after(&self) -> &str {
        let end = self.groups.last().map(|group| group.at.end);
        end.and_then(|end| self.text.get(end..)).unwrap_or_default()
    }
}

fn is_plus(c: Option<char>) -> bool {
    matches!(c, Some('+' | '\u{ff0b}'))
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| digit(c).is_some())
}

/// Extends each telephone number over the following groups as far as its length allows.
fn continue_phones(all: &mut [Group]) {
    let mut phone: Option<(usize, usize)> = None;
    for group in all {
        if let Some(first) = group.phone {
            phone = Some((first, group.digits.start));
        }
        let fits = |start: usize| group.digits.end - start <= PHONE_DIGITS_MAX;
        let is_first = group.phone.is_some();
        phone = phone.filter(|(_, start)| (is_first || group.goes_on) && fits(*start));
        group.phone = phone.map(|(first, _)| first);
    }
}
