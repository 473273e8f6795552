//! Roles given by hand.

use std::collections::HashSet;

use super::ahead::Row;
use super::{Input, Kind, SHOWN, Tables, Wrong};
use crate::diagnostic::Diagnostic;
use crate::facts::lists::Lists;
use crate::facts::read::moment;
use crate::facts::{Facts, Holding, Subject, Window};
use crate::model::show::attribute_names;
use crate::model::value::{DAY, NodeId, Value};
use crate::model::{AttrName, Attribute, Default, RoleId, TypeId};
use crate::source::Span;

impl Tables<'_, '_> {
    pub(super) fn holding(&mut self, row: &Row<'_>, span: Span) -> Result<(), Wrong> {
        let subject = self.subject(Self::need(row, 0, "to")?).map_err(|fault| ("to", fault))?;
        let name = Self::need(row, 1, "role")?;
        let (role, node) = match self.role_at(name, Self::need(row, 2, "at")?)? {
            Some(found) => found,
            None => return Ok(()),
        };
        let window = window(row)?;
        let parameters = self.parameters(row, role)?;
        let holding = |subject| Holding::new(subject, role, node, span).on(window, parameters);
        self.facts.holdings.extend(subject.map(holding));
        Ok(())
    }

    /// The role of a name at a node of its type; nothing if the node was left out.
    pub(super) fn role_at(&mut self, name: &str, at: &str) -> Result<Option<(RoleId, NodeId)>, Wrong> {
        if !self.roles.contains_key(name) {
            self.roles.insert(name.into(), self.names.roles(name));
        }
        let (model, roles) = (self.model, self.roles[name].as_slice());
        if roles.is_empty() {
            return Err(("role", self.names.unknown_role(name)));
        }
        let of = |ty: TypeId| roles.iter().copied().find(|&role| model.role(role).ty == ty);
        let (ty, node) = match self.names.typed_node_of(at, |ty| of(ty).is_some()) {
            Some(found) => found,
            None if self.left_out.contains(at) => return Ok(None),
            None => {
                let types: Vec<TypeId> = roles.iter().map(|&role| model.role(role).ty).collect();
                let node = self.names.node(at, Some(&types)).map_err(|fault| ("at", fault))?;
                (self.facts.node(node).ty, node)
            }
        };
        match of(ty) {
            Some(role) if model.role(role).is_derived() => {
                let message = format!("`{name}` is derived and cannot be given by hand");
                Err(("role", Diagnostic::error("role/derived-by-hand", message)))
            }
            role => Ok(role.map(|role| (role, node))),
        }
    }

    /// The values of a role's parameters, given or by default, sorted by name.
    pub(super) fn parameters(&mut self, row: &Row<'_>, role: RoleId) -> Result<Vec<(AttrName, Value)>, Wrong> {
        let known: &[Attribute] = &self.model.role(role).parameters;
        let mut values = Vec::new();
        for (at, name) in row.extra() {
            let Some(text) = row.cell(*at) else { continue };
            let Some(parameter) = known.iter().find(|parameter| parameter.name == *name) else {
                let message = format!("`{}` has no parameter `{name}`", self.model.role(role).name);
                let fault = Diagnostic::error("name/unknown-parameter", message);
                return Err(("role", fault.did_you_mean(name, attribute_names(known))));
            };
            values.push((
                parameter.key,
                self.value(text, parameter).map_err(|fault| ("role", fault))?,
            ));
        }
        for parameter in known {
            let given = values.iter().any(|(key, _)| *key == parameter.key);
            if let (false, Default::Value(value)) = (given, &parameter.default) {
                values.push((parameter.key, *value));
            }
        }
        values.sort_unstable_by_key(|(key, _)| *key);
        Ok(values)
    }

    /// Takes out holdings that are stated twice.
    pub(super) fn once(&mut self, inputs: &[Input<'_>]) {
        let again = repeated(&self.facts);
        let twice = |&ix: &u32| {
            let it = &self.facts.holdings[ix as usize];
            let (name, at) = (self.facts.role_name(self.model, it.role), &self.facts.node(it.node).id);
            let message = format!("`{name}` at `{at}` is given twice");
            (it.span, Diagnostic::warning("facts/duplicate-holding", message))
        };
        let shown: Vec<_> = again.iter().take(SHOWN).map(twice).collect();
        let holdings = inputs.iter().filter(|input| input.kind == Kind::Holdings);
        self.told.tell_of(holdings, &shown, None);
        self.told.more_warnings += again.len().saturating_sub(SHOWN);
        if again.is_empty() {
            return;
        }
        let mut next = 0;
        self.facts.holdings.retain(|_| {
            next += 1;
            again.binary_search(&(next - 1)).is_err()
        });
    }
}

/// Holdings that say what an earlier one says, ascending. Gathered by subject first: each has few.
fn repeated(facts: &Facts) -> Vec<u32> {
    let users = facts.users.len();
    let number = |subject: Subject| match subject {
        Subject::User(user) => user.0 as usize,
        Subject::Group(group) => users + group.0 as usize,
    };
    let pairs = (0..).zip(&facts.holdings).map(|(ix, it)| (number(it.subject()), ix));
    let by_subject = Lists::of(users + facts.groups.len(), pairs, 0);
    let mut again = Vec::new();
    let mut own: Vec<u32> = Vec::new();
    for subject in 0..users + facts.groups.len() {
        own.clear();
        own.extend(by_subject.get(subject));
        own.sort_by_key(|&ix| place(&facts.holdings[ix as usize]));
        let same = |a: &u32, b: &u32| place(&facts.holdings[*a as usize]) == place(&facts.holdings[*b as usize]);
        for alike in own.chunk_by(same).filter(|alike| alike.len() > 1) {
            let mut seen = HashSet::new();
            let known = |ix: &&u32| !seen.insert(facts.holdings[**ix as usize].parameters());
            again.extend(alike.iter().filter(known));
        }
    }
    again.sort_unstable();
    again
}

/// What two holdings of a subject that say the same have in common, besides parameters.
fn place(holding: &Holding) -> (NodeId, RoleId, i64, i64) {
    let window = holding.window();
    (holding.node, holding.role, window.from, window.until)
}

fn window(row: &Row<'_>) -> Result<Window, Wrong> {
    let bound = |column: usize, name: &'static str, day: i64| match row.get(column) {
        None => Ok(None),
        Some(text) => moment(text, day).map(Some).map_err(|fault| (name, fault)),
    };
    let window = Window {
        from: bound(3, "from", 0)?.unwrap_or(Window::ALWAYS.from),
        until: bound(4, "until", DAY)?.unwrap_or(Window::ALWAYS.until),
    };
    match window.is_empty() {
        true => Err((
            "until",
            Diagnostic::error("facts/empty-window", "`until` is not after `from`"),
        )),
        false => Ok(window),
    }
}
