//! A merchant's server for tests: it keeps the requests it receives and answers as instructed.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// No answer for as long as the caller waits.
pub const SILENCE: &str = "silence";
/// An answer that is not HTTP.
pub const GIBBERISH: &str = "gibberish";

#[derive(Clone, Debug)]
pub struct Receiver {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
    ahead: Arc<AtomicI64>,
}

#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub payload: String,
    /// How far the stack's clock was ahead of the machine's.
    ahead: i64,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// When it arrived, by the stack's clock. It is signed with the machine's time.
    pub fn came_at(&self) -> i64 {
        self.header("webhook-timestamp").parse::<i64>().unwrap() + self.ahead
    }

    pub fn body(&self) -> Value {
        serde_json::from_str(&self.payload).unwrap()
    }
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (received, answers, ahead) = (Arc::default(), Arc::default(), Arc::default());
        let started = Self { url, received, answers, ahead };
        let server = started.clone();
        // Ends with the test's process. A listener that nobody calls costs nothing.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(stream));
            }
        });
        started
    }

    /// Sets the next answers, each the end of a status line and headers: `500 x` or
    /// `302 x\r\nlocation: /y`. After them it answers 204 again. `SILENCE` is no answer, and `GIBBERISH`
    /// is not HTTP.
    pub fn answer_next(&self, answers: &[&str]) {
        let mut waiting = self.answers.lock().unwrap();
        waiting.extend(answers.iter().map(|answer| (*answer).to_owned()));
    }

    /// Announces how far the sending stack's clock is moved, before it is moved.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::SeqCst);
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until this many requests have arrived.
    pub async fn until(&self, count: usize) -> Vec<Received> {
        for _ in 0..250 {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        panic!("{} requests, not {count}", self.received().len());
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some(path) = line.split(' ').nth(1).map(str::to_owned) else {
            return;
        };
        let mut headers = HeaderMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_str(value.trim()).unwrap());
        }
        let length = headers.get("content-length").map_or("0", |v| v.to_str().unwrap());
        let mut payload = vec![0; length.parse().unwrap()];
        reader.read_exact(&mut payload).unwrap();
        let payload = String::from_utf8(payload).unwrap();
        let ahead = self.ahead.load(Ordering::SeqCst);
        self.received.lock().unwrap().push(Received { path, headers, payload, ahead });
        let answer = self.answers.lock().unwrap().pop_front();
        let answer = answer.unwrap_or_else(|| "204 No Content".to_owned());
        if answer == SILENCE {
            // Until the caller hangs up.
            let _ = reader.read(&mut [0]);
            return;
        }
        if answer == GIBBERISH {
            reader.get_mut().write_all(b"gibberish\r\n\r\n").unwrap();
            return;
        }
        let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        reader.get_mut().write_all(answer.as_bytes()).unwrap();
    }
}
