//! How far a grant reaches, as much of it as conditions and prohibitions must know, and which conditions come out the
//! same for everything that it reaches.
//!
//! A test is *settled* if nothing that it reads depends on what is acted upon: the user, the holding, the moment, and the
//! nearest node of a type of which none can lie between the place and what the rule reaches from there. Settled tests
//! are evaluated; the others are unknown, and decided by whoever acts ([`Zones::truth`]).

use crate::eval::Eval;
use crate::eval::condition::Scope;
use crate::model::containment::Containment;
use crate::model::permission::{PermId, Permission};
use crate::model::value::Tri;
use crate::model::{Effect, Expr, HeldAt, Model, NOW, Reach, Receiver, Relation, Root, Rule, TestKind, TypeId, Who};

/// What encloses everything that a grant reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Zone {
    /// The type of the node that encloses it; `None`: it may lie anywhere.
    pub(super) root: Option<TypeId>,
    /// It lies in the account of that node.
    pub(super) home: bool,
    /// That node is the nearest place.
    here: bool,
    /// It is about all users at once.
    pub(super) all: bool,
}

/// What is known of types before any node exists.
pub(super) struct Zones<'a> {
    model: &'a Model,
    containment: Containment,
    /// By type: those of which a node can lie strictly below it in its account.
    inner: Vec<Vec<bool>>,
}

impl<'a> Zones<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        let containment = Containment::new(&model.types);
        let inner = model.type_ids().map(|ty| strictly_below(&containment, model, ty));
        Self {
            model,
            inner: inner.collect(),
            containment,
        }
    }

    /// The zone of a rule held at a node of type `base`; for `everyone can`, the account.
    pub(super) fn of(&self, rule: &Rule, permission: PermId, base: Option<TypeId>) -> Zone {
        let stays = !rule
            .named
            .contains(&self.target(permission).unwrap_or(TypeId(u32::MAX)));
        let home = |root| Zone {
            root,
            home: root.is_some() && stays,
            here: rule.reach == Reach::OnlyHere,
            all: base.is_none(),
        };
        match rule.reach {
            Reach::Below | Reach::OnlyHere | Reach::OnlyBelow => home(base),
            Reach::In(_) if rule.who == Who::Everyone => home(base),
            Reach::In(_) => Zone {
                home: false,
                ..home(base)
            },
            Reach::Across(ty) => home(Some(ty)),
            Reach::Anywhere => home(None),
        }
    }

    /// The type of what a permission acts upon; none for single grants, which may be made anywhere.
    fn target(&self, permission: PermId) -> Option<TypeId> {
        match self.model.permissions.get(permission) {
            Permission::Act { ty, .. } | Permission::AddMember(ty) | Permission::RemoveMember(ty) => Some(ty),
            Permission::Give(role) | Permission::Take(role) => Some(self.model.role(role).ty),
            Permission::Grant(_) => None,
        }
    }

    /// True if a rule reaches what a permission is about across one border, as an account's own record. What everyone can
    /// stays in his accounts.
    pub(super) fn is_named(&self, rule: &Rule, permission: PermId) -> bool {
        let named = |target| rule.named.contains(&target);
        rule.who != Who::Everyone && self.target(permission).is_some_and(named)
    }

    /// False if nothing can exist that a rule, held at a node of type `base`, gives the permission on.
    pub(super) fn is_possible(&self, rule: &Rule, permission: PermId, base: Option<TypeId>) -> bool {
        let Some(target) = self.target(permission) else {
            return true;
        };
        let containers = &self.model.ty(target).containers;
        let all = self.reached(rule, base);
        let place = |ty: TypeId| self.model.ty(ty).kind.is_place();
        let reached = |ty: TypeId| match (rule.reach, base) {
            (Reach::OnlyHere, Some(base)) => ty == base || (!place(ty) && all.contains(&ty)),
            _ => all.contains(&ty),
        };
        let creating = match self.model.permissions.get(permission) {
            Permission::Act { ty, action, .. } => self.model.ty(ty).actions[action].creating,
            _ => false,
        };
        let named = self.is_named(rule, permission) && containers.iter().any(|&ty| reached(ty));
        named
            || if creating {
                containers.iter().any(|&ty| reached(ty))
            } else {
                reached(target)
            }
    }

    /// Types of what a rule reaches. `in T` of a rule without a role looks outward for a T, whatever borders lie between.
    fn reached(&self, rule: &Rule, base: Option<TypeId>) -> Vec<TypeId> {
        match (&rule.who, rule.reach) {
            (Who::Everyone, Reach::In(_)) | (Who::Anyone, _) => self.containment.within(None, rule.reach, false),
            _ => self.containment.within(base, rule.reach, true),
        }
    }

    /// True if a path that starts here leads to the same for everything in the zone.
    fn is_settled(&self, root: Root, zone: Zone) -> bool {
        match root {
            Root::User => !zone.all,
            Root::Here | Root::Holding(_) => true,
            Root::Context(slot) => slot == NOW,
            Root::Resource | Root::Recipient => false,
            Root::Near(ty) => zone.root.is_some_and(|root| {
                let between = self.inner[root.ix()][ty.ix()];
                zone.home && (!between || zone.here && self.model.ty(ty).kind.is_place())
            }),
        }
    }

    fn settles(&self, test: &crate::model::Test, zone: Zone) -> bool {
        let above = matches!(test.kind, TestKind::Holds { at: HeldAt::Above, .. });
        !above && test.paths().iter().all(|path| self.is_settled(path.root, zone))
    }

    fn relation_settles(&self, relation: &Relation, zone: Zone) -> bool {
        relation.at.is_some_and(|ty| self.is_settled(Root::Near(ty), zone))
    }

    /// True if some part of a rule's terms is settled in the zone: otherwise [`Zones::truth`] is unknown.
    pub(super) fn settles_some(&self, rule: &Rule, zone: Zone) -> bool {
        let mut relations = rule.relation.iter();
        relations.any(|relation| self.relation_settles(relation, zone))
            || rule.tests().any(|test| self.settles(test, zone))
    }

    /// The truth of a rule's relation and conditions for everything in the zone; unknown where it depends.
    pub(super) fn truth(&self, eval: &Eval<'_>, rule: &Rule, scope: Scope<'_>, zone: Zone) -> Tri {
        let mut truth = if rule.relation.is_empty() {
            Tri::True
        } else {
            Tri::False
        };
        for relation in &rule.relation {
            truth = truth.max(match self.relation_settles(relation, zone) {
                true => eval.related(std::slice::from_ref(relation)),
                false => Tri::Unknown,
            });
        }
        if let (Some(when), true) = (&rule.when, truth != Tri::False) {
            truth = truth.min(self.expr(eval, when, scope, zone));
        }
        if let (Some(unless), true) = (&rule.unless, truth != Tri::False) {
            truth = truth.min(self.expr(eval, unless, scope, zone).negate());
        }
        truth
    }

    fn expr(&self, eval: &Eval<'_>, expr: &Expr, scope: Scope<'_>, zone: Zone) -> Tri {
        let part = |part| self.expr(eval, part, scope, zone);
        match expr {
            Expr::And(parts) => parts.iter().map(part).min().unwrap_or(Tri::True),
            Expr::Or(parts) => parts.iter().map(part).max().unwrap_or(Tri::False),
            Expr::Not(inner) => part(inner).negate(),
            Expr::Test(test) if self.settles(test, zone) => eval.test(test, scope),
            Expr::Test(_) => Tri::Unknown,
        }
    }
}

/// What a rule asks of the two who take part: unknown if that depends on the recipient.
pub(super) fn parties(rule: &Rule, administrative: bool, somebody: bool) -> Tri {
    let grants = rule.effect == Effect::Grant;
    match &rule.receiver {
        _ if rule.except_self || rule.they_have => Tri::Unknown,
        _ if !administrative => Tri::True,
        Receiver::Anyone => Tri::True,
        Receiver::Member if !grants || somebody => Tri::True,
        Receiver::Member | Receiver::Holders(_) => Tri::Unknown,
    }
}

fn strictly_below(containment: &Containment, model: &Model, ty: TypeId) -> Vec<bool> {
    let mut inner = vec![false; model.types.len()];
    let contents = containment
        .contents(ty)
        .filter(|&inside| model.ty(inside).kind != crate::model::TypeKind::Account);
    for below in contents.flat_map(|inside| containment.below(inside, true)) {
        inner[below.ix()] = true;
    }
    inner
}
