//! Signatures of Standard Webhooks 1.0.0: HMAC-SHA-256 over id, time and body (threat S40).

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use enroll_store::webhook::WebhookRow;
use jiff::Timestamp;

/// The header `webhook-signature`: by the present secret, and by the one before while it is good.
pub(super) fn signature(webhook: &WebhookRow, id: &str, now: Timestamp, body: &str) -> String {
    let old = webhook.old_secret.as_ref().filter(|(_, until)| *until > now).map(|(secret, _)| secret);
    let signed = format!("{id}.{}.{body}", now.as_second());
    let by = |secret: &Vec<u8>| {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
        format!("v1,{}", BASE64.encode(tag.as_ref()))
    };
    std::iter::once(&webhook.secret).chain(old).map(by).collect::<Vec<_>>().join(" ")
}
