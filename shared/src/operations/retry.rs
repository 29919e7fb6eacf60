//! Retries parked events.

use crate::domain::names::GatewayName;
use crate::operations::Unavailable;
use crate::operations::receive_webhook::{Accepted, accept, is_foreign};
use crate::operations::work::Work;
use crate::ports::Verified;
use crate::store::Parked;

/// Retries a parked event on the path of a webhook. Its signature was checked before it was parked.
pub(super) async fn retry(work: &Work<'_>, key: &str) -> Result<(), Unavailable> {
    let app = work.app;
    let Some(event) = app.store.parked(key).await? else {
        return Ok(());
    };
    let now = app.clock.now();
    if event.due_at.is_none_or(|due| due > now) {
        return Ok(());
    }
    if merged(work, &event).await {
        app.store.unpark(key).await?;
    } else {
        app.store.park_again(&event.tried(now)).await?;
    }
    Ok(())
}

async fn merged(work: &Work<'_>, event: &Parked) -> bool {
    let Ok(gateway) = work.gateways.get(&GatewayName::new(&event.gateway)) else {
        return false;
    };
    let body = event.body.as_bytes();
    // The event keeps its id, or it would be parked a second time under another.
    let verified = Verified::vouch_for(body).of_event(event.event());
    if is_foreign(work.app, &*gateway, &verified) {
        return true;
    }
    let Ok(notice) = gateway.translate(&verified) else {
        return false;
    };
    let accepted = accept(work.app, work.budget, &*gateway, notice).await;
    matches!(accepted, Ok(Accepted::Committed | Accepted::Ignored))
}
