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
use crate::query::deed::{Act, Recipients, granting, halves};

impl Organisation {
    /// Looks up an act of administration.
    pub(super) fn handing(&self, action: &str, what: Handed<'_>, object: &Object<'_>) -> Result<Asked<'_>, Error> {
        let target = self.target(object, false)?;
        let asked = asked(action, what)?;
        let ty = self.org().ty(target.start);
        let permissions = match what {
            Handed::Role => self.of_role(object.name, ty, asked)?,
            Handed::Membership => self.of_membership(ty, asked)?,
            Handed::Permission(of) => {
                let (_, inner) = self.permission(of, object.name)?;
                self.model()
                    .permissions
                    .id(Permission::Grant(inner))
                    .into_iter()
                    .collect()
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
            taking: !asked[0],
        };
        let pool = Cow::Borrowed(self.pool());
        Ok(Asked { act, pool })
    }

    /// The permissions to hand out a role: for one that a tenant made, to grant all that it may do.
    fn of_role(&self, name: &str, ty: TypeId, asked: [bool; 2]) -> Result<Vec<PermId>, Error> {
        let model = self.model();
        let named: Vec<_> = model.role_ids().filter(|&role| model.role(role).name == name).collect();
        if let Some(&role) = named.iter().find(|&&role| model.role(role).ty == ty) {
            return Ok(halves(model, asked, [Permission::Give(role), Permission::Take(role)]));
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

    fn of_membership(&self, ty: TypeId, asked: [bool; 2]) -> Result<Vec<PermId>, Error> {
        let it = self.model().ty(ty);
        match it.kind.is_place() {
            true => Ok(halves(
                self.model(),
                asked,
                [Permission::AddMember(ty), Permission::RemoveMember(ty)],
            )),
            false => Err(ill_typed(format!("`{}` is no place, and has no members", it.name))),
        }
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
        Ok(org.members(group))
    }
}

/// Whether an action gives, and whether it takes.
fn asked(action: &str, what: Handed<'_>) -> Result<[bool; 2], Error> {
    Ok(match (what, action) {
        (Handed::Permission(_), "grant") => [true, false],
        (Handed::Permission(_), "revoke") => [false, true],
        (Handed::Role | Handed::Membership, "give") => [true, false],
        (Handed::Role | Handed::Membership, "take") => [false, true],
        (Handed::Role | Handed::Membership, "assign") => [true, true],
        (Handed::Permission(_), _) => return Err(no_half(action, "`grant` and `revoke`")),
        _ => return Err(no_half(action, "`give`, `take` and `assign`")),
    })
}

fn no_half(action: &str, known: &str) -> Error {
    let fault = unknown_action(format!("`{action}` is no way to hand it out"));
    fault.help(format!("there are {known}")).into()
}
