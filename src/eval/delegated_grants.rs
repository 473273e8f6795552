//! What custom roles and single grants add to the table: only what some `can grant` reaches; the rest does nothing.

use super::Target;
use crate::containment::forest::Forest;
use crate::containment::reach::{below, reaches};
use crate::facts::Facts;
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::model::{Reach, Receiver, RoleId, Rule, Who};
use crate::source::Span;
use crate::table::{Table, Way};

/// A way in which a custom role or a single grant gives a permission.
#[derive(Debug, Clone)]
pub struct ExtraWay {
    /// The custom role, or the number of the single grant, beyond the policy's roles.
    pub role: RoleId,
    rule: u32,
    /// On what terms.
    pub terms: Terms,
}

/// To whom somebody may grant a permission at a node, and so with whom it works.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Whoever has it must hold one of these roles there; `None`: any or none.
    pub to: Option<Vec<RoleId>>,
    /// They must hold none of these.
    pub not_to: Vec<RoleId>,
}

impl Terms {
    /// Anybody may have it.
    #[must_use]
    pub const fn are_open(&self) -> bool {
        self.to.is_none() && self.not_to.is_empty()
    }

    /// The roles on which it depends.
    pub fn roles(&self) -> impl Iterator<Item = RoleId> {
        self.to.iter().flatten().chain(&self.not_to).copied()
    }
}

/// A permission that a custom role or a single grant names, and that nobody may grant there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beyond {
    /// Which.
    pub permission: PermId,
    /// Where the text stands.
    pub span: Span,
    /// At which node.
    pub node: NodeId,
}

/// The ways of custom roles and single grants.
#[derive(Debug, Default)]
pub struct Extra {
    rules: Vec<Rule>,
    /// By permission; empty where the facts have neither custom roles nor single grants.
    ways: Vec<Vec<ExtraWay>>,
    /// What lies beyond the ceiling.
    pub beyond: Vec<Beyond>,
}

impl Extra {
    pub(super) fn new(table: &Table, facts: &Facts, forest: &Forest) -> Self {
        let mut extra = Self::default();
        if !facts.custom.is_empty() || !facts.grants.is_empty() {
            extra.ways.resize(table.model().permissions.len(), Vec::new());
        }
        let first = table.model().roles.len();
        for (ix, custom) in facts.custom.iter().enumerate() {
            for (_, rule) in &custom.rules {
                extra.enter(table, forest, rule, number(first + ix), custom.at);
            }
        }
        let first = first + facts.custom.len();
        for (ix, grant) in facts.grants.iter().enumerate() {
            extra.enter(table, forest, &grant.rule, number(first + ix), grant.at);
        }
        extra
    }

    fn enter(&mut self, table: &Table, forest: &Forest, rule: &Rule, role: RoleId, at: NodeId) {
        let ix = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        self.rules.push(rule.clone());
        for &permission in &rule.permissions {
            match terms(table, forest, permission, at) {
                Some(terms) => self.ways[permission.ix()].push(ExtraWay { role, rule: ix, terms }),
                None => self.note_beyond(Beyond {
                    permission,
                    span: rule.span,
                    node: at,
                }),
            }
        }
    }

    fn note_beyond(&mut self, beyond: Beyond) {
        if !self.beyond.contains(&beyond) {
            self.beyond.push(beyond);
        }
    }

    /// The ways that give a permission.
    #[must_use]
    pub fn ways(&self, permission: PermId) -> &[ExtraWay] {
        self.ways.get(permission.ix()).map_or(&[], Vec::as_slice)
    }

    /// The rule of a way.
    #[must_use]
    pub fn rule(&self, way: &ExtraWay) -> &Rule {
        &self.rules[way.rule as usize]
    }
}

fn number(ix: usize) -> RoleId {
    RoleId(u32::try_from(ix).unwrap_or(u32::MAX))
}

/// On what terms a permission can be handed out at a node: some `can grant` must reach it from where its role may be
/// held, and no prohibition may bind every giver. `None` if nobody may.
#[must_use]
pub fn terms(table: &Table, forest: &Forest, permission: PermId, at: NodeId) -> Option<Terms> {
    terms_of(table, forest, permission, at, |_| true)
}

/// The same by some of the rules alone.
#[must_use]
pub fn terms_of(
    table: &Table,
    forest: &Forest,
    permission: PermId,
    at: NodeId,
    counts: impl Fn(&Way) -> bool,
) -> Option<Terms> {
    let model = table.model();
    let row = table.row(model.permissions.id(Permission::Grant(permission))?);
    let reaching = |way: &Way| {
        let rule = model.rule(way.rule);
        let reached = counts(way) && may_reach(forest, rule, way.role.map(|role| model.role(role).ty), at);
        reached.then_some(rule)
    };
    let to = receivers(row.grants.iter().filter_map(reaching))?;
    let forbidding = Table::cell(&row.prohibitions, None).iter().filter_map(reaching);
    match receivers(forbidding.filter(|rule| is_outright(rule))) {
        Some(None) => None,
        Some(Some(not_to)) => Some(Terms { to, not_to }),
        None => Some(Terms { to, not_to: Vec::new() }),
    }
}

/// The roles to whose holders some rules speak, or `None` for anybody; nothing if there is no rule.
#[expect(clippy::option_option, reason = "no rule, for anybody, for some")]
fn receivers<'r>(rules: impl Iterator<Item = &'r Rule>) -> Option<Option<Vec<RoleId>>> {
    let mut to: Option<Vec<RoleId>> = None;
    for rule in rules {
        match &rule.receiver {
            Receiver::Holders(roles) => to.get_or_insert_default().extend_from_slice(roles),
            Receiver::Member | Receiver::Anyone => return Some(None),
        }
    }
    let mut to = to?;
    to.sort_unstable();
    to.dedup();
    Some(Some(to))
}

/// Nothing that a giver could be, have or ask for lets them past this prohibition.
fn is_outright(rule: &Rule) -> bool {
    let conditional = rule.when.is_some() || rule.unless.is_some() || rule.except_self || rule.they_have;
    rule.who == Who::Nobody(Vec::new()) && rule.relation.is_empty() && !conditional
}

fn may_reach(forest: &Forest, rule: &Rule, base: Option<crate::model::TypeId>, at: NodeId) -> bool {
    let Some(base) = base else {
        return !matches!(rule.reach, Reach::In(ty) if forest.near(at, ty).is_none());
    };
    let target = Target::node(at);
    match rule.reach {
        Reach::Anywhere => true,
        Reach::Across(ty) => forest
            .chain(at)
            .filter(|&zone| forest.ty(zone) == ty)
            .any(|zone| below(forest, rule, zone, &target)),
        _ => forest
            .chain(at)
            .filter(|&n| forest.ty(n) == base)
            .any(|n| reaches(forest, rule, n, &target)),
    }
}
