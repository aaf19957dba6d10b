//! The order in which operations are carried out.

use std::collections::HashSet;

use enroll_scim::bulk::Plan;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{group, patch, plan};

fn flat(plan: &Plan) -> Vec<usize> {
    plan.batches.iter().flatten().copied().collect()
}

#[test]
fn v10_without_forward_references_the_order_is_the_order_of_the_request() {
    let plan = plan(&json!([
        group("a", &[]),
        patch("/Groups/1", "bulkId:a"),
        json!({ "method": "DELETE", "path": "/Users/1" }),
        json!({ "method": "GET" }),
        group("b", &["bulkId:a"]),
    ]));
    assert_eq!(plan.batches, [[0], [1], [2], [3], [4]]);
}

#[test]
fn v4_an_operation_waits_for_what_it_refers_to_and_nothing_is_moved_ahead() {
    let plan = plan(&json!([group("a", &["bulkId:c"]), group("b", &[]), group("c", &[]), group("d", &[])]));
    assert_eq!(flat(&plan), [1, 2, 0, 3]);
}

#[test]
fn v10_operations_on_one_resource_keep_their_order() {
    let plan = plan(&json!([
        patch("/Groups/1", "bulkId:a"),
        patch("/Groups/1", "x"),
        patch("/Groups/2", "x"),
        group("a", &[]),
    ]));
    assert_eq!(flat(&plan), [2, 3, 0, 1]);
}

#[test]
fn v10_a_delete_waits_for_earlier_operations_that_name_the_resource() {
    let mut both = patch("/Groups/1", "bulkId:a");
    both["data"]["Operations"][0]["value"] = json!([{ "value": "bulkId:a" }, { "value": "u" }]);
    let delete = json!({ "method": "DELETE", "path": "/Users/u" });
    let plan = plan(&json!([both, delete, group("a", &["u"]), patch("/Groups/2", "u")]));
    assert_eq!(flat(&plan), [2, 0, 1, 3]);
}

#[test]
fn v5_posts_that_refer_to_each_other_are_one_batch() {
    let plan = plan(&json!([
        group("a", &["bulkId:b"]),
        patch("/Groups/1", "bulkId:a"),
        group("b", &["bulkId:c"]),
        group("x", &["bulkId:b"]),
        group("c", &["bulkId:a", "bulkId:y"]),
        group("y", &[]),
    ]));
    assert_eq!(plan.batches, [vec![5], vec![0, 2, 4], vec![1], vec![3]]);
}

#[test]
fn s29_long_chains_and_large_circles_are_ordered_without_recursion() {
    let name = |number: usize| format!("bulkId:{number}");
    let last = 999;
    let chain: Vec<Value> =
        (0..last).map(|number| group(&number.to_string(), &[&name(number + 1)])).collect();
    let mut open = chain.clone();
    open.push(group(&last.to_string(), &[]));
    assert_eq!(flat(&plan(&json!(open))), (0..=last).rev().collect::<Vec<_>>());
    let mut circle = chain;
    circle.push(group(&last.to_string(), &[&name(0)]));
    assert_eq!(plan(&json!(circle)).batches, [(0..=last).collect::<Vec<_>>()]);
}

/// Operations `0..n` in which each refers to some of those after it in `rank`: no circles.
fn acyclic() -> impl Strategy<Value = Vec<(bool, Vec<usize>)>> {
    (2_usize..30).prop_flat_map(|count| {
        let rank = Just((0..count).collect::<Vec<_>>()).prop_shuffle();
        let edges =
            proptest::collection::vec((any::<bool>(), proptest::collection::vec(0..count, 0..4)), count);
        (rank, edges).prop_map(|(rank, edges)| {
            let is_post: Vec<bool> = edges.iter().map(|(post, _)| *post).collect();
            let keep = |node: usize, to: &usize| rank[node] < rank[*to] && is_post[*to];
            edges
                .into_iter()
                .enumerate()
                .map(|(node, (post, to))| (post, to.into_iter().filter(|to| keep(node, to)).collect()))
                .collect()
        })
    })
}

fn operations(graph: &[(bool, Vec<usize>)]) -> Value {
    let operations = graph.iter().enumerate().map(|(node, (post, to))| {
        let members: Vec<String> = to.iter().map(|to| format!("bulkId:{to}")).collect();
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let mut operation = group(&node.to_string(), &members);
        if !post {
            operation["method"] = json!("PUT");
            operation["path"] = json!(format!("/Groups/{}", node % 3));
        }
        operation
    });
    operations.collect()
}

proptest! {
    #[test]
    fn v4_v10_acyclic_requests_are_carried_out_after_what_they_refer_to(graph in acyclic()) {
        let plan = plan(&operations(&graph));
        prop_assert!(plan.batches.iter().all(|batch| batch.len() == 1));
        let order = flat(&plan);
        let place = |node: usize| order.iter().position(|&other| other == node).unwrap();
        prop_assert_eq!(order.iter().collect::<HashSet<_>>().len(), graph.len());
        for (node, (post, to)) in graph.iter().enumerate() {
            for &to in to {
                prop_assert!(place(to) < place(node));
            }
            for (later, (other, _)) in graph.iter().enumerate().skip(node + 1) {
                let same = !post && !other && node % 3 == later % 3;
                prop_assert!(!same || place(node) < place(later), "one resource, one order");
            }
        }
    }

    #[test]
    fn v5_s29_any_graph_is_ordered_and_only_posts_share_a_batch(
        graph in proptest::collection::vec((any::<bool>(), proptest::collection::vec(0_usize..20, 0..4)), 1..20)
    ) {
        let plan = plan(&operations(&graph));
        let order = flat(&plan);
        prop_assert_eq!(order.len(), graph.len());
        prop_assert_eq!(order.iter().collect::<HashSet<_>>().len(), graph.len());
        for batch in plan.batches.iter().filter(|batch| batch.len() > 1) {
            prop_assert!(batch.iter().all(|&node| graph[node].0));
            prop_assert!(batch.is_sorted());
        }
    }
}
