//! `/api/v1/directories/{directory}/brake`: how many people may lose access in a while (enrollment.md §3.9).

use axum::Json;
use axum::extract::{Path, State};
use enroll_service::{BrakeInfo, BrakeLimits};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::Body;
use crate::App;
use crate::openapi::{Routes, op};

/// The brake of a directory and what it holds.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
) -> Result<Json<BrakeInfo>, Problem> {
    Ok(Json(app.service().brake(&directory).await?))
}

/// Sets the limits.
pub(crate) async fn set(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Body(limits): Body<BrakeLimits>,
) -> Result<Json<BrakeInfo>, Problem> {
    Ok(Json(caller.service.set_brake(&directory, Some(limits)).await?))
}

/// Switches it off.
pub(crate) async fn off(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<Json<BrakeInfo>, Problem> {
    Ok(Json(caller.service.set_brake(&directory, None).await?))
}

/// Lets through what is held.
pub(crate) async fn approve(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<Json<BrakeInfo>, Problem> {
    Ok(Json(caller.service.approve_brake(&directory).await?))
}

/// Pauses the directory: it takes no changes over SCIM.
pub(crate) async fn pause(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<Json<BrakeInfo>, Problem> {
    Ok(Json(caller.service.pause_directory(&directory, true).await?))
}

/// Lets a paused directory take changes again.
pub(crate) async fn resume(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<Json<BrakeInfo>, Problem> {
    Ok(Json(caller.service.pause_directory(&directory, false).await?))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Directories")
        .get(
            "/directories/{directory}/brake",
            read,
            op("readBrake", "Read the brake of a directory").ok("The brake"),
        )
        .put(
            "/directories/{directory}/brake",
            set,
            op("setBrake", "Set the limits of the brake").ok("The brake as it is now"),
        )
        .delete(
            "/directories/{directory}/brake",
            off,
            op("switchBrakeOff", "Switch the brake off").ok("The brake as it is now"),
        )
        .post(
            "/directories/{directory}/brake/approve",
            approve,
            op("approveBrake", "Let through what the brake holds, and everything for two hours")
                .ok("The brake as it is now")
                .refuses(&[409]),
        )
        .post(
            "/directories/{directory}/pause",
            pause,
            op("pauseDirectory", "Take no changes over SCIM").ok("The brake as it is now"),
        )
        .post(
            "/directories/{directory}/resume",
            resume,
            op("resumeDirectory", "Take changes over SCIM again").ok("The brake as it is now"),
        )
}
