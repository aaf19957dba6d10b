//! Cursors of RFC 9865 that go wrong.

use serde_json::{Value, json};

use crate::support::{Fault, Front, failed, result};

#[tokio::test]
async fn cp_a_server_with_cursors_passes() {
    let report = Front::start(Fault::NONE).await.run(&["9865"]).await;
    assert_eq!(failed(&report), Vec::<&str>::new(), "{report}");
    assert_eq!(report.tally().passed, 8, "{report}");
}

#[tokio::test]
async fn cp2_a_last_page_that_names_another_one() {
    let endless = Fault {
        // The cursor that the last page gives begins again.
        on_request: |_, target, _| *target = target.replace("cursor=again", "cursor="),
        on_answer: |answer| {
            if answer.path.contains("cursor=") && answer.body.get("nextCursor").is_none() {
                answer.body["nextCursor"] = json!("again");
            }
        },
    };
    let report = Front::start(endless).await.run(&["9865"]).await;
    assert_eq!(failed(&report), ["cursor-pages"], "{report}");
    assert!(result(&report, "cursor-pages").reason.as_deref().unwrap().contains("no last page"));
}

#[tokio::test]
async fn cp1_a_cursor_that_has_to_be_encoded_and_a_first_page_with_a_previous_one() {
    let wrong = Fault::in_answers(|answer| {
        if answer.body.get("nextCursor").is_some_and(Value::is_string) {
            answer.body["nextCursor"] = json!("from 2/3");
            answer.body["previousCursor"] = json!("from-0");
        }
    });
    let report = Front::start(wrong).await.run(&["cursor-first-page", "cursor-characters"]).await;
    assert_eq!(failed(&report), ["cursor-first-page", "cursor-characters"], "{report}");
    assert!(result(&report, "cursor-characters").reason.as_deref().unwrap().contains("from 2/3"));
}
