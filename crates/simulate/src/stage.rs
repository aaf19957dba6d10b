//! Runs many small jobs side by side and tells the progress.

use futures_util::StreamExt;
use futures_util::stream;

use crate::progress::Progress;

/// Runs `job` for every index below `total`, at most `parallel` at once; the results are in order of the index.
pub(crate) async fn side_by_side<T, Job: Future<Output = T>>(
    progress: &dyn Progress,
    label: &str,
    parallel: usize,
    total: usize,
    job: impl Fn(usize) -> Job,
) -> Vec<T> {
    progress.started(label, total);
    let jobs = (0..total).map(|index| {
        let job = job(index);
        async move {
            let result = job.await;
            progress.advanced(label, 1);
            (index, result)
        }
    });
    let mut results: Vec<(usize, T)> = stream::iter(jobs).buffer_unordered(parallel.max(1)).collect().await;
    results.sort_unstable_by_key(|(index, _)| *index);
    progress.finished(label);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Runs one job as a stage of its own.
pub(crate) async fn alone<T>(progress: &dyn Progress, label: &str, job: impl Future<Output = T>) -> T {
    progress.started(label, 1);
    let result = job.await;
    progress.advanced(label, 1);
    progress.finished(label);
    result
}
