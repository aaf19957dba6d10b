//! Reading a PATCH request (RFC 7644 §3.5.2): the body, its operations, and what each of them does.

use serde_json::Value;

use super::step::{Action, Effect, Place, Step};
use super::target::{self, Named, Target};
use super::{add, expand, remove, replace};
use crate::quirks::lenient_schemas::check_message;
use crate::quirks::operation_case;
use crate::validate::{Reading, member, shown};
use crate::{Dialect, Limits, Notes, Object, ResourceModel, ScimError};

/// The `schemas` URI of a PATCH request.
pub const PATCH_OP_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A PATCH request that has been read: every path resolved, every value checked and in canonical form.
///
/// It can be applied to any resource of the type it was read for, and again when a transaction has to be repeated.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchRequest {
    pub(super) steps: Vec<Step>,
}

impl PatchRequest {
    /// Reads the body of a PATCH request for resources of the type `model`.
    ///
    /// What the RFC tells a server to ignore, and what a quirk has read differently, is written into `notes`.
    ///
    /// # Errors
    /// - 400 `invalidSyntax`: no `Operations`, an operation that is none, an unknown `op`; in `strict` a wrong `schemas`
    ///   or an `op` that is not in lower case.
    /// - 400 `invalidPath`, `noTarget`, `invalidFilter`: a `path` that cannot be read, names nothing, or whose filter is wrong.
    /// - 400 `invalidValue`: a value that is missing or does not fit its attribute.
    /// - 400 `mutability`: a `path` to what only the server writes, or the removal of what is required.
    /// - 413: more operations, or more values of multi-valued attributes, than `limits` allow.
    pub fn parse(
        mut body: Object,
        model: &ResourceModel,
        dialect: &Dialect,
        limits: &Limits,
        notes: &mut Notes,
    ) -> Result<Self, ScimError> {
        let mut cx = Reading { model, dialect, notes };
        let schemas = member(&mut body, "schemas")?;
        check_message(cx.dialect, cx.notes, schemas.as_ref(), PATCH_OP_SCHEMA, "PATCH request")?;
        let operations = match member(&mut body, "Operations")? {
            Some(Value::Array(operations)) if !operations.is_empty() => operations,
            _ => {
                return Err(ScimError::invalid_syntax(
                    "Operations must be an array of one operation or more",
                ));
            }
        };
        ignore_rest(&mut cx, &body);
        let most = limits.patch_operations;
        if operations.len() > most {
            let count = operations.len();
            return Err(ScimError::too_large(format!(
                "the request has {count} operations, the limit (patch_operations) is {most}: split it"
            )));
        }
        let mut reader = Reader { cx, limits, operation: 0, values: 0, steps: Vec::new() };
        for (index, operation) in operations.into_iter().enumerate() {
            reader.operation = index + 1;
            let place = format!("operation {}", reader.operation);
            reader.operation(operation).map_err(|error| error.within(place))?;
        }
        Ok(Self { steps: reader.steps })
    }

    /// The attributes that its operations name, for
    /// [`apply_after_write`](crate::projection::Projection::apply_after_write).
    pub fn written(&self) -> Object {
        let mut written = Object::new();
        for Place { extension, attribute, .. } in self.steps.iter().map(|step| &step.place) {
            match (extension, attribute) {
                (Some(uri), Some(name)) => {
                    let container = written.entry(uri.as_str()).or_insert_with(|| Object::new().into());
                    if let Value::Object(container) = container {
                        container.insert(name.clone(), Value::Null);
                    }
                }
                (None, Some(name)) => drop(written.insert(name.clone(), Value::Null)),
                (_, None) => {}
            }
        }
        written
    }

    /// Whether nothing is left to be applied: everything in the request was ignored, or has been taken out with
    /// [`detach`](Self::detach).
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Reads one operation after the other.
pub(super) struct Reader<'a> {
    pub(super) cx: Reading<'a>,
    pub(super) limits: &'a Limits,
    /// The number of the operation, from 1.
    operation: usize,
    /// How many values of multi-valued attributes the request has named so far.
    values: usize,
    steps: Vec<Step>,
}

impl Reader<'_> {
    fn operation(&mut self, operation: Value) -> Result<(), ScimError> {
        let Value::Object(mut operation) = operation else {
            return Err(ScimError::invalid_syntax("an operation must be an object with op, path and value"));
        };
        let action = action(&mut self.cx, member(&mut operation, "op")?.as_ref())?;
        let path = path(member(&mut operation, "path")?)?;
        let value = member(&mut operation, "value")?;
        ignore_rest(&mut self.cx, &operation);
        match (action, path, value) {
            (Action::Remove, None, _) => {
                Err(ScimError::no_target("a remove needs a path: it must say what is to be removed"))
            }
            (Action::Add | Action::Replace, _, None) => {
                Err(ScimError::invalid_value("an add or a replace needs a value"))
            }
            (_, None, Some(value)) => expand::resource(self, action, value),
            (_, Some(path), value) => self.at_path(action, &path, value),
        }
    }

    fn at_path(&mut self, action: Action, path: &str, value: Option<Value>) -> Result<(), ScimError> {
        let target = match target::resolve(&mut self.cx, self.limits, path)? {
            Named::Extension(extension) => return expand::extension(self, action, extension, value),
            Named::Ignored(why) => {
                self.cx.notes.ignored(why);
                return Ok(());
            }
            Named::Attribute(target) => *target,
        };
        if target.is_read_only() {
            return Err(ScimError::mutability(format!("{} is set by the server alone", target.label())));
        }
        if expand::is_schemas(&target) && action != Action::Remove {
            self.cx.notes.ignored("schemas ignored: it follows from the attributes of the resource");
            return Ok(());
        }
        match action {
            Action::Remove => {
                self.count(value.as_ref(), &target)?;
                let place = target.place.clone();
                let effect = remove::effect(&mut self.cx, target, value)?;
                self.push(place, effect);
                Ok(())
            }
            Action::Add | Action::Replace => self.set(action, target, value.unwrap_or_default()),
        }
    }

    /// Adds `value` to a target that a client may write, or replaces the target by it.
    pub(super) fn set(&mut self, action: Action, target: Target<'_>, value: Value) -> Result<(), ScimError> {
        self.count(Some(&value), &target)?;
        let place = target.place.clone();
        let effect = match action {
            Action::Add => add::effect(&mut self.cx, target, value)?,
            _ => Some(replace::effect(&mut self.cx, target, value)?),
        };
        if let Some(effect) = effect {
            self.push(place, effect);
        }
        Ok(())
    }

    pub(super) fn push(&mut self, place: Place, effect: Effect) {
        self.steps.push(Step { operation: self.operation, place, effect });
    }

    /// Counts the values that an operation names in a list or in a filter, and refuses too many.
    fn count(&mut self, value: Option<&Value>, target: &Target<'_>) -> Result<(), ScimError> {
        if !target.attribute.multi_valued {
            return Ok(());
        }
        let in_filter =
            target.selection.as_ref().and_then(|selection| selection.values()).map_or(0, <[_]>::len);
        self.values += in_filter + value.and_then(Value::as_array).map_or(1, Vec::len);
        let most = self.limits.member_values;
        if self.values > most {
            return Err(ScimError::too_large(format!(
                "the request names more than {most} values of {}, the limit (member_values): split it",
                target.label()
            )));
        }
        Ok(())
    }
}

fn action(cx: &mut Reading<'_>, op: Option<&Value>) -> Result<Action, ScimError> {
    let text = op.and_then(Value::as_str).unwrap_or_default();
    let name = text.to_ascii_lowercase();
    let action = match name.as_str() {
        "add" => Action::Add,
        "remove" => Action::Remove,
        "replace" => Action::Replace,
        _ => {
            let detail = format!("op must be add, remove or replace, not {:?}", shown(text));
            return Err(ScimError::invalid_syntax(detail));
        }
    };
    if name != text && !operation_case::accepts(cx.dialect, cx.notes, text) {
        return Err(ScimError::invalid_syntax(format!("op must be {name:?} in lower case, not {text:?}")));
    }
    Ok(action)
}

fn path(path: Option<Value>) -> Result<Option<String>, ScimError> {
    match path {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ScimError::invalid_path("path must be a string")),
    }
}

fn ignore_rest(cx: &mut Reading<'_>, rest: &Object) {
    for name in rest.keys() {
        cx.notes.ignored(format!("{} ignored: not part of a PATCH request", shown(name)));
    }
}
