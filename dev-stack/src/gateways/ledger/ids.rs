//! Names for what the gateway makes: unguessable in a running stack, repeatable in a search.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

/// 15 bytes are 120 bits and exactly 24 characters of base32.
const ID_BYTES: usize = 15;

/// A seed and a counter; the n-th name is a hash of both.
#[derive(Clone)]
pub struct Ids {
    seed: [u8; 32],
    made: Arc<AtomicU64>,
}

impl Ids {
    /// Seeded by the operating system, so that nobody guesses a checkout token.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self::seeded(seed))
    }

    /// The same names in the same order for the same seed.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self { seed, made: Arc::new(AtomicU64::new(0)) }
    }

    /// `prefix` and 24 characters.
    pub(crate) fn next(&self, prefix: &str) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let digest =
            Sha256::new_with_prefix(self.seed).chain_update(number.to_be_bytes()).finalize();
        let bytes = digest.get(..ID_BYTES).unwrap_or(&digest);
        format!("{prefix}{}", BASE32_NOPAD.encode(bytes).to_ascii_lowercase())
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids(..)")
    }
}
