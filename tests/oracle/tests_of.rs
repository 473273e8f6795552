//! Random conditions as text, typed well enough that most of them compile: paths are collected with their types, and each
//! test is one that fits.

use rolebook::model::containment::Containment;
use rolebook::model::value::{AttributeType, Scalar};
use rolebook::model::{Model, RoleId, TypeId, TypeKind, USER};

use crate::tape::Tape;

/// Writes conditions for one rule.
pub(crate) struct Speaker<'m, 's> {
    pub(crate) model: &'m Model,
    pub(crate) base: Option<TypeId>,
    pub(crate) role: Option<RoleId>,
    pub(crate) targets: &'s [TypeId],
    pub(crate) creating: bool,
    pub(crate) via: &'s [TypeId],
    pub(crate) recipient: bool,
    pub(crate) resource: bool,
    pub(crate) tape: &'s mut Tape,
}

type Spot = (String, AttributeType);

impl<'m> Speaker<'m, '_> {
    pub(crate) fn condition(&mut self, depth: usize) -> String {
        match self.tape.below(if depth < 2 { 10 } else { 5 }) {
            5 | 6 => format!("{} and {}", self.condition(depth + 1), self.condition(depth + 1)),
            7 | 8 => format!("({} or {})", self.condition(depth + 1), self.condition(depth + 1)),
            9 => format!("not ({})", self.condition(depth + 1)),
            _ => self.test(),
        }
    }

    /// Every path that may be said here, with what it ends in.
    fn spots(&self) -> Vec<Spot> {
        let mut spots: Vec<Spot> = Vec::new();
        let thing = |ty: TypeId| match self.model.ty(ty).kind {
            TypeKind::Principal => AttributeType::one(Scalar::User(ty)),
            _ => AttributeType::one(Scalar::Node(ty)),
        };
        let mut roots: Vec<Spot> = vec![("user".to_owned(), thing(USER))];
        if let (true, [ty, ..]) = (self.resource, self.targets) {
            roots.push(("resource".to_owned(), thing(*ty)));
        }
        roots.extend(self.base.map(|ty| ("here".to_owned(), thing(ty))));
        roots.extend(self.recipient.then(|| ("recipient".to_owned(), thing(USER))));
        roots.extend(
            self.near_types()
                .into_iter()
                .map(|ty| (snake(&self.model.ty(ty).name), thing(ty))),
        );
        for attribute in &self.model.context {
            roots.push((format!("context.{}", attribute.name), attribute.ty));
        }
        let parameters = self
            .role
            .map(|role| &self.model.role(role).parameters[..])
            .unwrap_or_default();
        roots.extend(parameters.iter().map(|p| (format!("holding.{}", p.name), p.ty)));
        if self.role.is_some() {
            let moment = AttributeType {
                optional: true,
                ..AttributeType::one(Scalar::DateTime)
            };
            roots.extend(["from", "until"].map(|name| (format!("holding.{name}"), moment)));
        }
        let mut from = roots.clone();
        spots.append(&mut roots);
        for _ in 0..2 {
            let next: Vec<Spot> = from.iter().flat_map(|spot| self.steps(spot)).collect();
            spots.extend(next.iter().cloned());
            from = next;
        }
        spots
    }

    fn steps(&self, (text, ty): &Spot) -> Vec<Spot> {
        match ty.of {
            Scalar::Node(of) | Scalar::User(of) if !ty.many => {
                let attributes = self.model.ty(of).attributes.iter();
                attributes.map(|a| (format!("{text}.{}", a.name), a.ty)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Types that surely enclose every target.
    fn near_types(&self) -> Vec<TypeId> {
        let graph = Containment::new(&self.model.types);
        let mut starts: Vec<TypeId> = self.targets.to_vec();
        if self.creating {
            starts = self
                .targets
                .iter()
                .flat_map(|&ty| self.model.ty(ty).containers.iter().copied())
                .collect();
        }
        let always = |ty: &TypeId| !starts.is_empty() && starts.iter().all(|&from| graph.always(from, self.via, *ty));
        self.model
            .type_ids()
            .filter(|&ty| self.model.ty(ty).kind != TypeKind::Principal)
            .filter(always)
            .collect()
    }

    fn test(&mut self) -> String {
        let spots = self.spots();
        // Roots come first; attributes are what conditions are mostly about.
        let late = spots.len() / 3;
        let near: Vec<Spot> = if self.tape.chance(60) {
            spots[..late * 2].to_vec()
        } else {
            spots.clone()
        };
        let ix = self.tape.below(near.len());
        let Some((path, ty)) = near.get(ix).cloned() else {
            return "user holds Nobody".to_owned();
        };
        if ty.many {
            return self.over_set(&path, ty, &spots);
        }
        match ty.of {
            Scalar::Bool => self.truth(&path, &spots),
            Scalar::User(_) => self.of_user(&path, &spots),
            Scalar::Group => format!("{} {} {path}", self.some(&spots, is_user), self.inside()),
            Scalar::Node(_) => self.of_node(&path, &spots),
            Scalar::Ip | Scalar::Network => self.of_address(&path, &spots),
            Scalar::Text | Scalar::Enum(_) => self.of_word(&path, ty, &spots),
            Scalar::Int | Scalar::Decimal | Scalar::Date | Scalar::DateTime => self.of_number(&path, ty, &spots),
        }
    }

    fn inside(&mut self) -> &'static str {
        if self.tape.chance(25) { "not in" } else { "in" }
    }

    fn same(&mut self) -> &'static str {
        if self.tape.chance(30) { "is not" } else { "is" }
    }

    /// Another path that fits, or `user`.
    fn some(&mut self, spots: &[Spot], fits: fn(&AttributeType) -> bool) -> String {
        self.maybe(spots, fits).unwrap_or_else(|| "user".to_owned())
    }

    fn maybe(&mut self, spots: &[Spot], fits: impl Fn(&AttributeType) -> bool) -> Option<String> {
        let fitting: Vec<&Spot> = spots.iter().filter(|(_, ty)| fits(ty)).collect();
        self.tape.pick(&fitting).map(|(text, _)| text.clone())
    }

    fn truth(&mut self, path: &str, spots: &[Spot]) -> String {
        match self.tape.below(5) {
            0 => format!("not {path}"),
            1 => format!("{path} {} true", self.same()),
            2 => match self.maybe(spots, |ty| ty.of == Scalar::Bool && !ty.many) {
                Some(other) => format!("{path} {} {other}", self.same()),
                None => path.to_owned(),
            },
            _ => path.to_owned(),
        }
    }

    fn of_user(&mut self, path: &str, spots: &[Spot]) -> String {
        let model = self.model;
        match self.tape.below(8) {
            0 => format!("{path} {} {}", self.same(), self.some(spots, is_user)),
            1 | 2 => match self.maybe(spots, |ty| (is_users(ty)) || is_group(ty)) {
                Some(set) => format!("{path} {} {set}", self.inside()),
                None => format!("{path} {} [{}]", self.inside(), self.some(spots, is_user)),
            },
            3 => match self.maybe(spots, |ty| is_place(model, ty)) {
                Some(place) => format!("{path} {} {place}", self.inside()),
                None => format!("{path} is user"),
            },
            4 => format!(
                "{path} {} [{}, {}]",
                self.inside(),
                self.some(spots, is_user),
                self.some(spots, is_user)
            ),
            _ => self.holds(path, spots),
        }
    }

    fn holds(&mut self, path: &str, spots: &[Spot]) -> String {
        let roles: Vec<RoleId> = self.model.role_ids().collect();
        let role = self.model.role(self.tape.one(&roles));
        let ty = &self.model.ty(role.ty).name;
        match self.tape.below(8) {
            0 => format!("{path} holds any role at {ty}"),
            1 if self.base.is_some() => format!("{path} holds {} here", role.name),
            2 => format!("{path} holds {} anywhere", role.name),
            3 => match self.maybe(spots, is_node) {
                Some(at) => format!("{path} holds {} at {at}", role.name),
                None => format!("{path} holds {}", role.name),
            },
            4 => format!("{path} holds {}+", role.name),
            5 => format!("{path} holds {ty}.{}", role.name),
            _ => format!("{path} holds {}", role.name),
        }
    }

    fn of_node(&mut self, path: &str, spots: &[Spot]) -> String {
        match self.tape.below(5) {
            0 => format!(
                "{path} {} {}",
                self.same(),
                self.maybe(spots, is_node).unwrap_or_else(|| path.to_owned())
            ),
            1 => format!(
                "{path} {} [{}]",
                self.inside(),
                self.maybe(spots, is_node).unwrap_or_else(|| path.to_owned())
            ),
            2 => format!("{} {} {path}", self.some(spots, is_user), self.inside()),
            _ => format!(
                "{path} {} {}",
                self.inside(),
                self.maybe(spots, is_node).unwrap_or_else(|| path.to_owned())
            ),
        }
    }

    fn of_address(&mut self, path: &str, spots: &[Spot]) -> String {
        match self.tape.below(5) {
            0 => format!("{path} {} [10.0.0.0/8, 192.168.0.7]", self.inside()),
            1 => format!("{path} {} [10.0.0.1]", self.inside()),
            2 => match self.maybe(spots, |ty| ty.of == Scalar::Network) {
                Some(net) => format!("{path} {} {net}", self.inside()),
                None => format!("{path} in 10.0.0.0/8"),
            },
            3 => format!("{path} {} 10.0.0.1", self.same()),
            _ => format!("{path} {} 10.0.0.0/8", self.inside()),
        }
    }

    fn of_word(&mut self, path: &str, ty: AttributeType, spots: &[Spot]) -> String {
        let words = self.words(ty.of);
        let ordered = matches!(ty.of, Scalar::Enum(id) if self.model.enums[id.0 as usize].ordered);
        let word = words[self.tape.below(words.len())].clone();
        match self.tape.below(5) {
            0 | 1 if ordered => {
                let op = self.tape.one(&["<", "<=", ">", ">="]);
                let other = self
                    .maybe(spots, |it| it.of == ty.of && !it.many)
                    .filter(|_| word.len().is_multiple_of(2));
                format!("{path} {op} {}", other.unwrap_or(word))
            }
            2 => format!("{path} {} [{word}, {}]", self.inside(), words[0]),
            3 => match self.maybe(spots, |it| it.of == ty.of) {
                Some(other) if other != path => format!("{path} is {other}"),
                _ => format!("{path} is {word}"),
            },
            _ => format!("{path} {} {word}", self.same()),
        }
    }

    fn words(&self, of: Scalar) -> Vec<String> {
        match of {
            Scalar::Enum(id) => self.model.enums[id.0 as usize].values.clone(),
            _ => vec!["\"x\"".to_owned(), "\"y\"".to_owned()],
        }
    }

    fn of_number(&mut self, path: &str, ty: AttributeType, spots: &[Spot]) -> String {
        let dated = matches!(ty.of, Scalar::Date | Scalar::DateTime);
        let literal = self.literal(ty.of);
        let alike = move |it: &AttributeType| !it.many && (is_dated(it) == dated) && (dated || is_number(it));
        let other = self.maybe(spots, alike).unwrap_or_else(|| literal.clone());
        match self.tape.below(if dated { 8 } else { 5 }) {
            0 => format!("{path} {} {literal}", self.same()),
            1 => format!("{path} {} [{literal}]", self.inside()),
            2 => format!(
                "{path} {} {other}",
                self.tape.one(&["<", "<=", ">", ">=", "is", "is not"])
            ),
            5 => format!("{path} {} {other}", self.tape.one(&["before", "after"])),
            6 => format!(
                "{path} {} {other} {}",
                self.tape.one(&["before", "after"]),
                self.shift()
            ),
            7 => format!(
                "context.now {} {path} {}",
                self.tape.one(&["before", "after"]),
                self.shift()
            ),
            _ => format!("{path} {} {literal}", self.tape.one(&["<", "<=", ">", ">="])),
        }
    }

    fn shift(&mut self) -> &'static str {
        self.tape
            .one(&["+ 1 day", "- 1 day", "+ 12 hours", "- 30 minutes", "+ 1 week"])
    }

    fn literal(&mut self, of: Scalar) -> String {
        let choice = self.tape.below(4);
        match of {
            Scalar::Int => choice.to_string(),
            Scalar::Decimal => ["2", "0", "1.5", "3"][choice].to_owned(),
            Scalar::Date => ["2026-01-10", "2026-01-11", "2026-01-09", "2026-01-12"][choice].to_owned(),
            _ => [
                "2026-01-10T12:00Z",
                "2026-01-11",
                "2026-01-09T00:00Z",
                "2026-01-12T00:00Z",
            ][choice]
                .to_owned(),
        }
    }

    fn over_set(&mut self, path: &str, ty: AttributeType, spots: &[Spot]) -> String {
        let model = self.model;
        let all = self.tape.one(&["any", "all"]);
        let elements = move |it: &AttributeType| !it.many && it.of == ty.of;
        let other = self.maybe(spots, elements);
        match (ty.of, self.tape.below(4)) {
            (Scalar::User(_), 0 | 1) => format!("{} {} {path}", self.some(spots, is_user), self.inside()),
            (Scalar::User(_), 2) => match self.maybe(spots, |it| is_group(it) || is_place(model, it)) {
                Some(group) => format!("{all} {path} {} {group}", self.inside()),
                None => format!("{all} {path} is user"),
            },
            (Scalar::User(_), _) => format!("{all} {path} {} {}", self.same(), self.some(spots, is_user)),
            (Scalar::Network, 0) => match self.maybe(spots, |it| it.of == Scalar::Ip) {
                Some(ip) => format!("{ip} {} {path}", self.inside()),
                None => format!("any {path} is 10.0.0.0/8"),
            },
            (Scalar::Network, _) => format!("{all} {path} {} 10.0.0.0/8", self.inside()),
            (_, 0) if other.is_some() => format!("{} {} {path}", other.unwrap_or_default(), self.inside()),
            (Scalar::Date, _) => {
                let op = self.tape.one(&["before", "after", "is", "<"]);
                format!("{all} {path} {op} {}", self.literal(ty.of))
            }
            _ => {
                let words = self.words(ty.of);
                format!("{all} {path} {} {}", self.same(), words[self.tape.below(words.len())])
            }
        }
    }
}

fn is_user(ty: &AttributeType) -> bool {
    matches!(ty.of, Scalar::User(_)) && !ty.many
}

fn is_users(ty: &AttributeType) -> bool {
    matches!(ty.of, Scalar::User(_)) && ty.many
}

fn is_group(ty: &AttributeType) -> bool {
    ty.of == Scalar::Group && !ty.many
}

fn is_node(ty: &AttributeType) -> bool {
    matches!(ty.of, Scalar::Node(_)) && !ty.many
}

fn is_place(model: &Model, ty: &AttributeType) -> bool {
    !ty.many && matches!(ty.of, Scalar::Node(of) if model.ty(of).kind.is_place())
}

fn is_dated(ty: &AttributeType) -> bool {
    matches!(ty.of, Scalar::Date | Scalar::DateTime)
}

fn is_number(ty: &AttributeType) -> bool {
    matches!(ty.of, Scalar::Int | Scalar::Decimal)
}

/// `PurchaseOrder` as `purchase_order`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for (ix, c) in name.char_indices() {
        if c.is_uppercase() && ix > 0 {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}
