//! Sends the confirmations in an order's outbox, then marks them as sent. Marking first could lose one.

use crate::app::App;
use crate::domain::history::Source;
use crate::domain::names::{MessageId, TargetName};
use crate::domain::order::{Order, Outgoing};
use crate::operations::work::Work;
use crate::pause::{self, Point};

impl Work<'_> {
    /// Never fails the caller: a confirmation that could not be sent or marked stays in the outbox, and the
    /// order stays due.
    pub async fn publish(&self, order: Order) -> Order {
        let app = self.app;
        let sent = send_all(app, &order).await;
        if sent.is_empty() {
            return order;
        }
        pause::reached(&app.config, Point::ConfirmationsSent).await;
        // Marking changes the outbox alone, which makes no event, so nobody reads this source.
        let occasion = app.occasion(Source::Sweep);
        let marked = self.alter(&occasion, order.clone(), |order| {
            for (message, target) in &sent {
                order.confirmation_sent(message, target);
            }
        });
        let marked = marked.await;
        pause::reached(&app.config, Point::ConfirmationsMarked).await;
        marked.unwrap_or_else(|error| {
            tracing::warn!(error = %error, order.id = %order.id, "sent confirmations not marked");
            order
        })
    }
}

async fn send_all(app: &App, order: &Order) -> Vec<(MessageId, TargetName)> {
    let mut messages: Vec<(&MessageId, &Outgoing)> = order.outbox.iter().collect();
    messages.sort_by_key(|(_, out)| out.sequence);
    let mut sent = Vec::new();
    let mut failed: Vec<&TargetName> = Vec::new();
    for (id, out) in messages {
        for target in &out.targets {
            // A later message must not overtake an earlier one of the same order.
            if failed.contains(&target) {
                continue;
            }
            match Box::pin(app.queues.send(target, &order.id, id, out)).await {
                Ok(()) => {
                    sent.push((id.clone(), target.clone()));
                    pause::reached(&app.config, Point::ConfirmationSent).await;
                }
                Err(error) => {
                    tracing::warn!(error = %error, order.id = %order.id, queue = %target, "confirmation not sent");
                    failed.push(target);
                }
            }
        }
    }
    sent
}
