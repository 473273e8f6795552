//! Who may change an attribute: the one definition, for questions, findings and proofs alike.

use super::permission::{PermId, Permission};
use super::{Model, TypeId};

/// The actions that change what stands in a field: the second counts where a type has no first.
const CHANGING: [&str; 2] = ["edit", "manage"];

impl Model {
    /// The permission to change an attribute: to `edit` the field that it stands in, or to `manage` it where the type has
    /// no `edit`. `None` if nobody may: it stands in no field, or the type has neither action.
    #[must_use]
    pub fn changing(&self, ty: TypeId, slot: usize) -> Option<PermId> {
        self.changing_among(ty, slot, |_| true)
    }

    /// The same of some permissions alone: those that one of two policies in one numbering declares.
    #[must_use]
    pub fn changing_among(&self, ty: TypeId, slot: usize, is_declared: impl Fn(PermId) -> bool) -> Option<PermId> {
        let it = self.ty(ty);
        let field = Some(it.attributes.get(slot)?.field?);
        CHANGING.iter().find_map(|name| {
            let mut actions = it.actions.iter();
            let action = actions.position(|action| action.name == *name && !action.creating)?;
            let id = self.permissions.id(Permission::Act { ty, action, field })?;
            is_declared(id).then_some(id)
        })
    }
}

/// The action changes attributes.
#[must_use]
pub fn is_changing(action: &str) -> bool {
    CHANGING.contains(&action)
}
