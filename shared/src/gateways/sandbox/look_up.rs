//! Look-ups of the sandbox's objects under our name, by every way that the profile offers.

use std::time::Duration;

use super::mapping::{answer, seen, to_gateway};
use super::{Sandbox, wire};
use crate::domain::capabilities::LookUp;
use crate::domain::fact::Seen;
use crate::domain::id::PaymentId;
use crate::domain::names::ObjectId;
use crate::ports::{Answer, Create, Gateway, LookUpError, Sought, TransportError};

/// The most pages of objects under one reference. More could not be handled in time.
const PAGES_MAX: usize = 10;

impl Sandbox {
    /// Several requests share the time of one look-up.
    pub(super) async fn find(
        &self,
        sought: &Sought,
        timeout: Duration,
    ) -> Result<Vec<Seen>, LookUpError> {
        let found = tokio::time::timeout(timeout, self.find_all(sought, timeout));
        found.await.unwrap_or(Err(LookUpError::Unavailable))
    }

    async fn find_all(&self, sought: &Sought, timeout: Duration) -> Result<Vec<Seen>, LookUpError> {
        let payment = &sought.create.payment;
        let mut found = match self.capabilities().look_up {
            LookUp::ByReference => self.by_reference(payment, timeout).await?,
            LookUp::SameKey if sought.objects.is_empty() => {
                self.by_same_key(&sought.create, timeout).await?
            }
            LookUp::SameKey | LookUp::None => Vec::new(),
        };
        for object in &sought.objects {
            if found.iter().all(|seen| &seen.object != object) {
                found.extend(self.by_id(object, payment, timeout).await?);
            }
        }
        Ok(found)
    }

    /// All objects of the reference; a repeated create call may have made several.
    async fn by_reference(
        &self,
        payment: &PaymentId,
        timeout: Duration,
    ) -> Result<Vec<Seen>, LookUpError> {
        let mut found = Vec::new();
        let mut cursor = None;
        for _ in 0..PAGES_MAX {
            let reference = ("reference", payment.as_str());
            let page = self.page(reference, cursor.as_deref(), timeout).await?;
            for shown in page.payments.iter().filter(|p| p.reference == payment.as_str()) {
                found.push(seen(shown).map_err(|_| LookUpError::Unavailable)?);
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(found);
            }
        }
        Err(LookUpError::Unavailable)
    }

    /// Repeats the create call to get the object's id, then reads the object, since a repeated answer is as
    /// old as the first. The caller makes sure that the gateway still remembers the key.
    async fn by_same_key(
        &self,
        create: &Create,
        timeout: Duration,
    ) -> Result<Vec<Seen>, LookUpError> {
        let amount = to_gateway(create.amount).ok_or(LookUpError::Unavailable)?;
        let reply = self.send_create(create, amount, timeout).await.map_err(unavailable)?;
        match answer::created(&reply, &create.payment) {
            Answer::Seen(first) => {
                let now = self.by_id(&first.object, &create.payment, timeout).await?;
                Ok(vec![now.unwrap_or(first)])
            }
            // Refused, so there was no earlier answer to repeat. A rejected API key proves nothing.
            Answer::Refused(_) if !answer::is_unauthorized(&reply) => Ok(Vec::new()),
            Answer::Refused(_) | Answer::NotSent | Answer::Unknown => Err(LookUpError::Unavailable),
        }
    }

    /// `None` if there is no such object, or if it belongs to another payment.
    pub(super) async fn by_id(
        &self,
        object: &ObjectId,
        payment: &PaymentId,
        timeout: Duration,
    ) -> Result<Option<Seen>, LookUpError> {
        let reply = self.client.get(&[object.as_str()], &[], timeout).await.map_err(unavailable)?;
        answer::shown(&reply, payment).map_err(|_| LookUpError::Unavailable)
    }

    pub(super) async fn page(
        &self,
        which: (&str, &str),
        cursor: Option<&str>,
        timeout: Duration,
    ) -> Result<wire::List, LookUpError> {
        let query: Vec<_> =
            [Some(which), cursor.map(|cursor| ("cursor", cursor))].into_iter().flatten().collect();
        let reply = self.client.get(&[], &query, timeout).await.map_err(unavailable)?;
        answer::page(&reply).map_err(|_| LookUpError::Unavailable)
    }
}

fn unavailable(_: TransportError) -> LookUpError {
    LookUpError::Unavailable
}
