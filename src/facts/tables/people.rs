//! Users, groups and who is in them.

use super::ahead::Row;
use super::rows::values;
use super::{Tables, Wrong, count, twice};
use crate::diagnostic::Diagnostic;
use crate::facts::read::{no_id, no_user};
use crate::facts::{EVERYONE, Group, Member, Places, Subject, Thing, User};
use crate::model::value::{GroupId, NodeId, UserId};
use crate::model::{TypeId, TypeKind, USER};
use crate::source::Span;

impl Tables<'_, '_> {
    pub(super) fn user(&mut self, row: &Row<'_>, span: Span) -> Result<(), Wrong> {
        let id = Self::need(row, 0, "id")?;
        if let Some(fault) = no_user(id) {
            self.leave_out(id);
            return Err(("id", fault));
        }
        let ty = row.get(1).map_or(Ok(USER), |name| self.principal(name));
        let ty = ty
            .inspect_err(|_| self.leave_out(id))
            .map_err(|fault| ("type", fault))?;
        let user = UserId(count(self.facts.users.len()));
        if let Some(first) = self.names.add_user(id, ty, user) {
            return Err(("id", twice(id).at(self.facts.user(first).span, "first here")));
        }
        self.facts.users.push(User {
            id: id.into(),
            ty,
            places: Places::new(),
            values: self.blank[ty.ix()].clone(),
            span,
        });
        self.cells(Thing::User(user), row);
        let Some(listed) = row.get(2) else { return Ok(()) };
        let mut places = Places::new();
        for place in values(listed) {
            places.extend(self.place(place).map_err(|fault| ("in", fault))?);
        }
        places.sort_unstable();
        places.dedup();
        self.facts.users[user.0 as usize].places = places;
        Ok(())
    }

    pub(super) fn principal(&self, name: &str) -> Result<TypeId, Diagnostic> {
        let fits = |ty: &TypeId| self.model.ty(*ty).kind == TypeKind::Principal;
        self.names.ty(name).filter(fits).ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-type", format!("unknown kind of user `{name}`"));
            let known = self.model.type_ids().filter(fits);
            fault.did_you_mean(name, known.map(|ty| self.model.ty(ty).name.as_str()))
        })
    }

    /// The account or unit of an id; nothing if it was left out.
    pub(super) fn place(&self, text: &str) -> Result<Option<NodeId>, Diagnostic> {
        let fits = |ty: TypeId| self.model.ty(ty).kind.is_place();
        if let Some(found) = self.names.node_of(text, fits) {
            return Ok(Some(found));
        }
        if self.left_out.contains(text) {
            return Ok(None);
        }
        self.names.place(text).map(Some)
    }

    pub(super) fn group(&mut self, row: &Row<'_>, span: Span) -> Result<(), Wrong> {
        let id = Self::need(row, 0, "id")?;
        if let Some(fault) = no_id(id) {
            return Err(("id", fault));
        }
        let group = GroupId(count(self.facts.groups.len()));
        if self.names.add_group(id, group).is_some() {
            return Err(("id", twice(id)));
        }
        self.facts.groups.push(Group {
            id: id.to_owned(),
            place: None,
            members: Vec::new(),
            span,
        });
        if let Some(place) = row.get(1) {
            let place = self.place(place).map_err(|fault| ("in", fault))?;
            self.facts.groups[group.0 as usize].place = place;
        }
        Ok(())
    }

    pub(super) fn member(&mut self, row: &Row<'_>) -> Result<(), Wrong> {
        let group = Self::need(row, 0, "group")?;
        let group = self.names.group(group).map_err(|fault| ("group", fault))?;
        if group == EVERYONE {
            let message = "`everyone` is all users; nobody need be put into it";
            return Err(("group", Diagnostic::error("facts/reserved-id", message)));
        }
        let member = match self
            .subject(Self::need(row, 1, "member")?)
            .map_err(|fault| ("member", fault))?
        {
            Some(Subject::User(user)) => Member::User(user),
            Some(Subject::Group(inner)) => Member::Group(inner),
            None => return Ok(()),
        };
        self.facts.groups[group.0 as usize].members.push(member);
        Ok(())
    }

    /// `oz`, `group:interns`; nothing if it was left out.
    pub(super) fn subject(&self, text: &str) -> Result<Option<Subject>, Diagnostic> {
        match self.names.subject(text) {
            Err(_) if self.left_out.contains(text) => Ok(None),
            found => found.map(Some),
        }
    }
}
