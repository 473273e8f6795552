//! Single grants worth trying.
//!
//! What facts hand out singly is a text such as `view Paper in Client`: one action on one type, or on a field. A text that
//! names the record covers its fields too. Where not everybody who may grant the record may grant each field, the record
//! alone is worth trying as well. The default reach takes in all that `only here` and `only below` do; `in T` goes on
//! over one border, and texts of the facts go no farther.

use crate::containment::forest::Forest;
use crate::containment::reach;
use crate::eval::Target;
use crate::eval::org::Org;
use crate::model::containment::Containment;
use crate::model::permission::{PermId, Permission};
use crate::model::value::NodeId;
use crate::model::{Model, Reach, Rule, TypeId, TypeKind};
use crate::source::Span;
use crate::table::{Table, Way};

/// What a single grant hands out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handout {
    /// The permissions, closed under what they imply; sorted.
    pub permissions: Vec<PermId>,
    /// `in T`: inside accounts of this type, each over its border.
    pub within: Option<TypeId>,
}

impl Handout {
    /// What a rule of the facts hands out.
    pub(in crate::query) fn of(rule: &Rule) -> Self {
        let within = match rule.reach {
            Reach::In(ty) => Some(ty),
            _ => None,
        };
        Self {
            permissions: rule.permissions.clone(),
            within,
        }
    }

    /// True if it is what a rule of the facts hands out.
    pub(in crate::query) fn is_of(&self, rule: &Rule) -> bool {
        *self == Self::of(rule)
    }

    /// Both in one act, if they reach equally far.
    pub(in crate::query) fn with(&self, other: &Self) -> Option<Self> {
        let mut permissions = [&self.permissions[..], &other.permissions[..]].concat();
        permissions.sort_unstable();
        permissions.dedup();
        let within = self.within;
        (within == other.within).then_some(Self { permissions, within })
    }

    /// `view Paper in Client`
    pub(in crate::query) fn show(&self, model: &Model) -> String {
        let what = show(model, &self.permissions);
        match self.within {
            Some(ty) => format!("{what} in {}", model.ty(ty).name),
            None => what,
        }
    }
}

/// The rule that a single grant is.
pub(in crate::query) fn grant_rule(model: &Model, handout: &Handout, ty: TypeId, span: Span) -> Rule {
    let accounts = handout
        .permissions
        .iter()
        .filter_map(|&id| match model.permissions.get(id) {
            Permission::Act { ty, .. } if model.ty(ty).kind == TypeKind::Account => Some(ty),
            _ => None,
        });
    let mut named: Vec<TypeId> = accounts.collect();
    named.dedup();
    let mut rule = Rule::granting(handout.permissions.clone(), ty, named, span);
    if let Some(ty) = handout.within {
        rule.reach = Reach::In(ty);
    }
    rule
}

/// The sets of permissions by which one of them can be handed out: the text that names it, and the record without its
/// fields where these are in other hands. None if nobody can ever grant it.
pub(in crate::query) fn handouts(table: &Table, permission: PermId) -> Vec<Vec<PermId>> {
    let permissions = &table.model().permissions;
    let grantable = |set: &Vec<PermId>| {
        let grant = |&id: &PermId| permissions.id(Permission::Grant(id));
        let row = |id: PermId| !table.row(id).grants.is_empty();
        set.iter().all(|id| grant(id).is_some_and(row))
    };
    let fields = table.model().on_fields(permission);
    let whole = permissions.closure(&[&[permission][..], &fields[..]].concat());
    let alone = permissions.closure(&[permission]);
    let together = fields.iter().all(|&field| is_as_free(table, permission, field));
    let mut sets = vec![whole];
    sets.extend((!together).then_some(alone));
    sets.retain(grantable);
    sets
}

/// Whoever may grant the record may grant the field.
fn is_as_free(table: &Table, record: PermId, field: PermId) -> bool {
    let permissions = &table.model().permissions;
    let row = |id| permissions.id(Permission::Grant(id)).map(|grant| table.row(grant));
    let (Some(record), Some(field)) = (row(record), row(field)) else {
        return false;
    };
    let within = |inner: &[Way], outer: &[Way]| {
        let same = |a: &Way, b: &Way| (a.rule, a.role) == (b.rule, b.role);
        inner.iter().all(|a| outer.iter().any(|b| same(a, b)))
    };
    within(&record.grants, &field.grants) && within(&field.prohibitions, &record.prohibitions)
}

/// The `in T` by which a permission handed out at a node would reach a target that the default reach does not.
pub(in crate::query) fn reaching(org: &Org<'_>, rule: &Rule, node: NodeId, target: &Target) -> Option<Option<TypeId>> {
    if reach::reaches(org, rule, node, target) {
        return Some(None);
    }
    let account = reach::account(org, target)?;
    let within = org.ty(account);
    let mut wider = rule.clone();
    wider.reach = Reach::In(within);
    reach::reaches(org, &wider, node, target).then_some(Some(within))
}

/// For each node the types of the accounts that lie over one border below it and can have something of a type in them.
pub(in crate::query) fn bordering(model: &Model, forest: &Forest, count: usize) -> Vec<Vec<TypeId>> {
    let mut types: Vec<Vec<TypeId>> = vec![Vec::new(); count];
    for inner in (0..u32::try_from(count).unwrap_or(u32::MAX)).map(NodeId) {
        let (ty, container) = (forest.ty(inner), forest.container(inner));
        let Some(container) = container.filter(|_| model.ty(ty).kind == TypeKind::Account) else {
            continue;
        };
        let home = forest.account(container);
        for node in forest.chain(container).take_while(|&node| forest.account(node) == home) {
            let known = &mut types[node.0 as usize];
            if !known.contains(&ty) {
                known.push(ty);
            }
        }
    }
    types
}

/// True if something that a set of permissions is about can lie inside a type.
pub(in crate::query) fn lies_within(model: &Model, containment: &Containment, set: &[PermId], ty: TypeId) -> bool {
    let below = containment.below(ty, false);
    let mut types = set.iter().filter_map(|&id| match model.permissions.get(id) {
        Permission::Act { ty, .. } => Some(ty),
        _ => None,
    });
    types.any(|of| below.contains(&of))
}

/// `view, edit Order`, `view Order except Order.cost`: what is implied is left out.
fn show(model: &Model, permissions: &[PermId]) -> String {
    let implied = |id: &PermId| {
        permissions
            .iter()
            .any(|&other| model.permissions.implied(other).contains(id))
    };
    let strong: Vec<PermId> = permissions.iter().copied().filter(|id| !implied(id)).collect();
    let mut told: Vec<(Vec<String>, String)> = Vec::new();
    for &id in &strong {
        let Permission::Act { ty, action, field } = model.permissions.get(id) else {
            continue;
        };
        let it = model.ty(ty);
        let record = model.permissions.id(Permission::Act {
            ty,
            action,
            field: None,
        });
        let covered = field.is_some() && record.is_some_and(|record| strong.contains(&record));
        if covered {
            continue;
        }
        let less = model.show_except(id, |field| !permissions.contains(&field));
        let (verb, target) = (it.actions[action].name.clone(), model.show_target(id) + &less);
        match told.iter_mut().find(|(_, known)| *known == target) {
            Some((verbs, _)) => verbs.push(verb),
            None => told.push((vec![verb], target)),
        }
    }
    let each = told
        .into_iter()
        .map(|(verbs, target)| format!("{} {target}", verbs.join(", ")));
    each.collect::<Vec<_>>().join(", ")
}
