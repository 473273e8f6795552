//! What the form of a rule settles without a solver: most rules ask for nothing, or for attributes that can be anything.

use super::domain::candidates;
use super::scope::Class;
use super::verdict::stands_alone;
use crate::eval::condition::ordered;
use crate::model::containment::Containment;
use crate::model::permission::PermId;
use crate::model::value::{Scalar, Tri, shift};
use crate::model::{AttrName, Model, Operand, Path, Reach, Root, Rule, Test, TestKind, TypeId};
use crate::table::{Table, Way};

/// The table with what can lie where.
pub struct Plain<'t> {
    table: &'t Table,
    below: Vec<Vec<TypeId>>,
}

impl<'t> Plain<'t> {
    /// Looks at the types of a policy.
    #[must_use]
    pub fn new(table: &'t Table) -> Self {
        let model = table.model();
        let containment = Containment::new(&model.types);
        let below = model.type_ids().map(|ty| containment.below(ty, true)).collect();
        Self { table, below }
    }

    /// True if whoever holds the way's role alone shows that the rule decides something, and that each part of its
    /// condition does.
    #[must_use]
    pub fn decides(&self, permission: PermId, way: Way) -> bool {
        let model = self.table.model();
        let rule = model.rule(way.rule);
        rule.reach == Reach::Below
            && !rule.except_self
            && !rule.they_have
            && is_free(model, rule)
            && stands_alone(self.table, permission, way, &self.below)
    }
}

/// True if each part of a rule's condition can be true and can be false, whatever the others are.
#[must_use]
pub fn is_free(model: &Model, rule: &Rule) -> bool {
    let mut seen: Vec<AttrName> = Vec::new();
    let mut fresh = |key: AttrName| {
        let fresh = !seen.contains(&key);
        seen.push(key);
        fresh
    };
    let mut all = rule.tests();
    all.all(|test| subject(model, test).is_some_and(&mut fresh))
        && rule.relation.iter().all(|it| it.then.is_empty())
        && rule.relation.len() < 2
}

/// The attribute that decides a test alone, and can decide it both ways.
#[must_use]
pub fn subject(model: &Model, test: &Test) -> Option<AttrName> {
    match &test.kind {
        TestKind::Truth(Operand::Path(path)) => plain(model, path),
        TestKind::Compare(Operand::Path(path), op, Operand::Value(value), minutes) => {
            let key = plain(model, path)?;
            let value = shift(*value, *minutes);
            let class = Class {
                constants: vec![value],
                ..Class::default()
            };
            let (values, _) = candidates(path.ty.of, &class, enum_values(model, path.ty.of));
            let can_be = |wanted| values.iter().any(|&it| ordered(it, *op, value) == wanted);
            (can_be(Tri::True) && can_be(Tri::False)).then_some(key)
        }
        _ => None,
    }
}

fn enum_values(model: &Model, of: Scalar) -> usize {
    match of {
        Scalar::Enum(id) => model.enums[id.0 as usize].values.len(),
        _ => 0,
    }
}

/// The attribute at the end of a path of one step that ends in a plain value.
fn plain(model: &Model, path: &Path) -> Option<AttrName> {
    let is_thing = matches!(path.ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_));
    match (path.root, &path.steps[..]) {
        _ if is_thing || path.ty.many => None,
        (Root::Resource | Root::Near(_), &[step]) => Some(step),
        (Root::Context(slot), []) => Some(model.context[slot].key),
        _ => None,
    }
}
