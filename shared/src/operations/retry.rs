//! Parked events, tried again.

use crate::app::App;
use crate::domain::capabilities::GatewayName;
use crate::operations::Unavailable;
use crate::operations::receive_webhook::{Accepted, accept, is_foreign};
use crate::ports::Verified;
use crate::store::Parked;

/// Through the same path as a webhook, whose signature was checked when it was parked.
pub(super) async fn retry(app: &App, key: &str) -> Result<(), Unavailable> {
    let Some(event) = app.store.parked(key).await? else {
        return Ok(());
    };
    let now = app.clock.now();
    if event.due_at.is_none_or(|due| due > now) {
        return Ok(());
    }
    if merged(app, &event).await {
        app.store.unpark(key).await?;
    } else {
        app.store.park_again(&event.tried(now)).await?;
    }
    Ok(())
}

async fn merged(app: &App, event: &Parked) -> bool {
    let name = GatewayName::new(&event.gateway);
    let Ok(gateway) = app.gateways.get(&name).await else {
        return false;
    };
    let body = event.body.as_bytes();
    // Under its own name, or it would be parked a second time under another.
    let verified = Verified::vouch_for(body).of_event(event.event());
    if is_foreign(app, &*gateway, &verified) {
        return true;
    }
    let Ok(notice) = gateway.translate(&verified) else {
        return false;
    };
    let accepted = accept(app, &*gateway, notice, body).await;
    matches!(accepted, Ok(Accepted::Committed | Accepted::Ignored))
}
