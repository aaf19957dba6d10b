//! Strongly connected components of a graph (Tarjan, 1972), without recursion: a request must not choose the depth of the
//! stack (threat S29). Time and memory are linear in nodes and edges.

/// One node on its way: the node and which of its edges comes next.
struct Frame {
    node: usize,
    next: usize,
}

/// The component of every node, as a number. `edges` leads from each node to others; what leads nowhere is passed over.
pub(super) fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    let count = edges.len();
    let mut search = Search {
        edges,
        entered: vec![None; count],
        low: vec![0; count],
        component: vec![None; count],
        open: Vec::new(),
        clock: 0,
        components: 0,
    };
    for node in 0..count {
        search.from(node);
    }
    search.component.into_iter().map(Option::unwrap_or_default).collect()
}

struct Search<'e> {
    edges: &'e [Vec<usize>],
    /// When a node was reached first.
    entered: Vec<Option<usize>>,
    /// The earliest node of the open ones that it leads back to.
    low: Vec<usize>,
    component: Vec<Option<usize>>,
    /// Nodes whose component is not complete.
    open: Vec<usize>,
    clock: usize,
    components: usize,
}

// Every list has one place for each node, and a target is looked up before it becomes one.
impl Search<'_> {
    fn from(&mut self, start: usize) {
        if self.entered[start].is_some() {
            return;
        }
        let mut path = vec![self.enter(start)];
        while let Some(frame) = path.last_mut() {
            let node = frame.node;
            if let Some(&target) = self.edges[node].get(frame.next) {
                frame.next += 1;
                match self.entered.get(target) {
                    Some(None) => path.push(self.enter(target)),
                    Some(&Some(entered)) if self.component[target].is_none() => {
                        self.low[node] = self.low[node].min(entered);
                    }
                    _ => {}
                }
                continue;
            }
            path.pop();
            if let Some(parent) = path.last() {
                self.low[parent.node] = self.low[parent.node].min(self.low[node]);
            }
            if self.entered[node] == Some(self.low[node]) {
                self.close(node);
            }
        }
    }

    fn enter(&mut self, node: usize) -> Frame {
        self.entered[node] = Some(self.clock);
        self.low[node] = self.clock;
        self.clock += 1;
        self.open.push(node);
        Frame { node, next: 0 }
    }

    /// Everything that was opened since `first` is one component.
    fn close(&mut self, first: usize) {
        while let Some(node) = self.open.pop() {
            self.component[node] = Some(self.components);
            if node == first {
                break;
            }
        }
        self.components += 1;
    }
}
