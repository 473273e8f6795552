//! Single grants and custom roles: what the data of an organisation may add, where the policy opens a ceiling for it.

use rolebook::diagnostic::Found;
use rolebook::facts::{CustomRole, Facts, Holding, SingleGrant, Subject, Window};
use rolebook::model::resolve::Loose;
use rolebook::model::{RoleId, Rule, TypeId, TypeKind};
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

/// Everything that may be handed to `u` along a chain, so many at once; nothing first.
pub(crate) fn sets(small: &Small, shape: &Shape, most: usize) -> Vec<Vec<Handed>> {
    let one = all(small, shape);
    let mut sets = vec![Vec::new()];
    let mut last: Vec<(usize, Vec<Handed>)> = vec![(0, Vec::new())];
    for _ in 0..most {
        let more = |(from, set): &(usize, Vec<Handed>)| {
            let with = |at: usize| (at + 1, [&set[..], &one[at..=at]].concat());
            (*from..one.len()).map(with).collect::<Vec<_>>()
        };
        last = last.iter().flat_map(more).collect();
        sets.extend(last.iter().map(|(_, set)| set.clone()));
    }
    sets
}

fn all(small: &Small, shape: &Shape) -> Vec<Handed> {
    let mut all = Vec::new();
    for text in texts(small) {
        let rules = rules(small, &text);
        for node in 0..shape.chain {
            let fits = rules.iter().any(|(ty, _)| *ty == shape.types[node]);
            all.extend([false, true].into_iter().filter(|_| fits).map(|custom| Handed {
                custom,
                text: text.clone(),
                node,
                rules: rules.clone(),
            }));
        }
    }
    all
}

/// The permissions that somebody may grant, as data says them: below, and in the account.
fn texts(small: &Small) -> Vec<String> {
    let model = small.model();
    let open = small.matter.granted.iter().map(|&id| model.show_permission(id));
    let accounts = model.type_ids().filter(|&ty| model.ty(ty).kind == TypeKind::Account);
    let within: Vec<String> = accounts.map(|ty| format!(" in {}", model.ty(ty).name)).collect();
    let of = |text: String| {
        let wider: Vec<String> = within.iter().map(|within| format!("{text}{within}")).collect();
        std::iter::once(text).chain(wider)
    };
    open.flat_map(of).collect()
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
                facts.holdings.push(Holding::new(to, role, at, span));
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
