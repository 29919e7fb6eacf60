//! A child is stopped between two effects and killed there, then the whole stack with it. After a
//! restart, the sweep finishes the interrupted work exactly once.

mod check;
mod stories;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use e2e::{Options, Stack, kill_pid};
use quittance::pause::Point;
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::STACK;
use check::check;
use stories::{Known, Story, act, prepare};

/// Every point, by each way of reaching it.
const CASES: [(Point, Story); 31] = [
    (Point::OrderRecorded, Story::Order),
    (Point::AttemptClaimed, Story::Payment),
    (Point::AttemptClaimed, Story::KeylessPayment),
    (Point::GatewayAnswered, Story::Payment),
    (Point::GatewayAnswered, Story::KeylessPayment),
    (Point::GatewayAnswered, Story::Charge),
    (Point::OutcomeRecorded, Story::Payment),
    (Point::OutcomeRecorded, Story::Charge),
    (Point::OutcomeRecorded, Story::Paid),
    (Point::OutcomeRecorded, Story::Capture),
    (Point::OutcomeRecorded, Story::Refund),
    (Point::OutcomeRecorded, Story::Void),
    (Point::ConfirmationSent, Story::Paid),
    (Point::ConfirmationsSent, Story::Paid),
    (Point::ConfirmationsMarked, Story::Paid),
    (Point::ConfirmationSent, Story::Refund),
    (Point::OperationClaimed, Story::Capture),
    (Point::OperationClaimed, Story::Refund),
    (Point::OperationAnswered, Story::Capture),
    (Point::OperationAnswered, Story::Refund),
    (Point::OperationAnswered, Story::Void),
    (Point::CloseRecorded, Story::Close),
    (Point::CloseRecorded, Story::Void),
    (Point::CloseAnswered, Story::Close),
    (Point::EndRecorded, Story::CancelOrder),
    (Point::EndRecorded, Story::Expiry),
    (Point::WebhookVerified, Story::Paid),
    (Point::WebhookRead, Story::Paid),
    (Point::ItemTaken, Story::Compensation),
    (Point::ItemTaken, Story::TakeOver),
    (Point::LookedUp, Story::Unheard),
];

/// Each case starts three stacks, one after the other. Running more cases at once would only make them
/// wait for each other.
const AT_ONCE: usize = 3;

#[test]
fn every_point_is_in_the_table() {
    let reached: BTreeSet<&str> = CASES.iter().map(|(point, _)| point.name()).collect();
    let all: BTreeSet<&str> = Point::ALL.iter().map(|point| point.name()).collect();
    assert_eq!(reached, all);
}

#[tokio::test]
async fn the_sweep_finishes_the_work_of_a_process_killed_at_any_point() {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for (point, story) in CASES {
        let room = Arc::clone(&room);
        running.spawn(async move {
            let _place = room.acquire().await.unwrap();
            let told = tokio::spawn(crash(point, story)).await;
            told.err().map(|failure| format!("{story:?} at {}: {}", point.name(), why(failure)))
        });
    }
    let failures: Vec<String> = running.join_all().await.into_iter().flatten().collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn why(failure: tokio::task::JoinError) -> String {
    match failure.try_into_panic() {
        Ok(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_default(),
        Err(failure) => failure.to_string(),
    }
}

async fn crash(point: Point, story: Story) {
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
