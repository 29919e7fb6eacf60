//! Calls that take effect once: behaviours around them, and idempotency keys.

use http::StatusCode;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::ledger::abilities::Keys;
use super::ledger::behaviour::CallMode;
use super::ledger::{Ledger, StoredReply};
use super::refusal::{Refusal, Reply};

/// Makes the call fail as the behaviour says, before its effect or after it.
pub(crate) fn behaving(mode: CallMode, act: impl FnOnce() -> Reply) -> Outcome {
    match mode {
        CallMode::Ok => act().into(),
        CallMode::ErrorBefore => Err(Refusal::Internal).into(),
        CallMode::Refuse => {
            Err(Refusal::NotSupported("This gateway refuses every such call now.".to_owned()))
                .into()
        }
        CallMode::ErrorAfter => {
            drop(act());
            Err(Refusal::Internal).into()
        }
        CallMode::TimeoutBefore => Outcome::Silence,
        CallMode::TimeoutAfter => {
            drop(act());
            Outcome::Silence
        }
        CallMode::Close => {
            drop(act());
            Outcome::Close
        }
    }
}

/// Acts, unless the key's answer is known: then it is returned again, byte for byte. A refusal had
/// no effect and is not stored, so that the same key may try again.
pub(crate) fn once(
    ledger: &mut Ledger,
    call: &Call<'_>,
    keys: Keys,
    act: impl FnOnce(&mut Ledger) -> Reply,
) -> Reply {
    let Keys::Header { life_ms } = keys else {
        return act(ledger);
    };
    let Some(key) = call.idempotency_key()? else {
        return act(ledger);
    };
    let fingerprint = call.fingerprint();
    let alive = |stored: &&StoredReply| stored.answered_at.saturating_add(life_ms) > ledger.now;
    if let Some(stored) = ledger.reply(key).filter(alive) {
        return if stored.fingerprint == fingerprint {
            Ok(stored.replay())
        } else {
            Err(Refusal::KeyReused)
        };
    }
    let answer = act(ledger)?;
    let stored = StoredReply {
        fingerprint,
        status: answer.status.as_u16(),
        body: answer.body.clone(),
        answered_at: ledger.now,
    };
    ledger.keep_reply(key.to_owned(), stored);
    Ok(answer)
}

impl StoredReply {
    fn replay(&self) -> Answer {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        Answer::stored(status, self.body.clone())
    }
}
