//! Lambda on this machine: runs a function by its name on one of its children.

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::{Semaphore, oneshot};

use crate::children::{Child, Program};
use crate::runtime_api::{Answer, Event, RuntimeApi};

/// Children per function where the template reserves no concurrency; further events wait.
pub const CHILDREN_MAX: usize = 10;

/// How long a child may take before it first asks for an event. After that Lambda starts it again, with the
/// function's own timeout; here the same start gets that much more time.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long killed children may take to be gone.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// How a function is run.
#[derive(Debug, Clone)]
pub struct Deployed {
    pub name: String,
    pub arn: String,
    pub environment: BTreeMap<String, String>,
    pub timeout: Duration,
    pub children_max: usize,
}

/// All functions of the bundle.
#[derive(Debug, Clone)]
pub struct Lambda {
    pools: Arc<BTreeMap<String, Arc<Pool>>>,
}

/// The children of one function.
#[derive(Debug)]
struct Pool {
    function: Deployed,
    program: Program,
    api: RuntimeApi,
    slots: Semaphore,
    children: Mutex<Children>,
}

#[derive(Debug, Default)]
struct Children {
    all: Vec<Arc<Child>>,
    idle: Vec<Arc<Child>>,
}

impl Lambda {
    pub(crate) fn new(functions: Vec<Deployed>, program: &Program, api: &RuntimeApi) -> Self {
        let pools = functions.into_iter().map(|function| {
            let pool = Pool {
                slots: Semaphore::new(function.children_max),
                program: program.clone(),
                api: api.clone(),
                children: Mutex::default(),
                function,
            };
            (pool.function.name.clone(), Arc::new(pool))
        });
        Self { pools: Arc::new(pools.collect()) }
    }

    /// Runs the function; `None` when there is no such function. The invocation goes on when the
    /// caller stops waiting, as Lambda's do.
    pub async fn invoke(&self, name: &str, payload: Bytes) -> Option<Answer> {
        let pool = Arc::clone(self.pools.get(name)?);
        let running = tokio::spawn(async move { pool.invoke(payload).await });
        let lost = |_| Answer::failed("Runtime.Unknown", "the invocation was lost");
        Some(running.await.unwrap_or_else(lost))
    }

    pub fn has(&self, name: &str) -> bool {
        self.pools.contains_key(name)
    }

    /// The process ids of every function's children.
    pub fn children(&self) -> Vec<(String, Vec<u32>)> {
        let pids = |pool: &Arc<Pool>| {
            let children = pool.children();
            children.all.iter().filter(|child| child.is_alive()).map(|child| child.pid).collect()
        };
        self.pools.iter().map(|(name, pool)| (name.clone(), pids(pool))).collect()
    }

    /// Kills every child and starts no more.
    pub async fn stop(&self) {
        let mut leaving = Vec::new();
        for pool in self.pools.values() {
            pool.slots.close();
            leaving.append(&mut pool.children().all);
        }
        for child in &leaving {
            child.kill();
        }
        let gone = async {
            for child in &leaving {
                child.exited().await;
            }
        };
        // A child that outlives this still ends with us, when its input ends.
        let _ = tokio::time::timeout(STOP_TIMEOUT, gone).await;
    }
}

impl Pool {
    async fn invoke(&self, payload: Bytes) -> Answer {
        let Ok(_slot) = self.slots.acquire().await else {
            return Answer::failed("Runtime.Stopped", "the stack is stopping");
        };
        if let Some(child) = self.idle_child() {
            // A child that was killed while idle has not seen the event; only then may another child have it.
            match self.hand_over(&child, payload.clone()).await {
                Ok(waiting) => return self.finish(child, waiting).await,
                Err(_) => self.forget(&child),
            }
        }
        let started =
            Child::start(&self.program, &self.function.name, &self.function.environment, &self.api);
        let child = match started {
            Ok(child) => Arc::new(child),
            Err(error) => return Answer::failed("Runtime.StartFailed", &error.to_string()),
        };
        self.children().all.push(Arc::clone(&child));
        match self.hand_over(&child, payload).await {
            Ok(waiting) => self.finish(child, waiting).await,
            Err(answer) => {
                self.forget(&child);
                answer
            }
        }
    }

    /// Gives the event to the child and waits until it has fetched it; an error means it never did.
    async fn hand_over(
        &self,
        child: &Child,
        payload: Bytes,
    ) -> Result<(String, oneshot::Receiver<Answer>), Answer> {
        let start_timeout = INIT_TIMEOUT + self.function.timeout;
        let (fetched, was_fetched) = oneshot::channel();
        let (answer, waiting) = oneshot::channel();
        let request_id = crate::random::uuid();
        let event = Event {
            request_id: request_id.clone(),
            function_arn: self.function.arn.clone(),
            timeout_ms: i64::try_from(self.function.timeout.as_millis()).unwrap_or(i64::MAX),
            payload,
            fetched,
            answer,
        };
        if !child.send(event).await {
            return Err(child.exited().await);
        }
        tokio::select! {
            // In this order: an event that was fetched must never be given to a second child.
            biased;
            Ok(()) = was_fetched => Ok((request_id, waiting)),
            answer = child.exited() => Err(answer),
            () = tokio::time::sleep(start_timeout) => {
                child.kill();
                let seconds = start_timeout.as_secs();
                let message = format!("the function did not start within {seconds} s");
                Err(Answer::failed("Sandbox.Timedout", &message))
            }
        }
    }

    /// Waits for the answer, the child's end, or the end of its time.
    async fn finish(
        &self,
        child: Arc<Child>,
        (request_id, mut waiting): (String, oneshot::Receiver<Answer>),
    ) -> Answer {
        let answer = tokio::select! {
            biased;
            Ok(answer) = &mut waiting => {
                self.children().idle.push(child);
                return answer;
            }
            answer = child.exited() => answer,
            () = tokio::time::sleep(self.function.timeout) => {
                child.kill();
                let seconds = self.function.timeout.as_secs();
                let message = format!("{request_id} Task timed out after {seconds}.00 seconds");
                Answer::failed("Sandbox.Timedout", &message)
            }
        };
        self.forget(&child);
        answer
    }

    fn idle_child(&self) -> Option<Arc<Child>> {
        let mut children = self.children();
        children.all.retain(|child| child.is_alive());
        children.idle.retain(|child| child.is_alive());
        children.idle.pop()
    }

    fn forget(&self, gone: &Arc<Child>) {
        self.children().all.retain(|child| !Arc::ptr_eq(child, gone));
    }

    /// Every statement leaves the lists whole, so a poisoned lock is safe to use.
    fn children(&self) -> MutexGuard<'_, Children> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
