//! # unassignable-role
//!
//! Finds roles that nobody can give, though others at the same type of place can be given, or somebody above hands out
//! roles: no rule says so, and the role is neither a default nor derived.
//!
//! Nobody will ever hold it unless it is written into the data from outside; mostly it was forgotten in the list behind
//! `assign`. Left alone are roles that others extend, roles that stand at the top and hand out others themselves (they
//! must be there from the start), and what the policy itself says nobody may give.
//!
//! ```roles
//! account Shop { actions view, audit }
//! role Owner at Shop {
//!   can view Shop
//!   can assign Clerk except self
//! }
//! role Clerk at Shop { can view Shop }
//! role Auditor at Shop { can audit Shop }   # error
//! each Shop has at least 1 Owner
//! ```
//!
//! Use instead: a rule by which somebody gives it, `default`, or `for whoever …`.
//!
//! ```roles
//! account Shop { actions view, audit }
//! role Owner at Shop {
//!   can view Shop
//!   can assign Clerk, Auditor except self
//! }
//! role Clerk at Shop { can view Shop }
//! role Auditor at Shop { can audit Shop }
//! each Shop has at least 1 Owner
//! ```

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::lint::context::Context;
use crate::lint::giving::{Giving, Hand};
use crate::lint::{Category, Level, Rule};
use crate::model::containment::Containment;
use crate::model::permission::Permission;
use crate::model::{Model, RoleId, TypeId, TypeKind};

pub(super) const RULE: Rule = Rule {
    name: "unassignable-role",
    category: Category::Security,
    level: Level::Warning,
    whole: true,
    source: include_str!("unassignable_role.rs"),
    check,
};

fn check(cx: &mut Context<'_>) {
    let (model, giving) = (cx.model, Giving::of(cx.model));
    let around = Around::of(model, &giving);
    let extended: HashSet<RoleId> = model.roles.iter().flat_map(|role| &role.parents).map(|p| p.0).collect();
    for id in model.role_ids() {
        let role = model.role(id);
        // What has no rule and no name elsewhere is told as such.
        let idle = role.rules.is_empty() && !cx.uses.roles.contains(&id);
        let given = giving.gives.contains_key(&id) || giving.is_settled(model, Permission::Give(id));
        if idle || given || role.default || role.is_derived() || extended.contains(&id) || around.is_top(model, id) {
            continue;
        }
        let (Some(&span), Some(&hand)) = (role.spans.first(), around.hands.get(&role.ty)) else {
            continue;
        };
        cx.report(span, format!("nobody can give `{}`", model.show_role(id)))
            .label(model.rule(hand.rule).span, "others are given by this")
            .help("name it behind `assign`, or say `default` or `for whoever …` in its head");
    }
}

/// Who hands out roles around a place.
#[derive(Default)]
struct Around {
    /// Roles that hand out others.
    handing: HashSet<RoleId>,
    /// For each type of node a rule by which roles there are given, or roles by somebody above in its account.
    hands: HashMap<TypeId, Hand>,
    /// Types above which, within the account, somebody hands out roles.
    below_hands: HashSet<TypeId>,
}

impl Around {
    fn of(model: &Model, giving: &Giving) -> Self {
        let mut around = Self::default();
        let mut held: BTreeMap<TypeId, Hand> = BTreeMap::new();
        for (role, hands) in &giving.gives {
            for hand in hands {
                let ty = hand.role.map_or(model.role(*role).ty, |giver| model.role(giver).ty);
                around.handing.extend(hand.role);
                around.hands.entry(model.role(*role).ty).or_insert(*hand);
                held.entry(ty).or_insert(*hand);
            }
        }
        let graph = Containment::new(&model.types);
        for (ty, hand) in held {
            for below in graph.below(ty, true) {
                if below != ty {
                    around.hands.entry(below).or_insert(hand);
                    around.below_hands.insert(below);
                }
            }
        }
        around
    }

    /// The role hands out others, and within its account nobody above does: it must be there from the start.
    fn is_top(&self, model: &Model, id: RoleId) -> bool {
        let ty = model.role(id).ty;
        let outermost = model.ty(ty).kind == TypeKind::Account || !self.below_hands.contains(&ty);
        self.handing.contains(&id) && outermost
    }
}
