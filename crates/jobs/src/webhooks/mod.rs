//! Events are sent to webhooks (enrollment.md §6.2; reliability R24).
//!
//! One process sends for all webhooks, a task each: a receiver that hangs delays its own events and nobody else's.

mod send;

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use enroll_domain::WebhookId;
use enroll_domain::audit::Actor;
use enroll_outbound::AllowedNetworks;
use enroll_service::{Delivered, Error, Scanned, Service, WebhookBatch};
use tokio::task::JoinSet;
use tracing::{error, warn};

use crate::lease::{ASK_AGAIN, Lease};
use crate::wake::Stop;

use send::Sender;

/// Events read at a time.
const BATCH: u32 = 50;

/// Progress is noted after so many events, or so long.
const NOTED: (usize, Duration) = (25, Duration::from_millis(500));

/// Unwanted events after which progress is noted all the same, so that a restart need not look at them again.
const PASSED: i64 = 5_000;

/// The longest time without looking, while nothing is under way and while something is.
const LOOK: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(5));

pub(crate) async fn run(service: Service, networks: AllowedNetworks, mut stop: Stop) {
    let service = service.acting_as(Actor::system());
    let sender = match Sender::new(networks) {
        Ok(sender) => sender,
        Err(error) => return error!(%error, "nothing can be sent to webhooks"),
    };
    let mut lease = Lease::new("webhooks", &service);
    let mut scanned = HashMap::new();
    let (mut tasks, mut running) = (JoinSet::new(), HashSet::new());
    loop {
        let seen = service.generation().await.ok();
        let mut longest = if running.is_empty() { LOOK.0 } else { LOOK.1 };
        match begin(&service, &sender, &mut lease, (&mut tasks, &mut running), &scanned).await {
            Ok(next) => longest = next.unwrap_or(longest).min(longest),
            Err(error) => {
                warn!(%error, "webhooks cannot be looked after; it is tried again");
                longest = LOOK.1;
            }
        }
        tokio::select! {
            Some(done) = tasks.join_next(), if !tasks.is_empty() => match done {
                Ok((id, to)) => {
                    running.remove(&id);
                    scanned.extend(to.map(|to| (id, to)));
                }
                // Aborted because another process has its turn, or a fault that is in the log already.
                Err(_) if tasks.is_empty() => running.clear(),
                Err(_) => {}
            },
            goes_on = stop.pause_until_commit(&service, seen, longest) => {
                if !goes_on {
                    // What was sent and not noted is sent again.
                    tasks.shutdown().await;
                    return lease.give_back(&service).await;
                }
            }
        }
    }
}

type Tasks<'a> = (&'a mut JoinSet<(WebhookId, Option<Scanned>)>, &'a mut HashSet<WebhookId>);

/// Begins to send for every webhook that has something; gives how long to wait for the next.
async fn begin(
    service: &Service,
    sender: &Sender,
    lease: &mut Lease,
    (tasks, running): Tasks<'_>,
    scanned: &HashMap<WebhookId, Scanned>,
) -> Result<Option<Duration>, Error> {
    let due = service.due_webhooks(scanned)?;
    if (!due.now.is_empty() || !running.is_empty()) && !lease.hold(service).await? {
        tasks.abort_all();
        return Ok(Some(ASK_AGAIN));
    }
    for id in due.now {
        if running.insert(id) {
            let (service, sender, from) = (service.clone(), sender.clone(), scanned.get(&id).copied());
            tasks.spawn(async move {
                let to = work(&service, &sender, id, from).await.unwrap_or_else(|error| {
                    warn!(%error, webhook = %id, "events were not sent; it is tried again");
                    None
                });
                (id, to)
            });
        }
    }
    let wait = due.next.map(|time| time.duration_since(service.clock().now()));
    Ok(wait.map(|wait| Duration::try_from(wait).unwrap_or_default().max(Duration::from_millis(50))))
}

/// Sends what one webhook has waiting, until there is nothing more or something fails; gives how far it has looked.
async fn work(
    service: &Service,
    sender: &Sender,
    id: WebhookId,
    mut scanned: Option<Scanned>,
) -> Result<Option<Scanned>, Error> {
    test(service, sender, id).await?;
    loop {
        let Some(batch) = service.webhook_batch(id, scanned, BATCH).await? else { return Ok(scanned) };
        let to = batch.scanned;
        if batch.events.is_empty() {
            if to.to - to.acknowledged > PASSED {
                service.webhook_delivered(&batch, &[], to.to).await?;
            }
            if scanned == Some(to) || to.to == to.acknowledged {
                return Ok(Some(to));
            }
            scanned = Some(to);
            continue;
        }
        if !send_all(service, sender, id, batch).await? {
            return Ok(None);
        }
        scanned = None;
    }
}

/// Sends the test message that somebody has asked for, if anybody has.
async fn test(service: &Service, sender: &Sender, id: WebhookId) -> Result<(), Error> {
    let Some(message) = service.webhook_test(id)? else { return Ok(()) };
    let outcome = sender.send(&message, service.clock().now()).await;
    service.webhook_tested(id, &message, outcome.map_err(|failed| failed.of(0))).await
}

/// Sends a batch in order; answers whether all of it was taken. Whoever asks for a test meanwhile need not wait for the end.
async fn send_all(
    service: &Service,
    sender: &Sender,
    id: WebhookId,
    batch: WebhookBatch,
) -> Result<bool, Error> {
    let (events, end) = (batch.events.clone(), batch.scanned.to);
    let mut batch = batch;
    let (mut delivered, mut noted) = (Vec::new(), Instant::now());
    let last = events.last().map(|event| event.sequence);
    for event in events {
        let now = service.clock().now();
        match sender.send(&batch.message(&event, now), now).await {
            Ok(answer) => delivered.push(Delivered { sequence: event.sequence, answer }),
            Err(failed) => {
                if let Some(done) = delivered.last() {
                    let up_to = done.sequence;
                    match service.webhook_delivered(&batch, &delivered, up_to).await? {
                        Some(rest) => batch = rest,
                        None => return Ok(false),
                    }
                }
                service.webhook_failed(&batch, failed.of(event.sequence)).await?;
                return Ok(false);
            }
        }
        let is_last = last == Some(event.sequence);
        if is_last || delivered.len() >= NOTED.0 || noted.elapsed() >= NOTED.1 {
            let up_to = if is_last { end } else { event.sequence };
            match service.webhook_delivered(&batch, &delivered, up_to).await? {
                Some(rest) => batch = rest,
                // An administrator has changed something: it is read anew.
                None => return Ok(false),
            }
            if batch.is_test_asked() {
                test(service, sender, id).await?;
            }
            delivered.clear();
            noted = Instant::now();
        }
    }
    Ok(true)
}
