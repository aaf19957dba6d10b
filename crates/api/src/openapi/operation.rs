//! What is said of an operation beyond what the types of its handler say.

/// An operation: its name and meaning, what its success looks like, and which refusals no type tells of.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: Option<&'static str>,
    pub(super) answers: Vec<(u16, &'static str)>,
    pub(super) refusals: &'static [u16],
    pub(super) links: Vec<(&'static str, &'static str)>,
}

/// An operation by its `operationId`, which generated clients call their function, and a line that says what it does.
pub(crate) fn op(id: &'static str, summary: &'static str) -> Operation {
    Operation { id, summary, description: None, answers: Vec::new(), refusals: &[], links: Vec::new() }
}

impl Operation {
    /// What else one should know.
    pub(crate) fn describe(mut self, text: &'static str) -> Self {
        self.description = Some(text);
        self
    }

    /// A success with this status; what its body is, the handler says.
    pub(crate) fn answers(mut self, status: u16, what: &'static str) -> Self {
        self.answers.push((status, what));
        self
    }

    /// 200.
    pub(crate) fn ok(self, what: &'static str) -> Self {
        self.answers(200, what)
    }

    /// 201.
    pub(crate) fn created(self, what: &'static str) -> Self {
        self.answers(201, what)
    }

    /// 204.
    pub(crate) fn gone(self, what: &'static str) -> Self {
        self.answers(204, what)
    }

    /// Refusals that neither the way of authentication nor the parameters nor the body account for.
    pub(crate) fn refuses(mut self, statuses: &'static [u16]) -> Self {
        self.refusals = statuses;
        self
    }

    /// What can be done with the object that was made, besides what stands at its own path: name and `operationId`.
    pub(crate) fn link(mut self, name: &'static str, operation: &'static str) -> Self {
        self.links.push((name, operation));
        self
    }
}
