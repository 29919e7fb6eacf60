//! The hash behind every computed name.

use sha2::{Digest, Sha256};

/// SHA-256 over the parts, each preceded by its length, so that different lists never hash the same input.
pub fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}
