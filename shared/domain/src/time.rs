//! Instants, in whole seconds of UTC.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    pub fn unix(self) -> i64 {
        self.0
    }

    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to `self`; negative if `earlier` is the later one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// ```
    /// use quittance_domain::time::Timestamp;
    /// assert_eq!(Timestamp::from_unix(1_795_165_200).rfc3339(), "2026-11-20T09:00:00Z");
    /// ```
    pub fn rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp(self.0)
            .ok()
            .and_then(|instant| instant.format(&Rfc3339).ok())
            .unwrap_or_default()
    }

    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(Self(instant.unix_timestamp()))
    }

    /// The date of an HTTP header, `Fri, 20 Nov 2026 09:00:00 GMT`.
    pub fn from_http_date(text: &str) -> Option<Self> {
        let instant = OffsetDateTime::parse(text, &Rfc2822).ok()?;
        Some(Self(instant.unix_timestamp()))
    }

    /// The calendar day in UTC, `2026-11-20`.
    pub fn date(self) -> String {
        self.rfc3339().chars().take(10).collect()
    }

    /// Rounds up to a multiple of `step` seconds.
    #[must_use]
    pub fn round_up(self, step: i64) -> Self {
        Self(self.0.saturating_add(step - 1).div_euclid(step).saturating_mul(step))
    }
}
