//! The replies of the sandbox, for the callers that wait.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};

use super::error::SandboxError;
use crate::control::{Answer, Reply};
use crate::spec::ServerEnd;

/// An event of a sandbox that is no answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A server ended.
    ServerEnded(ServerEnd),
    /// The sandbox itself has ended, and every process of the sandbox.
    Gone,
}

pub(super) type Pending = mpsc::Receiver<Result<Answer, String>>;

#[derive(Default)]
pub(super) struct Replies {
    state: Mutex<ReplyState>,
}

#[derive(Default)]
struct ReplyState {
    next: u64,
    waiting: HashMap<u64, mpsc::Sender<Result<Answer, String>>>,
    subscribers: Vec<mpsc::Sender<Event>>,
    /// Every event so far.
    events: Vec<Event>,
    /// The ends of servers that were not started again.
    ended: Vec<ServerEnd>,
    gone: bool,
}

impl Replies {
    fn lock(&self) -> MutexGuard<'_, ReplyState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a call, and the channel of the call's answer.
    pub(super) fn expect_answer(&self) -> Result<(u64, Pending), SandboxError> {
        let mut state = self.lock();
        if state.gone {
            return Err(SandboxError::Gone);
        }
        let (sender, receiver) = mpsc::channel();
        state.next += 1;
        let id = state.next;
        state.waiting.insert(id, sender);
        Ok((id, receiver))
    }

    pub(super) fn subscribe(&self) -> mpsc::Receiver<Event> {
        let (sender, receiver) = mpsc::channel();
        let mut state = self.lock();
        for event in &state.events {
            let _ = sender.send(event.clone());
        }
        if !state.gone {
            state.subscribers.push(sender);
        }
        receiver
    }

    pub(super) fn ended(&self) -> Vec<ServerEnd> {
        let state = self.lock();
        let mut ended = state.ended.clone();
        if state.gone {
            ended.push(ServerEnd { name: "sandbox".to_owned(), how: "ended".to_owned() });
        }
        ended
    }

    /// Removes the earlier ends of a server from the list, before a new start of the server.
    pub(super) fn forget_end(&self, server: &str) {
        self.lock().ended.retain(|end| end.name != server);
    }

    /// Gives a reply to the caller that waits for it, or to the subscribers.
    pub(super) fn take(&self, reply: Reply) {
        let mut state = self.lock();
        match reply {
            Reply::Ended(end) => {
                state.ended.push(end.clone());
                state.tell(Event::ServerEnded(end));
            }
            Reply::Answer { id, answer } => {
                if let Some(waiting) = state.waiting.remove(&id) {
                    let _ = waiting.send(answer);
                }
            }
            Reply::Pid(_) | Reply::Ready | Reply::Failed(_) => {}
        }
    }

    /// Marks the sandbox as ended. The callers that wait get an error.
    pub(super) fn gone(&self) {
        let mut state = self.lock();
        state.gone = true;
        state.waiting.clear();
        state.tell(Event::Gone);
        state.subscribers.clear();
    }
}

impl ReplyState {
    fn tell(&mut self, event: Event) {
        self.subscribers.retain(|subscriber| subscriber.send(event.clone()).is_ok());
        self.events.push(event);
    }
}
