//! Sends the webhooks that are due, again and again until they are acknowledged.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use reqwest::{Client, Url};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tracing::{debug, error, info};

use super::core::Core;
use super::ledger::outbox::Delivery;
use crate::http_client;

/// How long a merchant has to answer; after that, the webhook is not acknowledged.
const ANSWER_WAIT: Duration = Duration::from_secs(15);
/// The longest sleep: a test may move the clock meanwhile.
const NAP: Duration = Duration::from_millis(250);
const BLINK: Duration = Duration::from_millis(10);

pub(crate) async fn send_webhooks(core: &Arc<Core>, url: &Url, news: &Notify) -> Infallible {
    let client = loop {
        match client() {
            Ok(client) => break client,
            Err(error) => {
                error!(%error, "webhooks cannot be sent");
                tokio::time::sleep(ANSWER_WAIT).await;
            }
        }
    };
    let mut sending = JoinSet::new();
    loop {
        for deliveries in by_reference(core.take_deliveries(core.now_ms())) {
            sending.spawn(send_in_order(client.clone(), url.clone(), Arc::clone(core), deliveries));
        }
        tokio::select! {
            () = news.notified() => {}
            Some(_) = sending.join_next() => {}
            () = tokio::time::sleep(nap(core)) => {}
        }
    }
}

fn client() -> reqwest::Result<Client> {
    http_client::builder().timeout(ANSWER_WAIT).build()
}

/// The time until something is due, but never long.
fn nap(core: &Core) -> Duration {
    let wait_ms = core.next_delivery_at().map_or(i64::MAX, |at| at.saturating_sub(core.now_ms()));
    // A webhook that is already due waits for a place among those in flight.
    Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)).clamp(BLINK, NAP)
}

/// Payments do not wait for each other.
fn by_reference(deliveries: Vec<Delivery>) -> Vec<Vec<Delivery>> {
    let mut groups: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
    for delivery in deliveries {
        groups.entry(delivery.reference.clone()).or_default().push(delivery);
    }
    groups.into_values().collect()
}

/// Sends the events of one payment one after another, and the duplicates of one event together.
async fn send_in_order(client: Client, url: Url, core: Arc<Core>, deliveries: Vec<Delivery>) {
    for duplicates in deliveries.chunk_by(|one, next| one.event_id == next.event_id) {
        let mut sending = JoinSet::new();
        for delivery in duplicates {
            let (id, request) = (delivery.id, send(client.clone(), url.clone(), delivery.clone()));
            sending.spawn(async move { (id, request.await) });
        }
        while let Some(Ok((id, status))) = sending.join_next().await {
            core.delivered(id, status);
        }
    }
}

/// The status of the answer, if one came.
async fn send(client: Client, url: Url, delivery: Delivery) -> Option<StatusCode> {
    let request = client.post(url).body(delivery.body);
    let request = delivery
        .headers
        .into_iter()
        .fold(request, |request, (name, value)| request.header(name, value));
    match request.send().await {
        Ok(response) => {
            let status = response.status();
            if !status.is_success() {
                info!(status = status.as_u16(), event = delivery.event_id, "a webhook was refused");
            }
            Some(status)
        }
        Err(error) => {
            debug!(error = %error.without_url(), event = delivery.event_id, "no answer to a webhook");
            None
        }
    }
}
