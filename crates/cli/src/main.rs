//! The `enroll` binary.

fn main() -> anyhow::Result<()> {
    Ok(())
}
