//! The triggers of functions besides HTTP: queues and schedules.

pub mod queue;
mod schedule;

use tokio::task::JoinSet;

use crate::aws::sqs::{self, Sqs, SqsError};
use crate::clock::Clock;
use crate::lambda::{CHILDREN_MAX, Lambda};
use crate::template::Template;
use queue::Mapping;
use schedule::Schedule;

#[derive(Debug, thiserror::Error)]
pub enum EventSourceError {
    #[error("template.yaml: {0}: a schedule must be rate(…) or a daily cron(minute hour * * ? *)")]
    Schedule(String),
    #[error("template.yaml: {0} is not a queue of this stack")]
    Queue(String),
    #[error("a queue cannot be read: {0}")]
    Sqs(#[from] SqsError),
}

/// Starts a task for each queue and schedule of the template.
pub fn start(
    template: &Template,
    sqs: &Sqs,
    lambda: &Lambda,
    clock: &Clock,
    tasks: &mut JoinSet<std::io::Result<()>>,
) -> Result<(), EventSourceError> {
    for function in &template.functions {
        for event in &function.queues {
            let queue = sqs::name_in_arn(&event.queue_arn);
            let queue = queue.ok_or_else(|| EventSourceError::Queue(event.queue_arn.clone()))?;
            // The children of an earlier run are gone, so nobody holds their messages any more.
            sqs.give_back(queue)?;
            let concurrency_max = event.concurrency_max.and_then(|max| usize::try_from(max).ok());
            let mapping = Mapping {
                function: function.name.clone(),
                queue: queue.to_owned(),
                batch_size: usize::try_from(event.batch_size).unwrap_or(sqs::MESSAGES_MAX),
                partial_answers: event.partial_answers,
                concurrency_max: concurrency_max.unwrap_or(CHILDREN_MAX),
            };
            tasks.spawn(mapping.poll(sqs.clone(), lambda.clone()));
        }
        for expression in &function.schedules {
            let schedule = Schedule::parse(expression)
                .ok_or_else(|| EventSourceError::Schedule(expression.clone()))?;
            tasks.spawn(schedule.run(function.name.clone(), lambda.clone(), clock.clone()));
        }
    }
    Ok(())
}
