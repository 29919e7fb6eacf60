//! A child is stopped between two effects and killed there, then the whole stack with it. After a
//! restart, the sweep finishes the interrupted work exactly once.

mod check;
mod stories;

use std::collections::BTreeSet;
use std::time::Duration;

use e2e::{Options, Stack, kill_pid};
use quittance::pause::Point;
use tempfile::TempDir;
use tokio::sync::Semaphore;

use crate::STACK;
use check::check;
use stories::{Known, Story, act, prepare};

/// A stack is many processes, and too many of them at once run into their timeouts.
static STACKS: Semaphore = Semaphore::const_new(3);

/// Each case is a test of its own: `cargo test --test journeys payment_dies_at_gateway_answered`.
macro_rules! crashes {
    ($($name:ident: $point:ident, $story:ident;)+) => {
        const TRIED: &[Point] = &[$(Point::$point),+];

        $(#[tokio::test]
        async fn $name() {
            crash(Point::$point, Story::$story).await;
        })+
    };
}

crashes! {
    order_dies_at_order_recorded: OrderRecorded, Order;
    payment_dies_at_attempt_claimed: AttemptClaimed, Payment;
    keyless_payment_dies_at_attempt_claimed: AttemptClaimed, KeylessPayment;
    payment_dies_at_gateway_answered: GatewayAnswered, Payment;
    keyless_payment_dies_at_gateway_answered: GatewayAnswered, KeylessPayment;
    charge_dies_at_gateway_answered: GatewayAnswered, Charge;
    payment_dies_at_outcome_recorded: OutcomeRecorded, Payment;
    charge_dies_at_outcome_recorded: OutcomeRecorded, Charge;
    paid_dies_at_outcome_recorded: OutcomeRecorded, Paid;
    capture_dies_at_outcome_recorded: OutcomeRecorded, Capture;
    refund_dies_at_outcome_recorded: OutcomeRecorded, Refund;
    void_dies_at_outcome_recorded: OutcomeRecorded, Void;
    paid_dies_at_confirmation_sent: ConfirmationSent, Paid;
    paid_dies_at_confirmations_sent: ConfirmationsSent, Paid;
    paid_dies_at_confirmations_marked: ConfirmationsMarked, Paid;
    refund_dies_at_confirmation_sent: ConfirmationSent, Refund;
    capture_dies_at_operation_claimed: OperationClaimed, Capture;
    refund_dies_at_operation_claimed: OperationClaimed, Refund;
    capture_dies_at_operation_answered: OperationAnswered, Capture;
    refund_dies_at_operation_answered: OperationAnswered, Refund;
    void_dies_at_operation_answered: OperationAnswered, Void;
    close_dies_at_close_recorded: CloseRecorded, Close;
    void_dies_at_close_recorded: CloseRecorded, Void;
    close_dies_at_close_answered: CloseAnswered, Close;
    cancel_order_dies_at_end_recorded: EndRecorded, CancelOrder;
    expiry_dies_at_end_recorded: EndRecorded, Expiry;
    paid_dies_at_webhook_verified: WebhookVerified, Paid;
    paid_dies_at_webhook_read: WebhookRead, Paid;
    compensation_dies_at_item_taken: ItemTaken, Compensation;
    take_over_dies_at_item_taken: ItemTaken, TakeOver;
    unheard_dies_at_looked_up: LookedUp, Unheard;
}

/// The cases above are the proof; this is the proof that none is missing.
#[test]
fn every_point_is_tried() {
    let tried: BTreeSet<&str> = TRIED.iter().map(|point| point.name()).collect();
    let all: BTreeSet<&str> = Point::ALL.iter().map(|point| point.name()).collect();
    assert_eq!(tried, all);
}

async fn crash(point: Point, story: Story) {
    let _turn = STACKS.acquire().await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut before = stack(&dir, None).await;
    let mut known = prepare(story, &before).await;
    before.kill().await;
    drop(before);

    die_at(point, story, &dir, &known).await;

    let after = stack(&dir, None).await;
    known.page = known.page_on(&after);
    check(story, &after, &known).await;
    assert_eq!(after.panics(), Vec::<String>::new());
}

async fn stack(dir: &TempDir, pause_at: Option<Point>) -> Stack {
    let pause_at = pause_at.map(|point| point.name().to_owned());
    let data = Some(dir.path().to_owned());
    Stack::with(STACK, Options { data, pause_at, ..Options::default() }).await
}

/// The caller's request is under way when its function stops, and never gets a successful answer.
async fn die_at(point: Point, story: Story, dir: &TempDir, known: &Known) {
    let mut stack = stack(dir, Some(point)).await;
    let killed = async {
        let pid = paused(&stack, point, story.function()).await;
        let pid = pid.unwrap_or_default();
        assert_ne!(pid, 0, "not reached: {:?}", stack.log());
        kill_pid(pid).await;
    };
    // Other children may have paused too; nothing waits for them.
    let acting = async {
        act(story, &stack, known).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = acting => {}
        () = killed => {}
    }
    stack.kill().await;
}

/// The child of this function that has stopped at the point. A repeated webhook may have stopped a child
/// of another function there earlier.
async fn paused(stack: &Stack, point: Point, function: &str) -> Option<u32> {
    let begin = format!("paused at {} pid ", point.name());
    for _ in 0..1000 {
        let children = stack.children(function).await;
        let log = stack.log();
        let pids = log.iter().filter_map(|line| line.strip_prefix(&begin)?.trim().parse().ok());
        if let Some(pid) = pids.into_iter().find(|pid| children.contains(pid)) {
            return Some(pid);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    None
}
