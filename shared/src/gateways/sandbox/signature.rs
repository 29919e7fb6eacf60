//! Authenticates webhooks: Standard Webhooks, or the fixed header of the profiles that do not sign.

use data_encoding::HEXLOWER;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::domain::time::Timestamp;
use crate::ports::{Delivery, SignatureError, Verified};
use crate::secrets::{Fault, Members, NamedKey, named_keys};
use crate::standard_webhooks::{self, Headers, SigningKey, VerifyError};

/// The event's id becomes part of a stored key; a longer id is ignored.
const EVENT_ID_CHARS_MAX: usize = 255;

/// A webhook secret, and the signing key parsed from it.
pub(super) struct WebhookSecret {
    named: NamedKey,
    signing: SigningKey,
}

/// The usable secrets. Without any, the gateway is not opened: every webhook would be refused, and only
/// look-ups would show a payment.
pub(super) fn webhook_secrets(
    members: &Members<'_>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<WebhookSecret>, Fault> {
    let list = members.list("webhook_secrets")?;
    let named = named_keys(list, "webhook_secrets", faults, standard_webhooks::wrong_with)?;
    let signing = |named: NamedKey| {
        let signing = SigningKey::parse(named.key.expose_secret()).ok()?;
        Some(WebhookSecret { named, signing })
    };
    Ok(named.into_iter().filter_map(signing).collect())
}

pub(super) fn verify<'a>(
    secrets: &[WebhookSecret],
    signed: bool,
    delivery: &Delivery<'a>,
    now: Timestamp,
) -> Result<Verified<'a>, SignatureError> {
    let live = secrets.iter().filter(|secret| secret.named.is_live(now));
    if signed {
        let keys = live.map(|secret| &secret.signing);
        let headers = standard_headers(delivery.headers);
        standard_webhooks::verify(keys, headers, delivery.body, now.unix()).map_err(reason)?;
    } else {
        let shown = header(delivery.headers, AUTHORIZATION.as_str());
        let shown = shown.ok_or(SignatureError::Missing)?;
        check_fixed(live, shown)?;
    }
    Ok(Verified::vouch_for(delivery.body).of_event(event_id(delivery.headers)))
}

/// Checks the fixed header, which is the same with every event: the hash of a secret in lower-case hex.
fn check_fixed<'s>(
    live: impl Iterator<Item = &'s WebhookSecret>,
    shown: &str,
) -> Result<(), SignatureError> {
    // Every secret is compared to the end, so that timing reveals nothing.
    let mut matches = Choice::from(0);
    for secret in live {
        let expected = HEXLOWER.encode(&Sha256::digest(secret.named.key.expose_secret()));
        matches |= expected.as_bytes().ct_eq(shown.as_bytes());
    }
    if matches.into() { Ok(()) } else { Err(SignatureError::Mismatch) }
}

fn standard_headers(headers: &HeaderMap) -> Headers<'_> {
    Headers {
        id: header(headers, standard_webhooks::ID),
        timestamp: header(headers, standard_webhooks::TIMESTAMP),
        signature: header(headers, standard_webhooks::SIGNATURE),
    }
}

fn event_id(headers: &HeaderMap) -> Option<&str> {
    header(headers, standard_webhooks::ID).filter(|id| {
        (1..=EVENT_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
    })
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn reason(error: VerifyError) -> SignatureError {
    match error {
        VerifyError::MissingHeader => SignatureError::Missing,
        VerifyError::MalformedTimestamp => SignatureError::Malformed,
        VerifyError::StaleTimestamp => SignatureError::Stale,
        VerifyError::WrongSignature => SignatureError::Mismatch,
    }
}
