//! The shop's clerk refunds money. A refusal is shown beside the form.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::ApiError;
use super::order::{self, InVain};
use super::refusal::{self, CheckoutError};
use super::visits::Visit;
use super::{Inner, Shop};
use crate::site::{minor, number};

/// In minor units of any currency.
const SAMPLE: u64 = 1_250;

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    /// In major units as a clerk writes them; empty for all that is left.
    #[serde(default)]
    amount: String,
    /// Made with the form, so that the same form sent twice refunds once.
    key: String,
}

/// `POST /return/{visit}/refund`
pub(super) async fn refund(
    State(shop): State<Shop>,
    Path(name): Path<String>,
    headers: HeaderMap,
    refund: Result<Form<Refund>, FormRejection>,
) -> Response {
    let Some(visit) = shop.0.visits.get(&name) else {
        return refusal::unknown_visit(&shop, &headers);
    };
    let Form(refund) = match refund {
        Ok(refund) => refund,
        Err(rejection) => return refusal::malformed(&shop, &headers, &rejection),
    };
    match shop.0.refund(&visit, &refund).await {
        Ok(()) => Redirect::to(&format!("/return/{name}")).into_response(),
        Err(error) => {
            let message = words(&error, &visit.basket.currency);
            let in_vain = InVain::Refund { typed: refund.amount, message };
            let page = order::page(&shop, &headers, name, visit, in_vain).await;
            (error.status(), page).into_response()
        }
    }
}

impl Inner {
    async fn refund(&self, visit: &Visit, refund: &Refund) -> Result<(), CheckoutError> {
        let currency = &visit.basket.currency;
        let body = match refund.amount.trim() {
            "" => json!({}),
            amount => {
                let amount = minor(amount, currency).filter(|amount| *amount > 0);
                let sample = || CheckoutError::NoAmount(number(SAMPLE, currency));
                json!({ "amount": amount.ok_or_else(sample)? })
            }
        };
        let path = format!("/api/payments/{}/refunds", visit.payment_id);
        let _: Value = self.api.post(&path, &refund.key, &body).await?;
        Ok(())
    }
}

/// Why the refund was refused, for people.
fn words(error: &CheckoutError, currency: &str) -> String {
    let CheckoutError::Api(ApiError::Refused(refused)) = error else {
        return error.to_string();
    };
    match (refused.slug(), refused.refundable) {
        ("refund-exceeds-captured", None | Some(0)) => "Nothing is left to refund.".to_owned(),
        ("refund-exceeds-captured", Some(left)) => {
            format!("Only {} {currency} is left to refund.", number(left, currency))
        }
        ("payment-disputed", _) => "The shopper's bank disputes this payment. Don't refund money \
                                    that the bank takes back."
            .to_owned(),
        ("order-full", _) => "This order has reached its maximum number of refunds.".to_owned(),
        ("idempotency-key-reused", _) => {
            "This form was already used for another refund. Check the amounts, \
                                          and press Refund again if more is due."
                .to_owned()
        }
        _ => error.to_string(),
    }
}
