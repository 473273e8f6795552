//! How many users, groups and nodes a world needs.

use std::collections::{BTreeMap, BTreeSet};

use super::attributes;
use crate::model::value::Scalar;
use crate::model::{AttrName, Model, Operand, Test, TestKind, TypeId};

/// Paths to users, groups and nodes: each may lead to another one, so a world needs as many as there are paths.
#[derive(Debug, Default)]
pub struct Individuals {
    /// To users who are compared with others, or of whom something is asked.
    pub users: BTreeSet<String>,
    /// To groups.
    pub groups: BTreeSet<String>,
    /// To nodes of a type.
    pub nodes: BTreeMap<TypeId, BTreeSet<String>>,
}

impl Individuals {
    /// The things on the way along a path; with `asked`, something is asked of its end as well.
    pub(super) fn note(&mut self, model: &Model, root: &str, steps: &[AttrName], asked: bool) {
        for (ix, &step) in steps.iter().enumerate() {
            let name = format!("{root} {:?}", &steps[..=ix]);
            let is_asked = asked || ix + 1 < steps.len();
            for attribute in attributes(model).filter(|it| it.key == step) {
                match attribute.ty.of {
                    Scalar::User(_) if is_asked => drop(self.users.insert(name.clone())),
                    Scalar::Group => drop(self.groups.insert(name.clone())),
                    Scalar::Node(ty) => drop(self.nodes.entry(ty).or_default().insert(name.clone())),
                    _ => {}
                }
            }
        }
    }

    pub(super) fn test(&mut self, model: &Model, test: &Test) {
        let steps = |operand: &Operand| matches!(operand, Operand::Path(path) if !path.steps.is_empty());
        let asked = match &test.kind {
            TestKind::Compare(left, _, right, _) => steps(left) && steps(right),
            TestKind::Quantified { right, .. } => steps(right),
            TestKind::Holds { .. } => true,
            TestKind::Truth(_) => false,
        };
        for path in test.paths() {
            self.note(model, &format!("{:?}", path.root), &path.steps, asked);
        }
    }
}
