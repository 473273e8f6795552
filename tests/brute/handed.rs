//! Single grants and custom roles: what the data of an organisation may add, where the policy opens a ceiling for it.

use rolebook::diagnostic::Found;
use rolebook::facts::{CustomRole, Facts, Holding, SingleGrant, Subject, Window};
use rolebook::model::resolve::Loose;
use rolebook::model::{RoleId, Rule, TypeId};
use rolebook::source::Span;
use rolebook::syntax::parse;

use crate::shape::Shape;
use crate::small::Small;
use crate::space::{U, id};

/// A permission that `u` has by data.
#[derive(Clone, Debug)]
pub(crate) struct Handed {
    /// As a custom role of that place, or as a single grant.
    custom: bool,
    pub(crate) text: String,
    pub(crate) node: usize,
    rules: Vec<(TypeId, Rule)>,
}

/// Everything that may be handed to `u` along a chain.
pub(crate) fn all(small: &Small, shape: &Shape) -> Vec<Option<Handed>> {
    let mut all = vec![None];
    for text in texts(small) {
        let rules = rules(small, &text);
        for node in 0..shape.chain {
            let fits = rules.iter().any(|(ty, _)| *ty == shape.types[node]);
            for custom in [false, true].into_iter().filter(|_| fits) {
                let (text, rules) = (text.clone(), rules.clone());
                all.push(Some(Handed {
                    custom,
                    text,
                    node,
                    rules,
                }));
            }
        }
    }
    all
}

/// The permissions that somebody may grant, as data says them.
fn texts(small: &Small) -> Vec<String> {
    let model = small.model();
    let open = small.matter.granted.iter().map(|&id| model.show_permission(id));
    open.flat_map(|text| [text.clone(), text + " anywhere"]).collect()
}

/// A text of the facts at each type of place at which it has no error.
fn rules(small: &Small, text: &str) -> Vec<(TypeId, Rule)> {
    let model = small.model();
    let file = small.sources.files().next().expect("a policy has a file");
    let mut found = Found::default();
    let Some(tree) = parse::rule(file, text, 0, &mut found) else {
        return Vec::new();
    };
    let at = |ty: TypeId| {
        let mut found = Found::default();
        let rule = Loose::new(model, &mut found).rule(&tree, ty, Span::new(file, 0, 0));
        (!found.has_errors()).then_some((ty, rule))
    };
    model
        .type_ids()
        .filter(|&ty| model.ty(ty).kind.is_place())
        .filter_map(at)
        .collect()
}

impl Handed {
    pub(crate) fn enter(&self, small: &Small, facts: &mut Facts) {
        let span = facts.nodes[0].span;
        let (to, at, window) = (Subject::User(U), id(self.node), Window::ALWAYS);
        let own = self.rules.iter().find(|(ty, _)| *ty == facts.nodes[self.node].ty);
        match own {
            Some((_, rule)) if !self.custom => {
                let rule = rule.clone();
                facts.grants.push(SingleGrant {
                    to,
                    rule,
                    at,
                    window,
                    span,
                });
            }
            _ => {
                let role = RoleId(u32::try_from(small.model().roles.len() + facts.custom.len()).unwrap_or(u32::MAX));
                let (name, rules) = ("custom".to_owned(), self.rules.clone());
                facts.custom.push(CustomRole { name, at, rules, span });
                let (subject, node, parameters) = (to, at, Vec::new());
                facts.holdings.push(Holding {
                    subject,
                    role,
                    node,
                    window,
                    parameters,
                    span,
                });
            }
        }
    }

    /// As it stands in the facts.
    pub(crate) fn show(&self, at: &str) -> String {
        match self.custom {
            true => format!(
                "roles:\n  - {{ name: custom, at: {at}, can: {} }}\n# and u: roles: {{ custom: {at} }}\n",
                self.text
            ),
            false => format!("grants:\n  - {{ to: u, can: {}, at: {at} }}\n", self.text),
        }
    }
}
