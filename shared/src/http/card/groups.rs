//! The groups of digits in a text, and what they make together.

use std::ops::Range;

use super::brands::DIGITS_MAX;
use super::digits::digit;

/// The longest telephone number that E.164 has.
const PHONE_DIGITS_MAX: usize = 15;

/// Letters by the book, and nothing to look at.
const FILLERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];

/// All digits of a text. A group is a run of them with nothing in between.
pub(super) struct Groups {
    digits: Vec<u8>,
    all: Vec<Group>,
}

struct Group {
    digits: Range<usize>,
    /// Where it ends in the text.
    end: usize,
    /// No letter stands between the group before and this one: they may be parts of one number.
    goes_on: bool,
    /// The group, if any, with which the telephone number begins that this is a part of. After `+`
    /// nobody writes a card's number, and every tenth number of a country would pass for one: a German
    /// mobile number looks like an old Visa card.
    phone: Option<usize>,
}

/// Some groups that follow each other, without the text between them.
pub(super) struct Part<'g> {
    pub(super) digits: &'g [u8],
    groups: &'g [Group],
}

impl Groups {
    pub(super) fn of(text: &str) -> Self {
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
                let phone = (last == Some('+') && !is_digit(last_but_one)).then_some(all.len());
                all.push(Group { digits: digits.len()..digits.len(), end: at, goes_on, phone });
                goes_on = true;
            }
            digits.push(digit);
            if let Some(group) = all.last_mut() {
                group.digits.end = digits.len();
                group.end = at + c.len_utf8();
            }
        }
        continue_phones(&mut all);
        Self { digits, all }
    }

    /// All that begin and end at a group's edge and are no longer than a card's number: at most as many
    /// for each group as such a number has digits.
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
            digits: self.digits.get(start..group.digits.end).unwrap_or_default(),
            groups: from.get(..=after).unwrap_or_default(),
        })
    }
}

impl Part<'_> {
    pub(super) fn is_in_a_phone_number(&self) -> bool {
        let phone = self.groups.first().and_then(|group| group.phone);
        phone.is_some() && phone == self.groups.last().and_then(|group| group.phone)
    }

    /// How many digits each group has.
    pub(super) fn sizes(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().map(|group| group.digits.len())
    }

    /// What follows it in `text`.
    pub(super) fn after<'t>(&self, text: &'t str) -> &'t str {
        self.groups.last().and_then(|group| text.get(group.end..)).unwrap_or_default()
    }
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| digit(c).is_some())
}

/// A telephone number goes on as long as it may be one.
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
