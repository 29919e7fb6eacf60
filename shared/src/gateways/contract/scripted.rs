//! A transport that answers from a script and remembers what it was asked to send.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::ports::{Transport, TransportError};

/// A status and body, as the gateway documents them.
pub(crate) type Canned = (u16, String);
pub(crate) type Scene = Result<Canned, TransportError>;

#[derive(Debug, Default)]
pub(crate) struct Scripted {
    scenes: Mutex<VecDeque<Scene>>,
    sent: Mutex<Vec<(Request<Bytes>, Duration)>>,
}

impl Scripted {
    pub(crate) fn playing(scenes: impl IntoIterator<Item = Scene>) -> Self {
        Self { scenes: Mutex::new(scenes.into_iter().collect()), sent: Mutex::default() }
    }

    pub(crate) fn sent(&self) -> Vec<(Request<Bytes>, Duration)> {
        self.sent.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let line = format!("{} {}", request.method(), request.uri());
        self.sent.lock().unwrap().push((request, timeout));
        let scene = self.scenes.lock().unwrap().pop_front();
        let (status, body) = scene.unwrap_or_else(|| panic!("not in the script: {line}"))?;
        Ok(Response::builder().status(status).body(body.into()).unwrap())
    }
}
