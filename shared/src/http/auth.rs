//! Who calls: a merchant's server with an API key and its scopes, or a shopper's browser with a status
//! token for one payment.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use secrecy::ExposeSecret;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::domain::id::PaymentId;
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::http::problem::{Kind, Problem};
use crate::http::status_token;
use crate::secrets::{Keys, NamedKey, SecretError, is_before};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    OrdersWrite,
    PaymentsWrite,
    RefundsWrite,
    Read,
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrdersWrite => "orders:write",
            Self::PaymentsWrite => "payments:write",
            Self::RefundsWrite => "refunds:write",
            Self::Read => "read",
        }
    }
}

/// An API key as it is stored: by its hash, so that who reads the secret cannot call us.
#[derive(Clone, Deserialize)]
struct ApiKey {
    sha256: String,
    scopes: Vec<String>,
    #[serde(default)]
    not_after: Option<String>,
}

pub(crate) const API_KEYS: &str = "api-keys";
pub(crate) const STATUS_TOKEN: &str = "status-token";
/// The dev stack's key. Everybody knows it, so no other stack takes it.
const LOCAL_KEY: &str = "sk_test_local";
/// A shopper may come back so much later than the payment was made, even if the order ended before.
const TOKEN_SECONDS_MIN: i64 = 72 * 3600;

/// How `merchant` refuses.
pub const REFUSALS: [Kind; 3] = [Kind::Unauthorized, Kind::Forbidden, Kind::Unavailable];

/// The merchant's own server, with a key that has `scope`.
pub async fn merchant(app: &App, headers: &HeaderMap, scope: Scope) -> Result<(), Problem> {
    let key = bearer(headers).ok_or_else(unauthorized)?;
    if key == LOCAL_KEY && !app.config.dev_stack {
        return Err(unauthorized());
    }
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(key.as_bytes()));
    let known = match find(app, &hash).await? {
        Some(known) => known,
        None if app.secrets.forget_if_stale(API_KEYS) => {
            find(app, &hash).await?.ok_or_else(unauthorized)?
        }
        None => return Err(unauthorized()),
    };
    if known.scopes.iter().any(|known| known == scope.as_str()) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

async fn find(app: &App, hash: &str) -> Result<Option<ApiKey>, Problem> {
    let keys: Vec<ApiKey> = match app.secrets.read(API_KEYS).await {
        Ok(keys) => keys,
        Err(SecretError::Unavailable(cause)) => {
            return Err(Problem::new(Kind::Unavailable).because(cause));
        }
        // A placeholder opens nothing.
        Err(SecretError::NotSet | SecretError::Malformed) => Vec::new(),
    };
    let now = app.clock.now();
    // Every key is compared, and in constant time, so that time tells nothing.
    let mut found = None;
    for key in keys {
        let same = bool::from(key.sha256.as_bytes().ct_eq(hash.as_bytes()));
        if same && is_before(key.not_after.as_deref(), now) {
            found = Some(key);
        }
    }
    Ok(found)
}

/// No token has a comma in it (RFC 6750, 2.1). One that does came from two headers, and which of two
/// callers is meant is not for us to choose: neither is taken, be they equal.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let key = scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())?;
    (!key.is_empty() && !key.contains(',')).then_some(key)
}

pub fn unauthorized() -> Problem {
    Problem::new(Kind::Unauthorized)
}

/// A token for the browser of the shopper who pays this payment.
pub async fn issue_token(
    app: &App,
    order: &Order,
    payment: &PaymentId,
) -> Result<String, SecretError> {
    let keys = token_keys(app).await?;
    let key = keys.first().ok_or(SecretError::NotSet)?;
    let born = order.attempts.get(payment).map_or(order.created_at, |a| a.created_at);
    let exp = order.expires_at.max(born.plus(TOKEN_SECONDS_MIN));
    let secret = key.key.expose_secret().as_bytes();
    Ok(status_token::sign(&key.id, secret, payment.as_str(), exp.unix()))
}

/// Checked before anything is read: a token opens its own payment only.
pub async fn shopper(app: &App, token: &str, payment: &PaymentId) -> Result<(), Problem> {
    let now = app.clock.now();
    let first = check_token(app, token, payment, now).await?;
    match first {
        Ok(()) => Ok(()),
        Err(_) if app.secrets.forget_if_stale(STATUS_TOKEN) => {
            check_token(app, token, payment, now).await?.map_err(|_| unauthorized())
        }
        Err(_) => Err(unauthorized()),
    }
}

async fn check_token(
    app: &App,
    token: &str,
    payment: &PaymentId,
    now: Timestamp,
) -> Result<Result<(), status_token::TokenError>, Problem> {
    let keys = match token_keys(app).await {
        Ok(keys) => keys,
        Err(SecretError::Unavailable(cause)) => {
            return Err(Problem::new(Kind::Unavailable).because(cause));
        }
        Err(SecretError::NotSet | SecretError::Malformed) => Vec::new(),
    };
    let in_use = keys.iter().map(|key| (key.id.as_str(), key.key.expose_secret().as_bytes()));
    Ok(status_token::verify(in_use, token, payment.as_str(), now.unix()))
}

async fn token_keys(app: &App) -> Result<Vec<NamedKey>, SecretError> {
    let keys: Keys = app.secrets.read(STATUS_TOKEN).await?;
    keys.live(app.clock.now())
}
