//! The look-up requests for a payment, their order, and the meaning of a missing answer.

use std::time::Duration;

use super::{
    AUTHORIZED, CAPTURED, EMPTY_LIST, KEY_REUSED, NOT_FOUND, OBJECT, PAYMENT, PENDING, REFUSED,
    UNAUTHORIZED, canned, fixtures, listed, show_token, sign,
};
use crate::domain::fact::Seen;
use crate::domain::id::OperationId;
use crate::domain::names::{GatewayRefundId, ObjectId};
use crate::domain::phase::{OperationPhase, Phase};
use crate::domain::time::Timestamp;
use crate::gateways::contract::{self, Canned, Scene};
use crate::ports::{Effect, LookUpError, Sought};

const TIMEOUT: Duration = Duration::from_secs(5);
const REFUNDED: &str = include_str!("../fixtures/refunded.json");

/// The result of a look-up, and the requests that it sent.
async fn look_up(
    profile: &str,
    known: &[&str],
    answers: Vec<Canned>,
) -> (Result<Vec<Seen>, LookUpError>, Vec<String>) {
    let fixtures = fixtures(profile, show_token);
    let (gateway, transport) = fixtures.gateway(answers.into_iter().map(Scene::Ok));
    let objects = known.iter().map(|&object| ObjectId::new(object)).collect();
    let found = gateway.look_up(&Sought { objects, ..fixtures.sought() }, TIMEOUT).await;
    let line = |(request, _): &(http::Request<bytes::Bytes>, _)| {
        format!("{} {}", request.method(), request.uri().path_and_query().unwrap())
    };
    (found, transport.sent().iter().map(line).collect())
}

fn phases(found: Result<Vec<Seen>, LookUpError>) -> Vec<Option<Phase>> {
    found.unwrap().iter().map(|seen| seen.phase).collect()
}

#[tokio::test]
async fn one_request_finds_all_that_is_under_our_name() {
    let second = AUTHORIZED.replace(OBJECT, "pay_2");
    let strangers = CAPTURED.replace(PAYMENT, "PAY_of_somebody_else");
    let all = format!(r#"{{"payments":[{PENDING},{second},{strangers}],"next_cursor":null}}"#);
    let (found, sent) = look_up("no-keys", &[OBJECT, "pay_2"], vec![canned(200, &all)]).await;
    assert_eq!(phases(found), [Some(Phase::Pending), Some(Phase::Authorized)]);
    assert_eq!(sent, [format!("GET /v1/payments?reference={PAYMENT}")]);
}

#[tokio::test]
async fn a_known_object_that_the_list_lacks_is_asked_for_by_its_own_name() {
    let answers = vec![canned(200, EMPTY_LIST), canned(200, CAPTURED)];
    let (found, sent) = look_up("full", &[OBJECT], answers).await;
    assert_eq!(phases(found), [Some(Phase::Captured)]);
    assert_eq!(sent[1], format!("GET /v1/payments/{OBJECT}"));
    let answers = vec![canned(200, EMPTY_LIST), canned(404, NOT_FOUND)];
    assert_eq!(look_up("full", &[OBJECT], answers).await.0, Ok(Vec::new()));
    let answers = vec![canned(200, EMPTY_LIST), canned(404, "<html>")];
    let (found, _) = look_up("full", &[OBJECT], answers).await;
    assert_eq!(found, Err(LookUpError::Unavailable), "a proxy's 404 proves nothing");
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let page = |payment: &str| format!(r#"{{"payments":[{payment}],"next_cursor":"7&8"}}"#);
    let second = AUTHORIZED.replace(OBJECT, "pay_2");
    let answers = vec![canned(200, &page(PENDING)), listed(&second)];
    let (found, sent) = look_up("full", &[], answers).await;
    assert_eq!(phases(found), [Some(Phase::Pending), Some(Phase::Authorized)]);
    assert_eq!(sent[1], format!("GET /v1/payments?reference={PAYMENT}&cursor=7%268"));
    let endless = vec![canned(200, &page(PENDING)); 10];
    assert_eq!(look_up("full", &[], endless).await.0, Err(LookUpError::Unavailable));
}

#[tokio::test]
async fn without_look_up_by_reference_the_same_create_finds_the_object() {
    let answers = vec![canned(201, PENDING), canned(200, AUTHORIZED)];
    let (found, sent) = look_up("paypal-like", &[], answers).await;
    assert_eq!(phases(found), [Some(Phase::Authorized)], "as it is now, not as it was");
    assert_eq!(sent, ["POST /v1/payments".to_owned(), format!("GET /v1/payments/{OBJECT}")]);
    let hidden = vec![canned(201, PENDING), canned(404, NOT_FOUND)];
    assert_eq!(phases(look_up("paypal-like", &[], hidden).await.0), [Some(Phase::Pending)]);
    let (found, sent) = look_up("paypal-like", &[OBJECT], vec![canned(200, CAPTURED)]).await;
    assert_eq!(phases(found), [Some(Phase::Captured)]);
    assert_eq!(sent, [format!("GET /v1/payments/{OBJECT}")], "no create call is needed");
}

#[tokio::test]
async fn a_refused_repeat_of_a_create_finds_nothing_and_an_unclear_one_is_unavailable() {
    let found = async |answer| look_up("paypal-like", &[], vec![answer]).await.0;
    assert_eq!(found(canned(422, REFUSED)).await, Ok(Vec::new()));
    assert_eq!(found(canned(401, UNAUTHORIZED)).await, Err(LookUpError::Unavailable));
    assert_eq!(found(canned(409, KEY_REUSED)).await, Err(LookUpError::Unavailable));
}

#[tokio::test(start_paused = true)]
async fn several_requests_share_the_time_of_one_look_up() {
    let slow = std::sync::Arc::new(Slow);
    let gateway = contract::opened(super::open, &super::secret("full"), slow, false).unwrap();
    let sought = Sought { objects: vec![ObjectId::new(OBJECT)], ..fixtures("full", sign).sought() };
    let before = tokio::time::Instant::now();
    assert_eq!(gateway.look_up(&sought, TIMEOUT).await, Err(LookUpError::Unavailable));
    assert_eq!(before.elapsed(), TIMEOUT);
}

/// Answers each request just within its time.
#[derive(Debug)]
struct Slow;

#[async_trait::async_trait]
impl crate::ports::Transport for Slow {
    async fn send(
        &self,
        _: http::Request<bytes::Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<bytes::Bytes>, crate::ports::TransportError> {
        tokio::time::sleep(timeout / 4 * 3).await;
        Ok(http::Response::new(EMPTY_LIST.into()))
    }
}

#[tokio::test]
async fn a_refund_is_looked_up_in_its_payment() {
    let look_up = async |operation: &str, answer: Canned| {
        let fixtures = fixtures("full", sign);
        let (gateway, _) = fixtures.gateway([Ok(answer)]);
        let effect = Effect {
            operation: OperationId::parse(operation).unwrap(),
            object: ObjectId::new(OBJECT),
            ..fixtures.effect()
        };
        let found = gateway.look_up_refund(&effect, TIMEOUT).await;
        found.map(|refund| refund.map(|refund| (refund.id, refund.phase)))
    };
    let ours = "RFD_7Q2M9X4KD1T8V3N6B0ZC5R2T8M";
    let shown = (GatewayRefundId::new("re_0000000000000000000001R1"), OperationPhase::Done);
    assert_eq!(look_up(ours, canned(200, REFUNDED)).await, Ok(Some(shown)));
    let other = "RFD_7Q2M9X4KD1T8V3N6B0ZC000000";
    assert_eq!(look_up(other, canned(200, REFUNDED)).await, Ok(None));
    let unavailable = Err(LookUpError::Unavailable);
    assert_eq!(look_up(ours, canned(404, NOT_FOUND)).await, unavailable);
}

#[tokio::test]
async fn a_list_shows_strangers_without_a_name_of_ours() {
    let strangers = CAPTURED.replace(PAYMENT, "invoice-7");
    let page = format!(r#"{{"payments":[{CAPTURED},{strangers}],"next_cursor":"2"}}"#);
    let (gateway, transport) = fixtures("full", sign).gateway([Ok(canned(200, &page))]);
    let from = Timestamp::from_unix(1_795_165_200);
    let page = gateway.list(from, Some("1"), TIMEOUT).await.unwrap();
    let names: Vec<_> = page.payments.iter().map(|(name, _)| name.is_some()).collect();
    assert_eq!((names, page.next.as_deref()), (vec![true, false], Some("2")));
    let (request, _) = transport.sent().remove(0);
    let query = request.uri().query().unwrap();
    assert_eq!(query, "created_from=2026-11-20T09%3A00%3A00Z&cursor=1");
}
