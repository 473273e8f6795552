//! An organisation changed.

use super::{Datum, Error, Organisation};
use crate::diagnostic::{Diagnostic, Found};
use crate::facts::read::{Names, relation_circles};
use crate::facts::{EVERYONE, Facts, Subject, Thing};
use crate::model::value::{GroupId, NodeId, UserId, Value};
use crate::model::{Model, RoleId, TypeId};
use crate::query::Change;
use crate::source::{Sources, Span};

/// The changes of an organisation, made one after the other: [`Organisation::change`].
///
/// Ids are written as in facts: `paris`, or `Entity paris` where several have the same id; `group:ops` is a group, wherever
/// users may stand too. What is so already is no mistake.
pub struct Changes<'c> {
    organisation: &'c Organisation,
    sources: Sources,
    names: Names<'c>,
    facts: Facts,
    /// The place of the last change, counted.
    at: Span,
    /// Some user was set as an attribute of a user.
    relates: bool,
}

/// What comes out: the facts, their texts, and where the last change stands.
pub(super) struct Changed {
    pub(super) facts: Facts,
    pub(super) sources: Sources,
    pub(super) at: Span,
}

impl<'c> Changes<'c> {
    /// None yet; `last` is where the last change stands that led to the organisation.
    pub(super) fn of(organisation: &'c Organisation, last: Option<Span>) -> Self {
        let mut sources = organisation.sources().clone();
        let mut facts = Facts::clone(&organisation.org().facts);
        // What requests carry refers to texts of their own.
        facts.pool = organisation.pool().clone();
        let at = last.unwrap_or_else(|| Span::new(sources.add_table("changes"), 0, 0));
        Self {
            names: Names::of(&facts, organisation.model()),
            organisation,
            sources,
            facts,
            at,
            relates: false,
        }
    }

    /// Gives a role at a node to a user or group, for always; its parameters have their defaults.
    ///
    /// # Errors
    ///
    /// A name is unknown, or the role is not one that can be given there.
    pub fn give(&mut self, to: &str, role: &str, node: &str) -> Result<(), Error> {
        let (to, (role, node)) = (self.subject(to)?, self.role_at(role, node)?);
        let parameters = Vec::new();
        let given = self.make(&Change::Give {
            role,
            node,
            to,
            parameters,
        });
        if let (true, Some(holding)) = (given, self.facts.holdings.last_mut()) {
            holding.span = self.at;
        }
        Ok(())
    }

    /// Takes a role at a node from a user or group, however often it was given. What comes through groups or by default stays.
    ///
    /// # Errors
    ///
    /// A name is unknown, or the role is not one that can be given there.
    pub fn take(&mut self, from: &str, role: &str, node: &str) -> Result<(), Error> {
        let (from, (role, node)) = (self.subject(from)?, self.role_at(role, node)?);
        self.make(&Change::Take { role, node, from });
        Ok(())
    }

    /// Makes a user a member of a place (`paris`), or of a group (`group:ops`).
    ///
    /// # Errors
    ///
    /// A name is unknown, or it is the group of all users.
    pub fn join(&mut self, user: &str, of: &str) -> Result<(), Error> {
        let change = match (self.user(user)?, self.membership(of)?) {
            (user, Membership::Place(place)) => Change::Add { place, user },
            (user, Membership::Group(group)) => Change::Join { group, user },
        };
        self.make(&change);
        Ok(())
    }

    /// Takes a user out of a place or of a group that lists them.
    ///
    /// # Errors
    ///
    /// A name is unknown, or it is the group of all users.
    pub fn leave(&mut self, user: &str, of: &str) -> Result<(), Error> {
        let change = match (self.user(user)?, self.membership(of)?) {
            (user, Membership::Place(place)) => Change::Remove { place, user },
            (user, Membership::Group(group)) => Change::Leave { group, user },
        };
        self.make(&change);
        Ok(())
    }

    /// Sets an attribute of a node or user; what falls back on it follows.
    ///
    /// # Errors
    ///
    /// A name is unknown, or the attribute can have no such value.
    pub fn set<'v>(&mut self, of: &str, attribute: &str, value: impl Into<Datum<'v>>) -> Result<(), Error> {
        let thing = self.looked_up(self.names.thing(of))?;
        let ty = self.facts.type_of(thing);
        let slot = self.names.slot(ty, attribute);
        let slot = slot.ok_or_else(|| self.fault(unknown_attribute(self.model(), ty, attribute)))?;
        let wanted = self.model().ty(ty).attributes[slot].ty;
        let value = value.into().as_type(wanted, &self.names, &mut self.facts.pool);
        let value = self.looked_up(value)?;
        self.relates |= matches!((thing, value), (Thing::User(_), Value::User(_)));
        self.make(&Change::Set { thing, slot, value });
        Ok(())
    }

    /// Makes a change; true if it changes something.
    fn make(&mut self, change: &Change) -> bool {
        self.at = Span::new(self.at.file, self.at.start as usize + 1, self.at.start as usize + 1);
        change.apply(&mut self.facts, self.organisation.model())
    }

    /// All changes together, checked for what no single one shows.
    pub(super) fn done(self) -> Result<Changed, Error> {
        let mut found = Found::default();
        if self.relates {
            relation_circles(&self.facts, self.model(), &mut found);
        }
        match found.has_errors() {
            true => Err(Error::new(found, &self.sources)),
            false => Ok(Changed {
                facts: self.facts,
                sources: self.sources,
                at: self.at,
            }),
        }
    }

    const fn model(&self) -> &'c Model {
        self.names.model()
    }

    fn user(&self, id: &str) -> Result<UserId, Error> {
        self.looked_up(self.names.user(id, None))
    }

    fn subject(&self, id: &str) -> Result<Subject, Error> {
        self.looked_up(self.names.subject(id))
    }

    fn role_at(&self, role: &str, node: &str) -> Result<(RoleId, NodeId), Error> {
        let org = self.organisation.org();
        // Nodes are neither made nor moved, so that they lie where they lay.
        let within = |node, outer| org.lies_in(node, outer);
        self.looked_up(self.names.role_at(role, node, &self.facts, within))
    }

    fn membership(&self, text: &str) -> Result<Membership, Error> {
        if !text.starts_with("group:") {
            return self.looked_up(self.names.place(text).map(Membership::Place));
        }
        match self.looked_up(self.names.group(text))? {
            EVERYONE => Err(self.fault(Diagnostic::error(
                "facts/reserved-id",
                "`everyone` is all users; nobody need be put into it",
            ))),
            group => Ok(Membership::Group(group)),
        }
    }

    fn looked_up<T>(&self, found: Result<T, Diagnostic>) -> Result<T, Error> {
        found.map_err(|fault| self.fault(fault))
    }

    fn fault(&self, fault: Diagnostic) -> Error {
        Error::new([fault].into_iter().collect(), &self.sources)
    }
}

/// What a user can be a member of.
enum Membership {
    Place(NodeId),
    Group(GroupId),
}

fn unknown_attribute(model: &Model, ty: TypeId, name: &str) -> Diagnostic {
    let it = model.ty(ty);
    let message = format!("`{}` has no attribute `{name}`", it.name);
    let fault = Diagnostic::error("name/unknown-attribute", message);
    fault.did_you_mean(name, it.attributes.iter().map(|known| known.name.as_str()))
}
