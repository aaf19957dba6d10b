//! The service against a model of enrollment.md, over random steps (reliability R13).
//!
//! `ENROLL_MODEL_STEPS` is how many steps each of the four runs takes (1,000 unless given; `scripts/test` takes 25,000), and
//! `ENROLL_MODEL_SEED` where they start. A run prints its seed; the same seed takes the same steps.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be, and says how to come there again"
)]

mod admin;
mod brake;
mod model;
mod past;
mod scim;
mod world;

use world::World;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

async fn run(part: u64) {
    let now = enroll_service::Clock::system().now().as_second().unsigned_abs();
    let seed = number("ENROLL_MODEL_SEED").unwrap_or(now * 4 + part);
    let steps = number("ENROLL_MODEL_STEPS").unwrap_or(1000);
    println!("{steps} steps; again: ENROLL_MODEL_SEED={seed} ENROLL_MODEL_STEPS={steps}");
    let mut world = World::new(seed).await;
    for step in 0..steps {
        let taken = world.step().await;
        let taken = format!("seed {seed}, step {step}: {taken}");
        world.compare(&taken).await;
        world.compare_past(&taken).await;
    }
    world.finish().await;
}

#[tokio::test]
async fn reliability_r13_the_service_does_as_the_model_in_run_1() {
    run(0).await;
}

#[tokio::test]
async fn reliability_r13_the_service_does_as_the_model_in_run_2() {
    run(1).await;
}

#[tokio::test]
async fn reliability_r13_the_service_does_as_the_model_in_run_3() {
    run(2).await;
}

#[tokio::test]
async fn reliability_r13_the_service_does_as_the_model_in_run_4() {
    run(3).await;
}
