//! Inputs near those of a corpus, generated from a seed: the substitute for a fuzzer in `cargo test`.

use fastrand::Rng;

/// Values at which something may overflow.
const EDGES: [&str; 12] = [
    "0",
    "-1",
    "1.5",
    "1e400",
    "999999999999",
    "1000000000000",
    "18446744073709551615",
    "18446744073709551616",
    "null",
    "\"\"",
    "{}",
    "4242424242424242",
];

/// The maximum size of a merchant's body.
const LONG: usize = 64 * 1024;

/// One of `seeds`, changed in one to three places.
pub fn mutated(rng: &mut Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = rng.choice(seeds).cloned().unwrap_or_default();
    for _ in 0..rng.usize(1..=3) {
        change(rng, &mut input, seeds);
    }
    input
}

fn change(rng: &mut Rng, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    let at = rng.usize(0..=input.len());
    let end = (at + rng.usize(0..=16)).min(input.len());
    match rng.u8(0..13) {
        0 if at < input.len() => input[at] ^= 1 << rng.u8(0..8),
        1 => input.insert(at, rng.u8(..)),
        2 => drop(input.drain(at..end)),
        3 => {
            let part = input[at..end].to_vec();
            drop(input.splice(at..at, part));
        }
        4 => {
            let other = rng.choice(seeds).map(Vec::as_slice).unwrap_or_default();
            let from = rng.usize(0..=other.len());
            let part = &other[from..(from + 32).min(other.len())];
            drop(input.splice(at..at, part.iter().copied()));
        }
        5 => input.truncate(at),
        6..9 => {
            let edge = rng.choice(EDGES).unwrap_or_default();
            let (at, end) = token(input, at);
            drop(input.splice(at..end, edge.bytes()));
        }
        // Repeats one place many times, to find parsing that is slower than linear.
        9 => {
            let part = if at < end { input[at..end].to_vec() } else { b"1".to_vec() };
            let part = part.repeat(LONG.saturating_sub(input.len()) / part.len());
            drop(input.splice(at..at, part));
        }
        // A word from one place may be valid in another, so most JSON stays JSON.
        _ => {
            let other = rng.choice(seeds).map(Vec::as_slice).unwrap_or_default();
            let (from, to) = token(other, rng.usize(0..=other.len()));
            let (at, end) = token(input, at);
            drop(input.splice(at..end, other[from..to].iter().copied()));
        }
    }
}

/// The number or word around `at`.
fn token(input: &[u8], at: usize) -> (usize, usize) {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let begin = input[..at].iter().rposition(|byte| !inside(byte)).map_or(0, |place| place + 1);
    let length = input[at..].iter().position(|byte| !inside(byte)).unwrap_or(input.len() - at);
    (begin, at + length)
}
