//! The request of a picture, as a sentence: who does what, on what, to whom, and what is supposed besides.

use std::fmt::Write;

use super::Writer;
use crate::analyze::world::{Aim, Owner};
use crate::model::TypeId;
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;

impl Writer<'_, '_> {
    pub(super) fn sentence(&self, permission: PermId) -> String {
        let caller = if self.picture.signed_in {
            self.names.user(0)
        } else {
            "anyone"
        };
        let mut text = format!("can {caller} {}", self.deed(permission));
        let supposed = self.supposed();
        if !supposed.is_empty() {
            let _ = write!(text, " with {}", supposed.join(", "));
        }
        text
    }

    fn deed(&self, permission: PermId) -> String {
        let model = self.model();
        let target = self.start();
        let other = self.names.user(self.other());
        match model.permissions.get(permission) {
            Permission::Act { ty, action, field } => {
                let it = model.ty(ty);
                let field = field.map_or(String::new(), |field| format!("{} of ", it.fields[field].name));
                let thing = match self.aim() {
                    Aim::Node if self.unlisted().is_some() => format!("{} in {target}", it.name),
                    Aim::Node => target.to_owned(),
                    Aim::Fresh(_) => format!("{} in {target}", it.name),
                    Aim::User(_) => format!("{other} in {target}"),
                };
                format!("{} {field}{thing}", it.actions[action].name)
            }
            Permission::Give(role) => format!("give {} at {target} to {other}", model.role(role).name),
            Permission::Take(role) => format!("take {} at {target} from {other}", model.role(role).name),
            Permission::AddMember(_) => format!("give member at {target} to {other}"),
            Permission::RemoveMember(_) => format!("take member at {target} from {other}"),
            Permission::Grant(inner) => format!("grant {} at {target} to {other}", model.show_permission(inner)),
        }
    }

    /// The name of the node at which the target's chain starts.
    pub(super) fn start(&self) -> &str {
        self.names.node(self.start_node())
    }

    pub(super) fn start_node(&self) -> NodeId {
        let shape = &self.world.shapes[self.picture.shape];
        match (&shape.second, self.second) {
            (Some((chain, _)), true) => chain[0],
            _ => shape.chain[0],
        }
    }

    pub(super) fn aim(&self) -> Aim {
        self.world.second.filter(|_| self.second).unwrap_or(self.world.aim)
    }

    /// The type of a target that facts do not list.
    pub(super) fn unlisted(&self) -> Option<TypeId> {
        self.world.shapes[self.picture.shape].unlisted[usize::from(self.second)]
    }

    /// Whom the deed is about.
    pub(super) fn other(&self) -> u32 {
        match (self.second, self.picture.same, self.picture.second_same) {
            (false, true, _) | (true, _, true) => 0,
            (false, false, _) => 1,
            (true, _, false) => 2,
        }
    }

    /// `context.ip = 10.0.0.7`, `amount = 500`
    fn supposed(&self) -> Vec<String> {
        let fresh = self.attributes(Owner::Fresh(self.second)).into_iter();
        let context = self
            .attributes(Owner::Context)
            .into_iter()
            .map(|it| format!("context.{it}"));
        fresh.chain(context).map(|it| it.replacen(": ", " = ", 1)).collect()
    }
}
