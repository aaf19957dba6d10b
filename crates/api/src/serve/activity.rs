//! What happens on a connection: enough to tell a busy client from a slow one and from an idle one (R18, S34).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::HttpConfig;

/// How long an idle connection may stay when every place is taken.
const CROWDED_IDLE: Duration = Duration::from_secs(1);

/// The state of one connection, shared by its stream, its requests and its watchdog.
#[derive(Debug, Clone)]
pub(super) struct Activity(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Requests between their head and their answer.
    running: usize,
    /// Since when a head has been owed: from the first byte of it, or from the start for the first one.
    head_since: Option<Instant>,
    /// Since when nothing has been going on.
    idle_since: Instant,
    /// Since when the client has not taken all of what was written.
    write_since: Option<Instant>,
}

/// A request that has not been answered; dropped with its answer.
#[derive(Debug)]
pub(super) struct Running(Activity);

impl Activity {
    pub(super) fn begin() -> Self {
        let now = Instant::now();
        Self(Arc::new(Mutex::new(State {
            running: 0,
            head_since: Some(now),
            idle_since: now,
            write_since: None,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is one assignment: there is no half-made state to fear.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a complete head.
    pub(super) fn request(&self) -> Running {
        let mut state = self.state();
        state.running += 1;
        state.head_since = None;
        Running(self.clone())
    }

    /// Notes bytes from the client.
    pub(super) fn received(&self) {
        let mut state = self.state();
        if state.running == 0 {
            state.head_since.get_or_insert_with(Instant::now);
        }
    }

    /// Notes that the client does not take more just now.
    pub(super) fn blocked(&self) {
        self.state().write_since.get_or_insert_with(Instant::now);
    }

    /// Notes that the client has taken everything.
    pub(super) fn flushed(&self) {
        let mut state = self.state();
        if state.write_since.take().is_some() {
            state.idle_since = Instant::now();
        }
    }

    /// Whether the client has used up its time. `crowded`: every place is taken.
    pub(super) fn is_over(&self, config: &HttpConfig, crowded: bool) -> bool {
        let state = self.state();
        if let Some(since) = state.write_since {
            return since.elapsed() >= config.write_time;
        }
        let idle_time = if crowded { config.idle_time.min(CROWDED_IDLE) } else { config.idle_time };
        let slow = state.head_since.is_some_and(|since| since.elapsed() >= config.head_time);
        state.running == 0 && (slow || state.idle_since.elapsed() >= idle_time)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.running = state.running.saturating_sub(1);
        state.idle_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::Activity;
    use crate::HttpConfig;
    use std::time::Duration;
    use tokio::time::advance;

    const SECOND: Duration = Duration::from_secs(1);

    fn over(activity: &Activity) -> bool {
        activity.is_over(&HttpConfig::default(), false)
    }

    #[tokio::test(start_paused = true)]
    async fn r18_a_client_that_sends_no_head_or_half_a_head_is_closed_after_ten_seconds() {
        let activity = Activity::begin();
        advance(9 * SECOND).await;
        activity.received();
        assert!(!over(&activity));
        advance(SECOND).await;
        assert!(over(&activity), "each byte does not buy ten more seconds");
    }

    #[tokio::test(start_paused = true)]
    async fn r18_an_idle_connection_is_closed_after_its_time_and_sooner_when_places_are_taken() {
        let activity = Activity::begin();
        drop(activity.request());
        advance(29 * SECOND).await;
        assert!(!over(&activity));
        assert!(activity.is_over(&HttpConfig::default(), true));
        advance(SECOND).await;
        assert!(over(&activity));
    }

    #[tokio::test(start_paused = true)]
    async fn r18_a_running_request_is_never_idle() {
        let activity = Activity::begin();
        let running = activity.request();
        advance(100 * SECOND).await;
        activity.received();
        assert!(!activity.is_over(&HttpConfig::default(), true));
        drop(running);
        assert!(!over(&activity));
    }

    #[tokio::test(start_paused = true)]
    async fn r18_a_client_that_does_not_read_its_answer_is_closed_after_thirty_seconds() {
        let activity = Activity::begin();
        drop(activity.request());
        activity.blocked();
        advance(20 * SECOND).await;
        activity.blocked();
        assert!(!activity.is_over(&HttpConfig::default(), true), "reading slowly is not being idle");
        advance(10 * SECOND).await;
        assert!(over(&activity));
        activity.flushed();
        assert!(!over(&activity));
    }
}
