//! Authenticates callers: a merchant's server by an API key with scopes, or a shopper's browser by a status
//! token for one payment.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use secrecy::ExposeSecret;
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::domain::id::PaymentId;
use crate::domain::limit::RefundLimit;
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::http::problem::{Kind, Problem};
use crate::http::status_token;
use crate::secrets::{Fault, Keys, Members, NamedKey, SecretError, entries, not_after, usable};
use crate::telemetry;

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

/// An API key as stored: by its hash, so that a reader of the secret cannot call us.
#[derive(Clone)]
struct ApiKey {
    id: Value,
    /// `true` for a person's key; otherwise it is a server's.
    person: Value,
    sha256: String,
    scopes: Vec<String>,
    not_after: Option<Timestamp>,
    /// `null` is not the same as absent: whoever wrote `null` meant some limit.
    refund_max: Option<Value>,
}

/// The holder of an API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name in logs and histories: `key:shop-1`, or `op:ana` for a person.
    pub by: String,
    pub refund_limit: RefundLimit,
}

impl ApiKey {
    fn read(entry: &Value, path: &str) -> Result<Self, Fault> {
        let members = Members::of(entry, path)?;
        let sha256 = members.text("sha256")?.to_ascii_lowercase();
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Fault::malformed(members.path("sha256"), "is not a SHA-256 in hex"));
        }
        if members.any("scopes").is_none_or(Value::is_null) {
            return Err(Fault::malformed(members.path("scopes"), "is missing"));
        }
        let not_strings = || Fault::malformed(members.path("scopes"), "is not a list of strings");
        let scope = |(_, scope): (String, &Value)| scope.as_str().map(str::to_owned);
        let scopes = members.list("scopes")?.into_iter().map(scope).collect::<Option<Vec<_>>>();
        let scopes = scopes.ok_or_else(not_strings)?;
        Ok(Self {
            id: members.any("id").cloned().unwrap_or_default(),
            person: members.any("person").cloned().unwrap_or_default(),
            sha256,
            scopes,
            not_after: not_after(&members)?,
            refund_max: members.bound("refund_max", "refund")?.cloned(),
        })
    }
}

/// An empty list is valid: a new stack has one, and nobody may call.
fn api_keys(value: &Value, faults: &mut Vec<Fault>) -> Result<Vec<ApiKey>, Fault> {
    let entries = entries(value, "")?;
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    usable(entries, "its value", faults, ApiKey::read)
}

pub(crate) const API_KEYS: &str = "api-keys";
pub(crate) const STATUS_TOKEN: &str = "status-token";
/// The dev stack's key. It is public, so no other stack accepts it.
const LOCAL_KEY: &str = "sk_test_local";
/// How long after the start of a payment its shopper may come back, even if the order has ended.
const TOKEN_SECONDS_MIN: i64 = 72 * 3600;

/// How many characters of its hash name a key without an id.
const HASH_CHARS: usize = 12;
const ID_CHARS_MAX: usize = 40;

/// The problems that `caller` returns.
pub const REFUSALS: [Kind; 3] = [Kind::Unauthorized, Kind::Forbidden, Kind::Unavailable];

/// Authenticates a caller whose key has `scope`, and records the caller for logs and history.
pub async fn caller(app: &App, headers: &HeaderMap, scope: Scope) -> Result<Caller, Problem> {
    let key = bearer(headers).ok_or_else(unauthorized)?;
    if key == LOCAL_KEY && !app.config.dev_stack {
        return Err(unauthorized());
    }
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(key.as_bytes()));
    let (known, by) = match find(app, &hash).await? {
        Some(known) => known,
        None if app.secrets.doubt(API_KEYS) => find(app, &hash).await?.ok_or_else(unauthorized)?,
        None => return Err(unauthorized()),
    };
    telemetry::called_by(&by);
    if !known.scopes.iter().any(|known| known == scope.as_str()) {
        return Err(Problem::new(Kind::Forbidden));
    }
    let limit = known.refund_limit();
    if limit.is_none() && scope == Scope::RefundsWrite {
        tracing::error!(secret = API_KEYS, caller = %by, "the refund_max of a key cannot be read");
    }
    Ok(Caller { by, refund_limit: limit.unwrap_or_else(RefundLimit::nothing) })
}

/// The key with this hash and its name, if it is live.
async fn find(app: &App, hash: &str) -> Result<Option<(ApiKey, String)>, Problem> {
    let keys: Vec<ApiKey> = match app.secrets.read(API_KEYS, api_keys).await {
        Ok(keys) => keys,
        // A placeholder admits nobody.
        Err(SecretError::Unusable { fault, .. }) if fault.is_a_placeholder() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let now = app.clock.now();
    // Every key is compared, in constant time, so that timing reveals nothing.
    let mut found = None;
    for key in &keys {
        let same = bool::from(key.sha256.as_bytes().ct_eq(hash.as_bytes()));
        if same && key.not_after.is_none_or(|end| now < end) {
            found = Some(key);
        }
    }
    Ok(found.map(|key| (key.clone(), key.name(&keys))))
}

impl ApiKey {
    /// Every key has a name of its own: its id if that is well formed and unique, otherwise the beginning of
    /// its hash.
    fn name(&self, all: &[Self]) -> String {
        let kind = if self.person == Value::Bool(true) { "op" } else { "key" };
        let known = |id: &&str| all.iter().filter(|key| key.id() == Some(*id)).count();
        match self.id().filter(|id| known(id) == 1) {
            Some(id) => format!("{kind}:{id}"),
            None => format!("{kind}:{}", self.sha256.get(..HASH_CHARS).unwrap_or_default()),
        }
    }

    fn id(&self) -> Option<&str> {
        let of_an_id = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let well_formed =
            |id: &&str| (1..=ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(of_an_id);
        self.id.as_str().filter(well_formed)
    }

    /// `None` if there is a limit that cannot be read.
    fn refund_limit(&self) -> Option<RefundLimit> {
        self.refund_max.as_ref().map_or(Some(RefundLimit::Unlimited), RefundLimit::parse)
    }
}

/// No token contains a comma (RFC 6750, 2.1). With a comma, the value came from two headers. We do not choose
/// between two callers, so neither is accepted, even if they are equal.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let key = scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())?;
    (!key.is_empty() && !key.contains(',')).then_some(key)
}

pub fn unauthorized() -> Problem {
    Problem::new(Kind::Unauthorized)
}

/// A token for the shopper's browser, valid for this payment.
pub async fn issue_token(
    app: &App,
    order: &Order,
    payment: &PaymentId,
) -> Result<String, SecretError> {
    let keys = token_keys(app).await?;
    let key =
        keys.first().ok_or_else(|| Fault::malformed("keys", "is missing").of(STATUS_TOKEN))?;
    let born = order.attempts.get(payment).map_or(order.created_at, |a| a.created_at);
    let exp = order.expires_at.max(born.plus(TOKEN_SECONDS_MIN));
    let secret = key.key.expose_secret().as_bytes();
    Ok(status_token::sign(&key.id, secret, payment.as_str(), exp.unix()))
}

/// Checks that the token belongs to this payment, before anything is read.
pub async fn shopper(app: &App, token: &str, payment: &PaymentId) -> Result<(), Problem> {
    let now = app.clock.now();
    let first = check_token(app, token, payment, now).await?;
    match first {
        Ok(()) => Ok(()),
        Err(_) if app.secrets.doubt(STATUS_TOKEN) => {
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
    let keys = token_keys(app).await?;
    let in_use = keys.iter().map(|key| (key.id.as_str(), key.key.expose_secret().as_bytes()));
    Ok(status_token::verify(in_use, token, payment.as_str(), now.unix()))
}

async fn token_keys(app: &App) -> Result<Vec<NamedKey>, SecretError> {
    let any = |value: &Value, faults: &mut Vec<Fault>| Keys::read(value, faults, |_| None);
    let keys = app.secrets.read(STATUS_TOKEN, any).await?;
    keys.live(app.clock.now()).map_err(|fault| fault.of(STATUS_TOKEN))
}
