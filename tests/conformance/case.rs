//! A case: the actions, AWS's documented behaviour, and the result.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use super::desk::Desk;

/// Longer than any case takes, including those that wait for a visibility timeout.
const TIMEOUT: Duration = Duration::from_mins(1);

type Play =
    Box<dyn FnOnce(Desk) -> Pin<Box<dyn Future<Output = Result<String, Stop>> + Send>> + Send>;

pub struct Case {
    pub name: String,
    /// The page of AWS's documentation that states the expectation.
    pub page: &'static str,
    pub expected: String,
    play: Play,
}

/// Why a case stopped early.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// A call was refused that should have been accepted; the code that SDKs see.
    #[error("{0}")]
    Refused(String),
    #[error("no answer: {0}")]
    Silent(String),
    /// It needs more waiting time than the caller allows, and this clock cannot be moved.
    #[error("not run: {0} s must pass")]
    TooLong(i64),
}

#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub page: &'static str,
    pub expected: String,
    pub got: Result<String, Stop>,
}

impl Case {
    pub fn new<F, A>(
        name: impl Into<String>,
        page: &'static str,
        expected: impl Into<String>,
        play: F,
    ) -> Self
    where
        F: FnOnce(Desk) -> A + Send + 'static,
        A: Future<Output = Result<String, Stop>> + Send + 'static,
    {
        let play: Play = Box::new(|desk| Box::pin(play(desk)));
        Self { name: name.into(), page, expected: expected.into(), play }
    }

    pub async fn play(self, desk: Desk) -> Row {
        let Self { name, page, expected, play } = self;
        let got = match tokio::time::timeout(TIMEOUT, play(desk)).await {
            Ok(got) => got,
            Err(_) => Err(Stop::Silent(format!("not within {} s", TIMEOUT.as_secs()))),
        };
        Row { name, page, expected, got }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({})", self.name)
    }
}

impl Row {
    pub fn matches(&self) -> bool {
        self.got.as_ref() == Ok(&self.expected)
    }

    pub fn was_run(&self) -> bool {
        !matches!(self.got, Err(Stop::TooLong(_)))
    }

    pub fn got(&self) -> String {
        match &self.got {
            Ok(got) => got.clone(),
            Err(stop) => stop.to_string(),
        }
    }
}
