//! Measures both errors: ids that are refused, and cards that pass. The decision publishes the figures.

use super::brands::{card, grouped, looked_for};
use super::{made, typed};

const DECISION: &str = include_str!("../../../../../docs/decisions/0018-who-writes-decides.md");
/// How many samples of each kind.
const COUNT: u32 = 5_000;
const ANY: &str = "123456789";

/// The same numbers on every machine: `SplitMix64`.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    /// This many digits, beginning with one of `first`.
    pub(super) fn digits(&mut self, first: &str, count: usize) -> String {
        let at = self.below(first.len());
        let rest = format!("{:020}", self.next());
        format!("{}{}", &first[at..=at], &rest[rest.len() - (count - 1)..])
    }

    fn hex(&mut self, count: usize) -> String {
        format!("{:016x}", self.next())[..count].to_owned()
    }
}

type Made = (&'static str, fn(&mut Numbers) -> String);

/// Ids that a shop's programs put into an order, by name.
const IDS: [Made; 22] = [
    ("13 digits", |n| n.digits(ANY, 13)),
    ("13 digits that begin with 4", |n| n.digits("4", 13)),
    ("16 digits", |n| n.digits(ANY, 16)),
    ("18 digits", |n| n.digits(ANY, 18)),
    ("19 digits", |n| n.digits(ANY, 19)),
    ("16 digits behind letters", |n| format!("INV{}", n.digits(ANY, 16))),
    ("a UUID", |n| {
        let [a, b, c, d, e] = [8, 4, 3, 3, 12].map(|count| n.hex(count));
        format!("{a}-{b}-4{c}-a{d}-{e}")
    }),
    ("a hash in hex", |n| format!("{}{}{}", n.hex(16), n.hex(16), n.hex(8))),
    ("16 digits in groups of four", |n| [4; 4].map(|count| n.digits(ANY, count)).join("-")),
    ("a date and a counter", |n| {
        format!("2026-{:02}-{:02}-{:06}", n.below(12) + 1, n.below(28) + 1, n.below(1_000_000))
    }),
    ("two American phone numbers", |n| {
        let [a, b] = [(); 2].map(|()| {
            format!("{}-{}-{}", n.digits(&ANY[1..], 3), n.digits(&ANY[1..], 3), n.digits(ANY, 4))
        });
        format!("{a}, {b}")
    }),
    ("a German IBAN in groups", |n| {
        let groups = [4; 4].map(|count| n.digits("0123456789", count)).join(" ");
        format!("DE{:02} {groups} {:02}", n.below(97) + 2, n.below(100))
    }),
    ("two numbers of 8 digits", |n| [8; 2].map(|count| n.digits(ANY, count)).join(", ")),
    ("six numbers of 4 digits with commas", |n| [4; 6].map(|count| n.digits(ANY, count)).join(",")),
    ("coordinates with 6 decimals", |n| {
        let [north, west] = [6; 2].map(|count| n.digits("0123456789", count));
        format!("{}.{north},-{}.{west}", 40 + n.below(13), 70 + n.below(10))
    }),
    ("coordinates with 5 decimals", |n| {
        let [north, east] = [5; 2].map(|count| n.digits("0123456789", count));
        format!("{}.{north}, {}.{east}", 40 + n.below(13), n.below(20))
    }),
    ("a time with microseconds, late in the evening", |n| {
        let micros = n.digits("0123456789", 6);
        format!(
            "2026-11-{:02}T{}:{:02}:{:02}.{micros}+00:00",
            n.below(30) + 1,
            22 + n.below(2),
            n.below(60),
            n.below(60)
        )
    }),
    ("two dates with dots", |n| {
        let [a, b] =
            [(); 2].map(|()| format!("{:02}.{:02}.2026", n.below(28) + 1, n.below(12) + 1));
        format!("{a} - {b}")
    }),
    ("four prices", |n| [(); 4].map(|()| format!("{}.99", n.digits(ANY, 2))).join(" ")),
    ("a list of sizes", |n| {
        let (first, step) = (30 + n.below(12), n.below(2) + 1);
        (0..9).map(|at| (first + at * step).to_string()).collect::<Vec<_>>().join("/")
    }),
    ("a German mobile number behind a plus", |n| {
        format!("+49 15{} {}", n.digits("0123456789", 2), n.digits(ANY, 7))
    }),
    ("13 digits behind a plus", |n| format!("+{}", n.digits(ANY, 13))),
];

type Way = (&'static str, fn(&str) -> String);

/// Ways to write a card number in a text, by name.
const WAYS: [Way; 13] = [
    ("solid", str::to_owned),
    ("grouped by spaces", |card| grouped(card, " ")),
    ("grouped by dots", |card| grouped(card, ".")),
    ("grouped by two spaces", |card| grouped(card, "  ")),
    ("grouped by zero-width spaces", |card| grouped(card, "\u{200b}")),
    ("grouped, with expiry and code", |card| format!("{} 12/27 123", grouped(card, " "))),
    ("solid, with an expiry", |card| format!("{card} 0127")),
    ("solid, behind letters", |card| format!("PAN{card}")),
    ("in pairs", |card| in_groups(card, 2)),
    ("digit by digit", |card| in_groups(card, 1)),
    ("solid, behind a plus", |card| format!("+{card}")),
    ("grouped, behind a plus", |card| format!("+{}", grouped(card, " "))),
    ("a track", |card| format!("%B{card}^DOE/JANE^2712101?")),
];

fn in_groups(card: &str, size: usize) -> String {
    let digits: Vec<char> = card.chars().collect();
    let groups: Vec<String> = digits.chunks(size).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// A row as in the decision: percent with one decimal, for typed and for machine-made values.
fn row(name: &str, texts: &[String], counts: impl Fn(bool) -> bool) -> String {
    let share = |found: fn(&str) -> bool| {
        let count = texts.iter().filter(|text| counts(found(text))).count();
        let per_mille = (count * 1000 + texts.len() / 2) / texts.len();
        format!("{}.{} %", per_mille / 10, per_mille % 10)
    };
    format!("| {name} | {} | {} |", share(typed), share(made))
}

#[test]
fn both_errors_are_those_that_the_decision_publishes() {
    let mut n = Numbers(18);
    let refused = IDS.map(|(name, id)| {
        let ids: Vec<String> = (0..COUNT).map(|_| id(&mut n)).collect();
        row(name, &ids, |found| found)
    });
    let passing = WAYS.map(|(name, way)| {
        let brands = looked_for().cycle().take(usize::try_from(COUNT).unwrap());
        let cards: Vec<String> = brands.map(|brand| way(&card(&mut n, brand))).collect();
        row(name, &cards, |found| !found)
    });
    let all = format!("{}\n\n{}", refused.join("\n"), passing.join("\n"));
    for row in refused.iter().chain(&passing) {
        assert!(DECISION.contains(row.as_str()), "the decision lacks {row}\n\n{all}");
    }
}
