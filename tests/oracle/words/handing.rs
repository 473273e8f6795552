//! Powers over powers: `assign`, `give`, `take`, `grant`, and to whom.

use rolebook::model::TypeId;
use rolebook::model::containment::Containment;

use super::{Frame, Writer};

impl Writer<'_> {
    pub(super) fn assign(&mut self, frame: &mut Frame) -> String {
        frame.administrative = true;
        let verb = ["assign", "give", "take"][self.tape.below(3)];
        let what = match self.tape.below(8) {
            0 => "anything".to_owned(),
            1 => "member".to_owned(),
            _ => {
                let graph = Containment::new(&self.model.types);
                let base = frame.base.as_ref().map(|(base, _)| *base);
                let within = graph.within(base, frame.reach, frame.grant);
                let near = |ty: TypeId| within.contains(&ty);
                let roles: Vec<_> = self.model.role_ids().filter(|&r| near(self.model.role(r).ty)).collect();
                let Some(&role) = self.tape.pick(&roles) else {
                    return self.acts(frame, true);
                };
                frame.targets = vec![self.model.role(role).ty];
                let it = self.model.role(role);
                let dotted = self.tape.chance(30);
                if dotted {
                    format!("{}.{}", self.name(it.ty), it.name)
                } else {
                    it.name.clone()
                }
            }
        };
        if what == "anything" || what == "member" {
            frame.targets = Vec::new();
        }
        let except = if self.tape.chance(25) { " except self" } else { "" };
        format!("{verb} {what}{except}")
    }

    pub(super) fn grant(&mut self, frame: &mut Frame) -> String {
        frame.administrative = true;
        frame.granting = true;
        let have = if self.tape.chance(25) { " they have" } else { "" };
        let except = if self.tape.chance(20) { " except self" } else { "" };
        let what = match self.tape.below(6) {
            0 => "view everything".to_owned(),
            1 => "everything".to_owned(),
            _ if !have.is_empty() => "everything".to_owned(),
            _ => {
                let ty = self.target(frame);
                let actions = self.actions(ty, None);
                format!("{} {}", self.tape.one(&actions), self.name(ty))
            }
        };
        format!("grant {what}{have}{except}")
    }

    /// A role as exemptions and receivers name it.
    pub(super) fn role_name(&mut self) -> String {
        let roles: Vec<_> = self.model.role_ids().collect();
        let role = self.model.role(self.tape.one(&roles));
        match self.tape.below(6) {
            0 => format!("{}.{}", self.name(role.ty), role.name),
            1 => format!("{}+", role.name),
            _ => role.name.clone(),
        }
    }

    pub(super) fn receiver(&mut self, frame: &Frame) -> String {
        match self.tape.below(5) {
            _ if !frame.administrative => String::new(),
            1 => " to anyone".to_owned(),
            2 | 3 => format!(" to {}", self.role_name()),
            _ => String::new(),
        }
    }
}
