//! Moving dead letters back: tasks that run by the clock, at their requested rate.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::error::SqsError;
use super::ledger::{Edit, Ledger};
use super::message::Message;
use super::requests::{CancelMove, ListMoves, StartMove};
use super::task::{Handle, Move, Status};
use super::{Sqs, name_in_arn, queue_arn};

const RATE_MAX: i64 = 500;
const LIST_MAX: usize = 10;

impl Sqs {
    pub(super) fn start_move(&self, request: &StartMove) -> Result<Value, SqsError> {
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        self.advance_moves(&mut ledger, now_ms)?;
        let source = existing(&ledger, &request.source_arn, "SourceArn")?;
        let destination = match &request.destination_arn {
            Some(arn) => Some(existing(&ledger, arn, "DestinationArn")?),
            None => None,
        };
        check_start(&ledger, request, &source, destination.as_deref())?;
        let task = Move {
            id: self.next_id(),
            expected: ledger.queue(&source)?.available(now_ms).len(),
            source,
            destination,
            per_second: request.max_number_of_messages_per_second,
            started_ms: now_ms,
            moved: 0,
            status: Status::Running,
            failure: None,
        };
        let handle = task.handle();
        let sequence = ledger.next_sequence();
        self.commit(&mut ledger, vec![Edit::Move(sequence, task)])?;
        self.advance_moves(&mut ledger, now_ms)?;
        Ok(json!({ "TaskHandle": handle }))
    }

    /// The latest first.
    pub(super) fn list_moves(&self, request: &ListMoves) -> Result<Value, SqsError> {
        let size = request.max_results.unwrap_or(1);
        if !(1..=LIST_MAX).contains(&size) {
            let reason = format!("MaxResults must be between 1 and {LIST_MAX}.");
            return Err(SqsError::parameter("MaxResults", &size, reason));
        }
        let mut ledger = self.ledger();
        self.advance_moves(&mut ledger, self.now_ms())?;
        let source = existing(&ledger, &request.source_arn, "SourceArn")?;
        let tasks = ledger.moves().values().rev().filter(|task| task.source == source);
        let shown: Vec<Value> = tasks.take(size).map(Move::shown).collect();
        Ok(json!({ "Results": shown }))
    }

    /// Messages that have moved stay where they are.
    pub(super) fn cancel_move(&self, request: &CancelMove) -> Result<Value, SqsError> {
        let bytes = BASE64.decode(request.task_handle.as_bytes()).ok();
        let handle: Option<Handle> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let Some(handle) = handle else {
            return Err(SqsError::TaskHandleIsInvalid);
        };
        let mut ledger = self.ledger();
        self.advance_moves(&mut ledger, self.now_ms())?;
        existing(&ledger, &handle.source_arn, "SourceArn")?;
        let known = ledger.moves().iter().find(|(_, task)| task.id == handle.task_id);
        let Some((sequence, task)) = known.map(|(sequence, task)| (*sequence, task.clone())) else {
            return Err(SqsError::NoSuchTask);
        };
        if task.status != Status::Running {
            return Err(SqsError::TaskNotRunning);
        }
        let moved = task.moved;
        let task = Move { status: Status::Cancelled, ..task };
        self.commit(&mut ledger, vec![Edit::Move(sequence, task)])?;
        Ok(json!({ "ApproximateNumberOfMessagesMoved": moved }))
    }

    /// Moves as many messages as the time since the last look allows; called before anything that could
    /// see them.
    pub(super) fn advance_moves(&self, ledger: &mut Ledger, now_ms: i64) -> Result<(), SqsError> {
        let running = ledger.moves().iter().filter(|(_, task)| task.status == Status::Running);
        let running: Vec<(u64, Move)> =
            running.map(|(sequence, task)| (*sequence, task.clone())).collect();
        for (sequence, task) in running {
            let edits = self.step(ledger, sequence, task, now_ms);
            self.commit(ledger, edits)?;
        }
        Ok(())
    }

    fn step(&self, ledger: &mut Ledger, place: u64, mut task: Move, now_ms: i64) -> Vec<Edit> {
        let source = ledger.queue(&task.source).ok();
        let waiting = source.map(|queue| queue.available(now_ms)).unwrap_or_default();
        let room = task.allowed(now_ms).min(task.expected).saturating_sub(task.moved);
        let before = (task.moved, task.status);
        let mut edits = Vec::new();
        for sequence in waiting.iter().take(room) {
            let source = ledger.queue(&task.source).ok();
            let Some(message) = source.and_then(|queue| queue.messages.get(sequence)) else {
                continue;
            };
            let message = message.clone();
            let target = match target(ledger, &task, &message) {
                Ok(target) => target,
                Err(why) => {
                    task.status = Status::Failed;
                    task.failure = Some(why);
                    break;
                }
            };
            let delay_ms = ledger.queue(&target).map_or(0, super::queue::Queue::delay_ms);
            let moved = self.as_new(message, now_ms, delay_ms);
            edits.push(Edit::MessageGone(task.source.clone(), *sequence));
            edits.push(Edit::Message(target, ledger.next_sequence(), moved));
            task.moved += 1;
        }
        let is_over = task.moved >= task.expected || waiting.len() <= room;
        if task.status == Status::Running && is_over {
            task.status = Status::Completed;
        }
        // Waiting receivers look again at every change, so writing an unchanged task would keep them awake.
        if before != (task.moved, task.status) {
            edits.push(Edit::Move(place, task));
        }
        edits
    }

    /// Another message with the same content.
    fn as_new(&self, message: Message, now_ms: i64, delay_ms: i64) -> Message {
        Message {
            id: self.next_id(),
            sent_ms: now_ms,
            retained_from_ms: now_ms,
            delayed_until_ms: now_ms.saturating_add(delay_ms),
            receives: 0,
            first_received_ms: None,
            hold: None,
            dead_letter_source: None,
            ..message
        }
    }
}

fn existing(ledger: &Ledger, arn: &str, parameter: &'static str) -> Result<String, SqsError> {
    let name = name_in_arn(arn).filter(|name| ledger.queue(name).is_ok());
    name.map(str::to_owned).ok_or(SqsError::ResourceNotFound(parameter))
}

fn check_start(
    ledger: &Ledger,
    request: &StartMove,
    source: &str,
    destination: Option<&str>,
) -> Result<(), SqsError> {
    let arn = queue_arn(source);
    let gives_up_here = |redrive: super::settings::Redrive| redrive.target_arn == arn;
    let mut queues = ledger.queues().values();
    if !queues.any(|queue| queue.record.settings.redrive().is_some_and(gives_up_here)) {
        return Err(SqsError::NoDeadLetterQueue);
    }
    if let Some(rate) = request.max_number_of_messages_per_second
        && !(1..=RATE_MAX).contains(&rate)
    {
        let reason = format!("You must enter a number that's between 1 and {RATE_MAX}.");
        return Err(SqsError::parameter("MaxNumberOfMessagesPerSecond", &rate, reason));
    }
    let is_fifo = |name: &str| ledger.queue(name).is_ok_and(super::queue::Queue::is_fifo);
    if let Some(destination) = destination.filter(|name| is_fifo(name) != is_fifo(source)) {
        let reason = "The destination must be of the same type of queue as the source.";
        return Err(SqsError::parameter("DestinationArn", &queue_arn(destination), reason));
    }
    let mut tasks = ledger.moves().values();
    if tasks.any(|task| task.source == source && task.status == Status::Running) {
        return Err(SqsError::TaskIsRunning);
    }
    Ok(())
}

/// Where the message goes, or why the task has failed.
fn target(ledger: &Ledger, task: &Move, message: &Message) -> Result<String, String> {
    let back = || message.dead_letter_source.as_deref().and_then(name_in_arn);
    let target = task.destination.as_deref().or_else(back);
    let target = target.ok_or("CouldNotDetermineMessageSource")?;
    match ledger.queue(target) {
        Ok(_) => Ok(target.to_owned()),
        Err(error) => Err(error.code()),
    }
}
