//! A call that leaves a process: to the table, to a queue, to the gateway.

use bytes::Bytes;
use dev_stack::gateways::Asked;
use http::{Request, Response};
use serde_json::Value;

use crate::hold::image::short;
use crate::world::World;
use crate::world::fate::{answer, in_haste};
use crate::world::faults::Kind;

#[derive(Clone, Debug)]
pub(crate) enum Call {
    DynamoDb {
        action: String,
        body: Value,
    },
    Sqs {
        action: String,
        body: Bytes,
    },
    Gateway(Request<Bytes>),
    /// A confirmation for the merchant's server.
    Merchant(Request<Bytes>),
}

impl Call {
    pub(crate) fn kind(&self, world: &World) -> Kind {
        match self {
            Self::DynamoDb { action, .. } => match action.as_str() {
                "GetItem" => Kind::Read,
                "Query" => Kind::Query,
                _ => Kind::Write,
            },
            Self::Sqs { .. } => Kind::Send,
            Self::Merchant(_) => Kind::Post,
            Self::Gateway(request) => match world.at(request).asked(request) {
                Asked::LookUp => Kind::Ask,
                Asked::Act { repeats_safely: true, .. } => Kind::KeyedAct,
                Asked::Act { repeats_safely: false, .. } => Kind::Act,
            },
        }
    }

    /// The answer to a caller that is throttled.
    pub(crate) fn in_haste(&self) -> Response<Bytes> {
        match self {
            Self::DynamoDb { .. } => in_haste("ThrottlingException"),
            Self::Sqs { .. } => in_haste("RequestThrottled"),
            Self::Gateway(_) | Self::Merchant(_) => answer(429, "{}".to_owned()),
        }
    }

    /// One short line.
    pub(crate) fn label(&self, world: &World) -> String {
        match self {
            Self::DynamoDb { action, body } => {
                let key = &body["Key"]["pk"]["S"];
                let key = key.as_str().or(body["Item"]["pk"]["S"].as_str()).unwrap_or_default();
                format!("{action} {}", short(key))
            }
            Self::Sqs { action, body } => {
                let body: Value = serde_json::from_slice(body).unwrap_or_default();
                let queue = body["QueueUrl"].as_str().unwrap_or_default();
                let queue = queue.rsplit('/').next().unwrap_or_default();
                let message = body["MessageBody"].as_str().unwrap_or_default();
                let message: Value = serde_json::from_str(message).unwrap_or_default();
                let kind = message["type"].as_str().unwrap_or_default();
                format!("{action} {queue} {kind}")
            }
            Self::Merchant(request) => {
                let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
                format!("POST to the merchant: {}", body["type"].as_str().unwrap_or_default())
            }
            Self::Gateway(request) => {
                let path = request.uri().path().trim_start_matches("/v1");
                let name = match world.at(request).asked(request) {
                    Asked::LookUp => String::new(),
                    Asked::Act { name, .. } => name,
                };
                format!("{} {path} {}", request.method(), short(&name))
            }
        }
    }
}
