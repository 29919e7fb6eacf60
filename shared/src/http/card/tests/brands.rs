//! A second list of brands, independent of the table under test. The ranges come from Wikipedia's "Payment
//! card number", which has none for Elo, Hipercard, mada, Uzcard and Humo; their rows have no published
//! source.

use std::ops::RangeInclusive;

use super::super::brands::is_product_code;
use super::rates::Numbers;
use super::{digit, luhn_by_table, typed};

const DECISION: &str = include_str!("../../../../../docs/decisions/0018-who-writes-decides.md");

/// The name, the ranges of the first six digits, the lengths, and the unused lengths.
pub(super) type Brand =
    (&'static str, &'static [RangeInclusive<u32>], RangeInclusive<usize>, &'static [usize]);

/// Sorted by name.
const PUBLISHED: [Brand; 26] = [
    ("American Express", &[340_000..=349_999, 370_000..=379_999], 15..=15, &[]),
    ("Borica", &[220_500..=220_599], 16..=16, &[]),
    ("China T-Union", &[310_000..=319_999], 19..=19, &[]),
    ("Dankort", &[501_900..=501_999, 457_100..=457_199], 16..=16, &[]),
    (
        "Diners Club",
        &[300_000..=305_999, 309_500..=309_599, 360_000..=369_999, 380_000..=399_999],
        14..=19,
        &[],
    ),
    ("Discover", &[601_100..=601_199, 622_126..=622_925, 644_000..=659_999], 16..=19, &[]),
    (
        "Elo",
        &[
            401_178..=401_179,
            431_274..=431_274,
            438_935..=438_935,
            457_631..=457_632,
            504_175..=504_175,
            506_699..=506_778,
            509_000..=509_999,
            627_780..=627_780,
            636_297..=636_297,
            636_368..=636_368,
            650_031..=650_033,
            655_000..=655_019,
        ],
        16..=16,
        &[],
    ),
    // Its other prefixes are shared with other brands.
    ("GPN", &[194_600..=194_699], 16..=19, &[17]),
    ("Hipercard", &[606_282..=606_282, 637_095..=637_095], 16..=16, &[]),
    ("Humo", &[986_000..=986_099], 16..=16, &[]),
    ("InstaPayment", &[637_000..=639_999], 16..=16, &[]),
    ("InterPayment", &[636_000..=636_999], 16..=19, &[]),
    ("JCB", &[352_800..=358_999], 16..=19, &[]),
    ("LankaPay", &[357_111..=357_111], 16..=16, &[]),
    (
        "Maestro",
        &[
            501_800..=501_899,
            502_000..=502_099,
            503_800..=503_899,
            589_300..=589_399,
            630_400..=630_499,
            675_900..=675_999,
            676_100..=676_399,
            676_770..=676_774,
        ],
        12..=19,
        &[],
    ),
    ("mada", &[588_845..=588_850, 968_201..=968_211], 16..=16, &[]),
    ("Mastercard", &[222_100..=272_099, 510_000..=559_999], 16..=16, &[]),
    ("Mir", &[220_000..=220_499], 16..=19, &[]),
    (
        "RuPay",
        &[
            353_000..=353_999,
            356_000..=356_999,
            508_000..=508_999,
            600_000..=609_999,
            650_000..=659_999,
            810_000..=829_999,
        ],
        16..=16,
        &[],
    ),
    ("Troy", &[650_000..=659_999, 979_200..=979_299], 16..=16, &[]),
    ("UATP", &[100_000..=199_999], 15..=15, &[]),
    ("UkrCard", &[604_001..=604_200], 16..=19, &[]),
    ("UnionPay", &[620_000..=629_999, 810_000..=817_199], 16..=19, &[]),
    ("Uzcard", &[561_400..=561_499, 860_000..=860_099], 16..=16, &[]),
    ("Verve", &[506_099..=506_198, 507_865..=507_964, 650_002..=650_027], 16..=19, &[17]),
    ("Visa", &[400_000..=499_999], 13..=19, &[14, 15, 17, 18]),
];

/// Their prefixes are so wide, or their cards so rarely typed, that searching for them would refuse more ids
/// than it finds cards.
const LEFT_OUT: [&str; 3] = ["China T-Union", "GPN", "UATP"];

/// The brands that are searched for.
pub(super) fn looked_for() -> impl Iterator<Item = &'static Brand> + Clone {
    PUBLISHED.iter().filter(|brand| !LEFT_OUT.contains(&brand.0))
}

/// A made-up card number of a brand.
pub(super) fn card(n: &mut Numbers, (_, ranges, lengths, but): &Brand) -> String {
    let lengths: Vec<usize> = lengths.clone().filter(|length| !but.contains(length)).collect();
    let range = &ranges[n.below(ranges.len())];
    let span = usize::try_from(range.end() - range.start() + 1).unwrap();
    let prefix = usize::try_from(*range.start()).unwrap() + n.below(span);
    let length = lengths[n.below(lengths.len())];
    let body = format!("{prefix}{}", n.digits("0123456789", length - 7));
    (0..10).map(|check| format!("{body}{check}")).find(|card| luhn_by_table(card)).unwrap()
}

/// The number as it is printed on the card.
pub(super) fn grouped(card: &str, gap: &str) -> String {
    let sizes: &[usize] = match card.len() {
        15 => &[4, 6, 5],
        14 => &[4, 6, 4],
        13 => &[4, 3, 3, 3],
        _ => &[4, 4, 4, 4, 3],
    };
    let (mut rest, mut groups) = (card, Vec::new());
    for size in sizes {
        let (group, after) = rest.split_at(*size.min(&rest.len()));
        groups.push(group);
        rest = after;
    }
    groups.retain(|group| !group.is_empty());
    groups.join(gap)
}

#[test]
fn every_brand_is_found_in_the_cards_own_groups_between_any_separators() {
    let gaps = [
        "", " ", "  ", "\t", "-", ".", ",", ", ", "_", "/", ":", "+", "|", " - ", "\u{a0}",
        "\u{2013}", "\u{200b}", "\u{b7}", "*", "'",
    ];
    let mut n = Numbers(7812);
    for brand in looked_for() {
        for gap in gaps.iter().cycle().take(400) {
            let card = card(&mut n, brand);
            let digits: Vec<u8> = card.chars().filter_map(digit).collect();
            let text = grouped(&card, gap);
            assert!(typed(&text) || is_product_code(&digits), "{}: {text}", brand.0);
        }
    }
}

#[test]
fn the_decision_names_the_brands_that_are_left_out() {
    for brand in PUBLISHED.iter().filter(|brand| LEFT_OUT.contains(&brand.0)) {
        let mut n = Numbers(7812);
        assert!((0..100).all(|_| !typed(&card(&mut n, brand))), "{}", brand.0);
        assert!(DECISION.contains(brand.0), "{}", brand.0);
    }
}
