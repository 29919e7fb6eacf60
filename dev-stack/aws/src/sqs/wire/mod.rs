//! The actions by name: reads their bodies, calls the core, shapes the answers.

mod batch;
mod receive_message;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::batch::check_total;
use crate::protocol::read;
use crate::sqs::error::SqsError;
use crate::sqs::requests::{
    Batch, ChangeVisibility, CreateQueue, DeleteMessage, GetQueueAttributes, GetQueueUrl,
    ListQueues, Nothing, OnQueue, ReceiveMessage, SendMessage, SetQueueAttributes,
};
use crate::sqs::{Sqs, name_in_url};
use crate::{AwsError, AwsJson};

impl AwsJson for Sqs {
    const TARGET: &'static str = "AmazonSQS";
    const CONTENT_TYPE: &'static str = "application/x-amz-json-1.0";
    const MESSAGE: &'static str = "message";

    async fn answer(&self, action: &str, body: &[u8]) -> Result<Value, AwsError> {
        if action == "ReceiveMessage" {
            self.long_poll(body).await
        } else {
            self.call(action, body)
        }
    }
}

impl Sqs {
    /// One action in awsJson, without waiting: `ReceiveMessage` answers what is there.
    pub fn call(&self, action: &str, body: &[u8]) -> Result<Value, AwsError> {
        Ok(self.act(action, body)?)
    }

    fn act(&self, action: &str, body: &[u8]) -> Result<Value, SqsError> {
        match action {
            "CreateQueue" => self.create(read::<CreateQueue>(body)?),
            "GetQueueUrl" => self.find(&read::<GetQueueUrl>(body)?.queue_name),
            "ListQueues" => self.list(&read::<ListQueues>(body)?),
            "GetQueueAttributes" => on_queue(body, |queue, request: GetQueueAttributes| {
                self.attributes(queue, &request)
            }),
            "SetQueueAttributes" => on_queue(body, |queue, request: SetQueueAttributes| {
                done(self.configure(queue, &request.attributes))
            }),
            "PurgeQueue" => on_queue(body, |queue, Nothing {}| done(self.purge(queue))),
            "SendMessage" => on_queue(body, |queue, request| self.send(queue, request)),
            "SendMessageBatch" => on_queue(body, |queue, batch: Batch<SendMessage>| {
                check_total(&batch)?;
                self.each(queue, batch, |request| self.send(queue, request))
            }),
            "ReceiveMessage" => on_queue(body, |queue, request: ReceiveMessage| {
                request.check()?;
                if let Some(again) = self.given_again(queue, &request)? {
                    return Ok(request.shown(again));
                }
                let received = self.receive(queue, request.count(), request.visibility_timeout)?;
                self.remember_given(queue, &request, &received);
                Ok(request.shown(received))
            }),
            "DeleteMessage" => on_queue(body, |queue, request| self.delete_one(queue, &request)),
            "DeleteMessageBatch" => on_queue(body, |queue, batch| {
                self.each(queue, batch, |request| self.delete_one(queue, &request))
            }),
            "ChangeMessageVisibility" => {
                on_queue(body, |queue, request| self.change_one(queue, &request))
            }
            "ChangeMessageVisibilityBatch" => on_queue(body, |queue, batch| {
                self.each(queue, batch, |request| self.change_one(queue, &request))
            }),
            "StartMessageMoveTask" => self.start_move(&read(body)?),
            "ListMessageMoveTasks" => self.list_moves(&read(body)?),
            "CancelMessageMoveTask" => self.cancel_move(&read(body)?),
            _ => Err(SqsError::InvalidAction(action.to_owned())),
        }
    }

    fn delete_one(&self, queue: &str, request: &DeleteMessage) -> Result<Value, SqsError> {
        done(self.delete(queue, &request.receipt_handle))
    }

    fn change_one(&self, queue: &str, request: &ChangeVisibility) -> Result<Value, SqsError> {
        let ChangeVisibility { receipt_handle, visibility_timeout } = request;
        done(self.change_visibility(queue, receipt_handle, *visibility_timeout))
    }
}

fn on_queue<T: DeserializeOwned>(
    body: &[u8],
    act: impl FnOnce(&str, T) -> Result<Value, SqsError>,
) -> Result<Value, SqsError> {
    let OnQueue { queue_url, what } = read::<OnQueue<T>>(body)?;
    act(name_in_url(&queue_url), what)
}

fn done(result: Result<(), SqsError>) -> Result<Value, SqsError> {
    result.map(|()| json!({}))
}
