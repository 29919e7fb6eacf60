//! Retries parked events.

use crate::operations::Unavailable;
use crate::operations::receive_webhook::{Accepted, Addressed, accept, addressed, is_foreign};
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
    let Ok(gateway) = work.gateways.get(&event.gateway) else {
        return false;
    };
    let verified = Verified::vouch_for(event.body.as_bytes());
    if is_foreign(work.app, &*gateway, &verified) {
        return true;
    }
    let Ok(notice) = gateway.translate(&verified) else {
        return false;
    };
    let accepted = match addressed(work.app, &*gateway, &notice).await {
        Ok(Addressed::Order(order)) => accept(work, &*gateway, *order, notice).await.ok(),
        Ok(Addressed::Nobody(accepted)) => Some(accepted),
        Err(_) => None,
    };
    matches!(accepted, Some(Accepted::Committed | Accepted::Ignored))
}
