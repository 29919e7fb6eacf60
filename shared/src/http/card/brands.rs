//! Decides which digits are a card number.

use std::ops::RangeInclusive;

/// The length of the longest card numbers.
pub(super) const DIGITS_MAX: usize = 19;

pub(super) fn is_card_number(digits: &[u8]) -> bool {
    has_brand(digits) && passes_luhn(digits) && !is_product_code(digits)
}

/// The prefixes as ranges of the first six digits, with their lengths. The ranges are wider than the brands'
/// own tables where these differ or have changed, but never so wide that they include timestamps (1…) or the
/// order numbers that shops like to use (1…, 7…, 9…).
pub(super) const BRANDS: [(RangeInclusive<u32>, &[usize]); 30] = [
    // Visa; 13 digits are found on old cards only.
    (400_000..=499_999, &[13, 16, 19]),
    // Mastercard
    (510_000..=559_999, &[16]),
    (222_100..=272_099, &[16]),
    // American Express
    (340_000..=349_999, &[15]),
    (370_000..=379_999, &[15]),
    // Diners Club
    (300_000..=305_999, &[14, 15, 16, 17, 18, 19]),
    (309_000..=309_999, &[14, 15, 16, 17, 18, 19]),
    (360_000..=369_999, &[14, 15, 16, 17, 18, 19]),
    (380_000..=399_999, &[14, 15, 16, 17, 18, 19]),
    // JCB, and RuPay's 353 and 356
    (352_800..=358_999, &[16, 17, 18, 19]),
    // Discover, and RuPay's 65; Discover's 622126 to 622925 are UnionPay's too
    (601_100..=601_199, &[16, 17, 18, 19]),
    (644_000..=659_999, &[16, 17, 18, 19]),
    // UnionPay, and RuPay's 81
    (620_000..=629_999, &[16, 17, 18, 19]),
    (810_000..=819_999, &[16, 17, 18, 19]),
    // RuPay, and UkrCard's 604001 to 604200
    (600_000..=609_999, &[16]),
    (604_001..=604_200, &[17, 18, 19]),
    (820_000..=829_999, &[16]),
    // Mir, and Borica's 2205
    (220_000..=220_599, &[16, 17, 18, 19]),
    // Uzcard, Humo, Troy, mada
    (860_000..=860_099, &[16]),
    (986_000..=986_099, &[16]),
    (979_200..=979_299, &[16]),
    (968_201..=968_211, &[16]),
    // Maestro, and RuPay's 508. Maestro cards of fewer than 16 digits are nearly extinct and its prefixes
    // are wide, so short numbers count only with the prefixes known to have had them.
    (500_000..=509_999, &[16, 17, 18, 19]),
    (560_000..=589_999, &[16, 17, 18, 19]),
    (630_000..=639_999, &[16, 17, 18, 19]),
    (670_000..=679_999, &[16, 17, 18, 19]),
    (630_400..=630_499, &[12, 13, 14, 15]),
    (675_900..=676_999, &[12, 13, 14, 15]),
    (501_800..=503_899, &[12, 13, 14, 15]),
    (589_300..=589_399, &[12, 13, 14, 15]),
];

fn has_brand(digits: &[u8]) -> bool {
    let prefix = digits.iter().take(6).fold(0, |prefix, digit| prefix * 10 + u32::from(*digit));
    BRANDS
        .iter()
        .any(|(prefixes, lengths)| prefixes.contains(&prefix) && lengths.contains(&digits.len()))
}

fn passes_luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let weighed = |(index, digit): (usize, &u8)| match index % 2 {
        0 => u32::from(*digit),
        _ => doubled(u32::from(*digit)),
    };
    digits.iter().rev().enumerate().map(weighed).sum::<u32>() % 10 == 0
}

/// Whether the check digit is that of a bar code (GTIN-13). Germany's have 13 digits, begin with 4, and every
/// tenth passes Luhn; a shop may well use its products' bar codes as ids.
pub(super) fn is_product_code(digits: &[u8]) -> bool {
    let weighed = |(index, digit): (usize, &u8)| match index % 2 {
        0 => u32::from(*digit),
        _ => u32::from(*digit) * 3,
    };
    digits.len() == 13 && digits.iter().enumerate().map(weighed).sum::<u32>() % 10 == 0
}
