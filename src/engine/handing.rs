//! What is handed out or taken away, looked up: a role, membership, a single permission.

use std::borrow::Cow;

use super::acts::{Asked, ill_typed, unknown_action};
use super::object::Handed;
use super::{Error, Object, Organisation};
use crate::diagnostic::Diagnostic;
use crate::model::TypeId;
use crate::model::permission::{PermId, Permission};
use crate::model::show::type_list;
use crate::model::value::{GroupId, UserId};
use crate::query::deed::{Act, Recipients, granting};

/// Which half of administration an action is.
#[derive(Clone, Copy)]
struct Halves {
    gives: bool,
    takes: bool,
}

impl Organisation {
    /// Looks up an act of administration.
    pub(super) fn handing(&self, action: &str, what: Handed<'_>, object: &Object<'_>) -> Result<Asked<'_>, Error> {
        let target = self.target(object, false)?;
        let halves = halves(action, what)?;
        let ty = self.org().ty(target.start);
        let permissions = match what {
            Handed::Role => self.of_role(object.name, ty, halves)?,
            Handed::Membership => self.of_membership(ty, halves)?,
            Handed::Permission(of) => {
                let (_, inner) = self.permission(of, object.name)?;
                self.known([Permission::Grant(inner)])
            }
        };
        if !object.given.is_empty() {
            return Err(ill_typed("what is handed out has no attributes"));
        }
        let act = Act {
            permissions,
            targets: vec![target],
            recipients: self.recipients(object.recipient)?,
            given: Vec::new(),
            taking: !halves.gives,
        };
        let pool = Cow::Borrowed(self.pool());
        Ok(Asked { act, pool })
    }

    /// The permissions to hand out a role: for one that a tenant made, to grant all that it may do.
    fn of_role(&self, name: &str, ty: TypeId, halves: Halves) -> Result<Vec<PermId>, Error> {
        let model = self.model();
        let named: Vec<_> = model.role_ids().filter(|&role| model.role(role).name == name).collect();
        if let Some(&role) = named.iter().find(|&&role| model.role(role).ty == ty) {
            return Ok(self.halved(halves, Permission::Give(role), Permission::Take(role)));
        }
        if let Some(custom) = self.org().facts.custom.iter().find(|role| role.name == name) {
            return Ok(granting(model, custom));
        }
        if named.is_empty() {
            let fault = Diagnostic::error("name/unknown-role", format!("unknown role `{name}`"));
            let known = model.roles.iter().map(|role| role.name.as_str());
            return Err(fault.did_you_mean(name, known).into());
        }
        let message = format!("there is no role `{name}` at `{}`", model.ty(ty).name);
        let types: Vec<TypeId> = named.iter().map(|&role| model.role(role).ty).collect();
        let fault = Diagnostic::error("role/not-at-this-type", message);
        Err(fault.help(format!("it exists at {}", type_list(model, &types))).into())
    }

    fn of_membership(&self, ty: TypeId, halves: Halves) -> Result<Vec<PermId>, Error> {
        let it = self.model().ty(ty);
        match it.kind.is_place() {
            true => Ok(self.halved(halves, Permission::AddMember(ty), Permission::RemoveMember(ty))),
            false => Err(ill_typed(format!("`{}` is no place, and has no members", it.name))),
        }
    }

    fn halved(&self, halves: Halves, give: Permission, take: Permission) -> Vec<PermId> {
        let chosen = [(halves.gives, give), (halves.takes, take)];
        self.known(
            chosen
                .into_iter()
                .filter(|(is_asked, _)| *is_asked)
                .map(|(_, half)| half),
        )
    }

    /// What nobody can ever be allowed has no number: then there is no permission, and it is denied.
    fn known(&self, permissions: impl IntoIterator<Item = Permission>) -> Vec<PermId> {
        let numbers = &self.model().permissions;
        permissions.into_iter().filter_map(|it| numbers.id(it)).collect()
    }

    fn recipients(&self, named: Option<&str>) -> Result<Recipients, Error> {
        let Some(name) = named else { return Ok(Recipients::Some) };
        Ok(Recipients::Each(match name.strip_prefix("group:") {
            Some(group) => self.members(group.trim_start())?,
            None => vec![self.listed_user(name)?],
        }))
    }

    /// Everyone in a group.
    fn members(&self, name: &str) -> Result<Vec<UserId>, Error> {
        let (org, facts) = (self.org(), &self.org().facts);
        let known = (0..)
            .map(GroupId)
            .zip(&facts.groups)
            .find(|(_, group)| group.id == name);
        let (group, _) = known.ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-group", format!("unknown group `{name}`"));
            fault.did_you_mean(name, facts.groups.iter().map(|group| group.id.as_str()))
        })?;
        let is_in = |&user: &UserId| org.groups(user).any(|(of, _)| of == group);
        Ok(facts.user_ids().filter(is_in).collect())
    }
}

fn halves(action: &str, what: Handed<'_>) -> Result<Halves, Error> {
    let (gives, takes) = match (what, action) {
        (Handed::Permission(_), "grant") => (true, false),
        (Handed::Permission(_), "revoke") => (false, true),
        (Handed::Role | Handed::Membership, "give") => (true, false),
        (Handed::Role | Handed::Membership, "take") => (false, true),
        (Handed::Role | Handed::Membership, "assign") => (true, true),
        (Handed::Permission(_), _) => return Err(no_half(action, "`grant` and `revoke`")),
        _ => return Err(no_half(action, "`give`, `take` and `assign`")),
    };
    Ok(Halves { gives, takes })
}

fn no_half(action: &str, known: &str) -> Error {
    let fault = unknown_action(format!("`{action}` is no way to hand it out"));
    fault.help(format!("there are {known}")).into()
}
