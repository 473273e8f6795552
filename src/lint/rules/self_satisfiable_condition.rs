//! # self-satisfiable-condition
//!
//! Finds grants that depend on an attribute which the same role can change: the attribute stands in a field, and the role
//! can edit that field, unconditionally, wherever the grant reaches. Relations (`as approver`) count as conditions do.
//! A field is changed by whoever may `edit` it, or `manage` it where the type has no `edit`.
//!
//! Such a condition keeps nobody out: whoever it stops sets the attribute as it must be, and goes on.
//!
//! ```roles
//! account Shop {
//!   fields settings
//!   open: bool = false in settings
//!   actions view, edit
//! }
//! resource Order in Shop { actions cancel }
//! role Owner at Shop {
//!   can view, edit Shop
//!   can cancel Order when shop.open   # error
//! }
//! ```
//!
//! Use instead: an attribute in a field that another role edits, or in no field, or no condition at all.
//!
//! ```roles
//! account Shop {
//!   fields settings
//!   open: bool = false in settings
//!   actions view, edit
//! }
//! resource Order in Shop { actions cancel }
//! role Owner at Shop { can view, edit Shop }
//! role Clerk at Shop { can cancel Order when shop.open }
//! ```

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::lint::context::Context;
use crate::lint::reads::{Read, reads};
use crate::lint::words::list;
use crate::lint::{Category, Level, Rule as LintRule};
use crate::model::containment::Containment;
use crate::model::permission::PermId;
use crate::model::{Effect, Model, Reach, RoleId, Root, Rule, TypeId, TypeKind};
use crate::source::Span;

pub(super) const RULE: LintRule = LintRule {
    name: "self-satisfiable-condition",
    category: Category::Security,
    level: Level::Warning,
    whole: true,
    source: include_str!("self_satisfiable_condition.rs"),
    check,
};

/// The grant, what it asks, and what changes that; with the roles that have both.
type Loops = BTreeMap<(Span, Span, Span), BTreeSet<RoleId>>;

fn check(cx: &mut Context<'_>) {
    let graph = Containment::new(&cx.model.types);
    let forbidden = cx.model.rules.iter().filter(|rule| rule.effect == Effect::Prohibit);
    let own = Own {
        model: cx.model,
        graph: &graph,
        forbidden: forbidden.flat_map(|rule| rule.permissions.iter().copied()).collect(),
    };
    let mut loops = Loops::new();
    for role in cx.model.role_ids() {
        own.note(role, &mut loops);
    }
    for ((span, asked, change), roles) in loops {
        let names: Vec<String> = roles.iter().map(|&role| cx.model.show_role(role)).collect();
        let asked = cx
            .sources
            .snippet(asked)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        cx.report(
            span,
            format!("{} can change `{asked}`, which this grant depends on", list(&names)),
        )
        .label(change, "changed by this")
        .help("put it into a field that other roles edit, or into none");
    }
}

/// What a role can do to its own conditions.
struct Own<'a> {
    model: &'a Model,
    graph: &'a Containment,
    /// What some prohibition is about: whether it can be done is not told from here.
    forbidden: HashSet<PermId>,
}

impl Own<'_> {
    fn note(&self, role: RoleId, loops: &mut Loops) {
        let ty = self.model.role(role).ty;
        let rules = || {
            self.model
                .role(role)
                .rules
                .iter()
                .map(|copy| self.model.rule(copy.rule))
        };
        let edits: Vec<&Rule> = rules().filter(|rule| is_plain(rule)).collect();
        for grant in rules().filter(|rule| rule.effect == Effect::Grant) {
            for read in reads(self.model, self.graph, grant, ty) {
                let change = edits.iter().find(|edit| self.changes(role, grant, &read, edit));
                if let Some(edit) = change {
                    loops
                        .entry((grant.span, read.span, edit.span))
                        .or_default()
                        .insert(role);
                }
            }
        }
    }

    /// By `edit`, holders of the role can change what `grant` reads, wherever it reaches.
    fn changes(&self, role: RoleId, grant: &Rule, read: &Read, edit: &Rule) -> bool {
        let slot = self.model.slot(read.owner, read.name);
        let changing = slot.and_then(|slot| self.model.changing(read.owner, slot));
        let edits = changing.is_some_and(|id| edit.permissions.contains(&id) && !self.forbidden.contains(&id));
        edits && self.reaches(role, grant.reach, read, edit)
    }

    fn reaches(&self, role: RoleId, reach: Reach, read: &Read, edit: &Rule) -> bool {
        let held = self.model.role(role);
        let place = self.model.ty(held.ty).kind.is_place();
        let unchanged = edit.reach == reach;
        let all = edit.reach == Reach::Anywhere;
        let below = edit.reach == Reach::Below && matches!(reach, Reach::Below | Reach::OnlyHere | Reach::OnlyBelow);
        let named = read.owner == held.ty || !self.is_account(read.owner) || edit.named.contains(&read.owner);
        match read.root {
            _ if all => !edit.except_self || read.root != Root::User,
            Root::Here => matches!(edit.reach, Reach::Below | Reach::OnlyHere),
            Root::User => edit.reach == Reach::Below && place && !held.is_derived() && !edit.except_self,
            Root::Resource => (unchanged || below) && named,
            Root::Near(ty) if unchanged && reach == Reach::OnlyHere => ty == held.ty,
            Root::Near(ty) => (below || (unchanged && reach != Reach::OnlyBelow)) && self.is_inside(held.ty, reach, ty),
            _ => false,
        }
    }

    /// The nearest node of a type, from what a rule reaches, never lies above all that the rule reaches.
    fn is_inside(&self, held: TypeId, reach: Reach, ty: TypeId) -> bool {
        let base = match reach {
            Reach::In(base) | Reach::Across(base) => base,
            _ => held,
        };
        ty == base
            || (!self.is_account(ty)
                && self.graph.below(base, true).contains(&ty)
                && !self.graph.below(ty, false).contains(&base))
    }

    fn is_account(&self, ty: TypeId) -> bool {
        self.model.ty(ty).kind == TypeKind::Account
    }
}

/// A grant without conditions.
fn is_plain(rule: &Rule) -> bool {
    let free = rule.when.is_none() && rule.unless.is_none() && rule.relation.is_empty();
    rule.effect == Effect::Grant && free
}
