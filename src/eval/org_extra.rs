//! What custom roles and single grants add to the table: only what some `can grant` reaches; the rest does nothing.

use super::Target;
use super::forest::Forest;
use super::org::Org;
use super::reach::reaches;
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::model::{Reach, Receiver, RoleId, Rule};
use crate::source::Span;
use crate::table::{Table, Way};

/// A way in which a custom role or a single grant gives a permission.
#[derive(Debug, Clone)]
pub struct ExtraWay {
    /// The custom role, or the number of the single grant, beyond the policy's roles.
    pub role: RoleId,
    rule: u32,
    /// Roles of which the holder of a single grant must have one; `None`: none is asked.
    pub to: Option<Vec<RoleId>>,
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

/// Who may receive a permission at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ceiling {
    /// Nobody may grant it there.
    None,
    /// Holders of these roles.
    To(Vec<RoleId>),
    /// Anybody.
    Open,
}

impl Extra {
    pub(super) fn new(table: &Table, org: &Org<'_>) -> Self {
        let mut extra = Self::default();
        if !org.facts.custom.is_empty() || !org.facts.grants.is_empty() {
            extra.ways.resize(table.model().permissions.len(), Vec::new());
        }
        let first = table.model().roles.len();
        for (ix, custom) in org.facts.custom.iter().enumerate() {
            for (_, rule) in &custom.rules {
                extra.enter(table, org, rule, number(first + ix), custom.at);
            }
        }
        let first = first + org.facts.custom.len();
        for (ix, grant) in org.facts.grants.iter().enumerate() {
            extra.enter(table, org, &grant.rule, number(first + ix), grant.at);
        }
        extra
    }

    fn enter(&mut self, table: &Table, org: &Org<'_>, rule: &Rule, role: RoleId, at: NodeId) {
        let ix = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        self.rules.push(rule.clone());
        for &permission in &rule.permissions {
            let to = match ceiling(table, org, permission, at) {
                Ceiling::None => {
                    self.note_beyond(Beyond {
                        permission,
                        span: rule.span,
                        node: at,
                    });
                    continue;
                }
                Ceiling::To(roles) => Some(roles),
                Ceiling::Open => None,
            };
            self.ways[permission.ix()].push(ExtraWay { role, rule: ix, to });
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

/// Whether some `can grant` for this permission reaches a node from where its role may be held, and to whom.
#[must_use]
pub fn ceiling(table: &Table, forest: &Forest, permission: PermId, at: NodeId) -> Ceiling {
    ceiling_of(table, forest, permission, at, |_| true)
}

/// The same by some of the rules alone.
#[must_use]
pub fn ceiling_of(
    table: &Table,
    forest: &Forest,
    permission: PermId,
    at: NodeId,
    counts: impl Fn(&Way) -> bool,
) -> Ceiling {
    let model = table.model();
    let Some(grant) = model.permissions.id(Permission::Grant(permission)) else {
        return Ceiling::None;
    };
    let mut to: Vec<RoleId> = Vec::new();
    let mut reached = false;
    for way in table.row(grant).grants.iter().filter(|way| counts(way)) {
        let rule = model.rule(way.rule);
        if !may_reach(forest, rule, way.role.map(|role| model.role(role).ty), at) {
            continue;
        }
        reached = true;
        match &rule.receiver {
            Receiver::Holders(roles) => to.extend_from_slice(roles),
            Receiver::Member | Receiver::Anyone => return Ceiling::Open,
        }
    }
    to.sort_unstable();
    to.dedup();
    if reached { Ceiling::To(to) } else { Ceiling::None }
}

fn may_reach(forest: &Forest, rule: &Rule, base: Option<crate::model::TypeId>, at: NodeId) -> bool {
    let Some(base) = base else {
        return !matches!(rule.reach, Reach::In(ty) if forest.near(at, ty).is_none());
    };
    let target = Target::node(at);
    match rule.reach {
        Reach::Anywhere => true,
        Reach::Across(ty) => forest
            .near(at, ty)
            .is_some_and(|zone| forest.account(zone) == forest.account(at)),
        _ => forest
            .chain(at)
            .filter(|&n| forest.ty(n) == base)
            .any(|n| reaches(forest, rule, n, &target)),
    }
}
