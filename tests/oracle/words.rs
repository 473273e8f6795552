//! Random rules as text: powers, reaches, relations; conditions are in [`crate::tests_of`].

mod handing;

use rolebook::model::containment::Containment;
use rolebook::model::{Model, Reach, TypeId, TypeKind, USER};

use crate::policy::{Theme, node_types, users_of};
use crate::tape::Tape;
use crate::tests_of::Speaker;

/// Writes one rule.
pub(crate) struct Writer<'m> {
    model: &'m Model,
    theme: Theme,
    tape: Tape,
}

/// What the clauses of a rule have to know about the others.
struct Frame {
    grant: bool,
    /// The type at which the role is held, and its name.
    base: Option<(TypeId, String)>,
    reach: Reach,
    /// Types of targets; several or none if the rule speaks of many things at once.
    targets: Vec<TypeId>,
    administrative: bool,
    granting: bool,
    creating: bool,
}

impl<'m> Writer<'m> {
    pub(crate) fn new(model: &'m Model, theme: Theme, tape: Tape) -> Self {
        Self { model, theme, tape }
    }

    /// A rule on a line of its own, in a role or for all.
    pub(crate) fn rule(mut self) -> String {
        match self.tape.below(if self.theme == Theme::Derivations { 14 } else { 11 }) {
            7 => self.public("nobody", false),
            8 => {
                let role = self.role_name();
                self.public(&format!("nobody but {role}"), false)
            }
            9 => self.public("everyone", true),
            10 => self.public("anyone", true),
            _ => self.role_rule(),
        }
    }

    fn public(&mut self, who: &str, grant: bool) -> String {
        let text = self.entitlement(grant, None);
        format!("{who} can {text}")
    }

    fn role_rule(&mut self) -> String {
        let roles: Vec<_> = self.model.role_ids().collect();
        let role = self.model.role(self.tape.one(&roles));
        let grant = !self.tape.chance(22);
        let text = self.entitlement(grant, Some((role.ty, role.name.clone())));
        let verb = if grant { "can" } else { "cannot" };
        format!(
            "role {} at {} {{ {verb} {text} }}",
            role.name,
            self.model.ty(role.ty).name
        )
    }

    /// What a tenant may write in the facts: `view Budget only here`.
    pub(crate) fn in_facts(mut self, base: TypeId) -> String {
        self.entitlement(true, Some((base, String::new())))
    }

    fn entitlement(&mut self, grant: bool, base: Option<(TypeId, String)>) -> String {
        let mut frame = Frame {
            grant,
            base,
            reach: Reach::Below,
            targets: Vec::new(),
            administrative: false,
            granting: false,
            creating: false,
        };
        let (reach, written) = self.reach(&frame);
        frame.reach = reach;
        let power = self.power(&mut frame);
        let receiver = self.receiver(&frame);
        let relation = self.relation(&frame);
        let when = self.clause(&frame, "when");
        let unless = self.clause(&frame, "unless");
        format!("{power}{receiver}{written}{relation}{when}{unless}")
    }

    fn name(&self, ty: TypeId) -> &'m str {
        &self.model.ty(ty).name
    }

    fn reach(&mut self, frame: &Frame) -> (Reach, String) {
        let graph = Containment::new(&self.model.types);
        let plain = if self.theme == Theme::Reach { 25 } else { 55 };
        if !self.tape.chance(100 - plain) {
            return (Reach::Below, String::new());
        }
        let within: Vec<TypeId> = match frame.base {
            Some((base, _)) => graph.below(base, false),
            None => node_types(self.model),
        };
        let choice = self.tape.below(if frame.base.is_some() { 6 } else { 4 });
        let above: Vec<TypeId> = frame.base.iter().flat_map(|(base, _)| graph.above(*base)).collect();
        match (choice, frame.base.is_some()) {
            (0, true) => (Reach::OnlyHere, " only here".to_owned()),
            (1, true) => (Reach::OnlyBelow, " only below".to_owned()),
            (2, true) | (0..=2, false) | (5, true) => {
                let ty = self.tape.one(&within);
                (Reach::In(ty), format!(" in {}", self.name(ty)))
            }
            (3, true) => {
                let ty = self.tape.one(&above);
                (Reach::Across(ty), format!(" across {}", self.name(ty)))
            }
            _ => (Reach::Anywhere, " anywhere".to_owned()),
        }
    }

    /// Node types of which something can lie within reach and that have actions.
    fn reachable(&self, frame: &Frame) -> Vec<TypeId> {
        let graph = Containment::new(&self.model.types);
        let base = frame.base.as_ref().map(|(base, _)| *base);
        let mut types = graph.within(base, frame.reach, frame.grant && !self.names_account());
        types.retain(|&ty| self.model.ty(ty).kind != TypeKind::Principal && !self.model.ty(ty).actions.is_empty());
        types
    }

    fn names_account(&self) -> bool {
        matches!(self.theme, Theme::Reach | Theme::Everything)
    }

    fn power(&mut self, frame: &mut Frame) -> String {
        let many = match self.theme {
            Theme::Administration => 24,
            Theme::Everything => 20,
            _ => 12,
        };
        match self.tape.below(many) {
            0..=4 => self.acts(frame, true),
            5 => self.field(frame),
            6 => self.several(frame),
            7 => self.everything(frame),
            8 => self.area(frame),
            9 => self.on_users(frame),
            10 | 11 => self.acts(frame, false),
            12..=15 => self.assign(frame),
            16..=18 => self.grant(frame),
            _ if self.theme == Theme::Administration && self.tape.chance(60) => self.assign(frame),
            _ => self.grant(frame),
        }
    }

    fn target(&mut self, frame: &Frame) -> TypeId {
        let types = self.reachable(frame);
        if types.is_empty() {
            node_types(self.model)[0]
        } else {
            self.tape.one(&types)
        }
    }

    fn actions(&self, ty: TypeId, creating: Option<bool>) -> Vec<&'m str> {
        let actions = self.model.ty(ty).actions.iter();
        actions
            .filter(|a| creating.is_none_or(|c| a.creating == c))
            .map(|a| &a.name[..])
            .collect()
    }

    fn acts(&mut self, frame: &mut Frame, one: bool) -> String {
        let ty = self.target(frame);
        let all = self.actions(ty, None);
        let mut text = self.tape.one(&all).to_owned();
        if !one {
            let more = self.tape.one(&all);
            if more != text {
                text = format!("{text}, {more}");
            }
        }
        frame.creating = self
            .model
            .ty(ty)
            .actions
            .iter()
            .any(|a| a.creating && text.split(", ").any(|t| t == a.name));
        frame.targets = vec![ty];
        let except = if self.tape.chance(12) {
            self.except(ty)
        } else {
            String::new()
        };
        format!("{text} {}{except}", self.name(ty))
    }

    fn except(&mut self, ty: TypeId) -> String {
        let fields: Vec<&str> = self.model.ty(ty).fields.iter().map(|f| &f.name[..]).collect();
        if self.tape.chance(50) && !fields.is_empty() {
            return format!(" except {}.{}", self.name(ty), self.tape.one(&fields));
        }
        let actions = self.actions(ty, None);
        format!(" except {} {}", self.tape.one(&actions), self.name(ty))
    }

    fn field(&mut self, frame: &mut Frame) -> String {
        let mut types = self.reachable(frame);
        types.retain(|&ty| !self.model.ty(ty).fields.is_empty());
        if types.is_empty() {
            return self.acts(frame, true);
        }
        let ty = self.tape.one(&types);
        let actions = self.actions(ty, Some(false));
        let fields: Vec<&str> = self.model.ty(ty).fields.iter().map(|f| &f.name[..]).collect();
        frame.targets = vec![ty];
        format!(
            "{} {}.{}",
            self.tape.one(&actions),
            self.name(ty),
            self.tape.one(&fields)
        )
    }

    fn several(&mut self, frame: &mut Frame) -> String {
        let (a, b) = (self.target(frame), self.target(frame));
        let shared: Vec<&str> = self
            .actions(a, Some(false))
            .into_iter()
            .filter(|name| self.actions(b, Some(false)).contains(name))
            .collect();
        if a == b || shared.is_empty() {
            return self.acts(frame, true);
        }
        frame.targets = vec![a, b];
        format!("{} {}, {}", self.tape.one(&shared), self.name(a), self.name(b))
    }

    fn everything(&mut self, frame: &mut Frame) -> String {
        let ty = self.target(frame);
        let except = if self.tape.chance(30) {
            format!(" except {}", self.name(ty))
        } else {
            String::new()
        };
        match self.tape.below(5) {
            0 | 1 => format!("view everything{except}"),
            2 => format!("do everything{except}"),
            3 => {
                frame.targets = vec![ty];
                frame.creating = true;
                format!("do everything on {}", self.name(ty))
            }
            _ if frame.grant => format!("do everything{except}"),
            _ => "do anything".to_owned(),
        }
    }

    fn area(&mut self, _: &mut Frame) -> String {
        let areas: Vec<&str> = self.model.areas.iter().map(|a| &a.name[..]).collect();
        let area = self.tape.one(&areas);
        if self.tape.chance(40) {
            format!("do everything on {area}")
        } else {
            format!("view {area}")
        }
    }

    fn on_users(&mut self, frame: &mut Frame) -> String {
        let kinds: Vec<TypeId> = self
            .model
            .type_ids()
            .filter(|&ty| self.model.ty(ty).kind == TypeKind::Principal)
            .collect();
        let ty = self.tape.one(&kinds);
        let ty = if self.model.ty(ty).actions.is_empty() {
            kinds[kinds.len() - 1]
        } else {
            ty
        };
        let actions = self.actions(ty, None);
        frame.targets = vec![ty];
        let except = if self.tape.chance(30) { " except self" } else { "" };
        format!("{} {}{except}", self.tape.one(&actions), self.name(ty))
    }

    fn relation(&mut self, frame: &Frame) -> String {
        let much = match self.theme {
            Theme::Conditions => 40,
            _ => 18,
        };
        if !self.tape.chance(much) || frame.granting {
            return String::new();
        }
        let Some(first) = self.link(frame) else {
            return String::new();
        };
        match self.tape.chance(25).then(|| self.link(frame)).flatten() {
            Some(second) => format!(" as {first} or {second}"),
            None => format!(" as {first}"),
        }
    }

    fn link(&mut self, frame: &Frame) -> Option<String> {
        let graph = Containment::new(&self.model.types);
        let target = *frame.targets.first()?;
        let above: Vec<TypeId> = if self.model.ty(target).kind == TypeKind::Principal {
            node_types(self.model)
        } else {
            graph.above(target)
        };
        let of_type: Vec<(TypeId, &str)> = above
            .iter()
            .flat_map(|&ty| users_of(self.model, ty).into_iter().map(move |name| (ty, name)))
            .collect();
        let own = users_of(self.model, target);
        let mut link = if self.tape.chance(35) || own.is_empty() {
            let &(ty, name) = self.tape.pick(&of_type)?;
            format!("{name} of {}", self.name(ty))
        } else {
            (*self.tape.pick(&own)?).to_owned()
        };
        let then: Vec<&str> = users_of(self.model, USER);
        if self.tape.chance(40) && !then.is_empty() {
            let plus = if self.tape.chance(50) { "+" } else { "" };
            link = format!("{}{plus} of {link}", self.tape.one(&then));
        }
        Some(link)
    }

    fn clause(&mut self, frame: &Frame, word: &str) -> String {
        let much = match (self.theme, word) {
            (Theme::Conditions, "when") => 75,
            (Theme::Reach, _) => 6,
            (_, "when") => 35,
            _ => 15,
        };
        if !self.tape.chance(much) {
            return String::new();
        }
        let via: Vec<TypeId> = match (frame.reach, &frame.base) {
            (Reach::In(ty), base) => std::iter::once(ty).chain(base.iter().map(|(ty, _)| *ty)).collect(),
            (Reach::Across(ty), _) => vec![ty],
            (Reach::Anywhere, _) => Vec::new(),
            (_, base) => base.iter().map(|(ty, _)| *ty).collect(),
        };
        let role = frame.base.as_ref().and_then(|(ty, name)| self.model.role_at(*ty, name));
        let mut speaker = Speaker {
            model: self.model,
            base: frame.base.as_ref().map(|(ty, _)| *ty),
            role,
            targets: &frame.targets,
            creating: frame.creating,
            via: &via,
            recipient: frame.administrative,
            resource: !frame.granting && !frame.targets.is_empty(),
            tape: &mut self.tape,
        };
        format!(" {word} {}", speaker.condition(0))
    }
}
