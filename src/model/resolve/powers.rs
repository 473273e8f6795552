//! Verbs and targets to permissions: which (action, type) and (action, type.field) a rule, an area or a sentence names.

use std::rc::Rc;

use super::Resolver;
use super::names::Subject;
use crate::diagnostic::Diagnostic;
use crate::model::permission::{PermId, Permission, without};
use crate::model::{Effect, RoleId, TypeId, TypeKind};
use crate::source::Span;
use crate::syntax::ast::{Except, Name, Permission as Named, Power, RoleName, Target, Targets, Verbs};

/// Where a rule stands: what decides which permissions can matter.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub(super) effect: Effect,
    /// Types of which a node can lie within reach; sorted.
    pub(super) within: Rc<[TypeId]>,
}

/// The permissions that a power concerns.
#[derive(Debug, Clone, Default)]
pub(super) struct Concerned {
    pub(super) permissions: Vec<PermId>,
    pub(super) excepted: Vec<PermId>,
    pub(super) limits: Vec<PermId>,
    pub(super) named: Vec<TypeId>,
    pub(super) except_self: bool,
}

/// The three words that are about roles if their targets are.
fn is_assigning(name: &Name) -> bool {
    matches!(name.text.as_str(), "assign" | "give" | "take")
}

impl Resolver<'_> {
    /// The permissions of a power, closed under `implies` and less the exceptions (DESIGN §5, *Permissions*).
    pub(super) fn power(&mut self, power: &Power, ground: &Ground) -> Concerned {
        let verb = assigning_verb(&power.verbs);
        let named = self.names_roles(verb, &power.targets);
        let stated = match (named, verb) {
            (true, Some(verb)) => self.administer(verb, &power.targets, ground),
            _ => self.ordinary(power, ground),
        };
        let (except, except_self) = self.exceptions(&power.except, verb.filter(|_| named), &power.verbs);
        let perms = &self.model.permissions;
        let (all, except) = match ground.effect {
            Effect::Grant => (perms.closure(&stated), perms.upward(&except)),
            Effect::Prohibit => (perms.upward(&stated), perms.closure(&except)),
        };
        let permissions = without(&all, &except);
        let excepted = without(&all, &permissions);
        let limits = self.limits(power);
        Concerned {
            permissions,
            excepted,
            limits,
            named: self.named_accounts(&power.targets),
            except_self,
        }
    }

    /// True if a power with this verb is about roles: its targets are roles, `member` or `anything`.
    fn names_roles(&self, verb: Option<&Name>, targets: &Targets) -> bool {
        verb.is_some()
            && match targets {
                Targets::Everything { anything, .. } => *anything,
                Targets::List(list) => list.iter().any(|target| self.is_role_target(target)) || !self.is_action(verb),
                Targets::Each(_) => false,
            }
    }

    /// True if some type declares an action of this name; else `assign` can only be about roles.
    fn is_action(&self, verb: Option<&Name>) -> bool {
        let named = |action: &crate::model::Action| verb.is_some_and(|verb| verb.text == action.name);
        self.model.types.iter().any(|ty| ty.actions.iter().any(named))
    }

    fn is_role_target(&self, target: &Target) -> bool {
        let plain = self.names.subjects.find(&target.name);
        let role_of_type = target
            .field
            .as_ref()
            .is_some_and(|name| !self.names.roles.find(name).is_empty());
        role_of_type || (plain.is_empty() && (target.plus || self.is_role_or_member(&target.name)))
    }

    fn is_role_or_member(&self, name: &Name) -> bool {
        name.text == "member" || !self.names.roles.find(name).is_empty()
    }

    fn administer(&mut self, verb: &Name, targets: &Targets, ground: &Ground) -> Vec<PermId> {
        let halves = |give: Permission, take: Permission| match verb.text.as_str() {
            "give" => vec![give],
            "take" => vec![take],
            _ => vec![give, take],
        };
        let mut stated = Vec::new();
        match targets {
            Targets::Everything { .. } => {
                let fits = |ty: TypeId| ground.within.binary_search(&ty).is_ok();
                let by_hand = |r: &RoleId| fits(self.model.role(*r).ty) && !self.model.role(*r).is_derived();
                let roles = self.model.role_ids().filter(by_hand);
                stated.extend(roles.flat_map(|r| halves(Permission::Give(r), Permission::Take(r))));
                let places = self.model.type_ids().filter(|&ty| fits(ty));
                stated.extend(places.flat_map(|t| halves(Permission::AddMember(t), Permission::RemoveMember(t))));
            }
            Targets::List(list) => {
                for target in list {
                    stated.extend(self.administered(target, ground, &halves));
                }
            }
            Targets::Each(_) => {}
        }
        stated
            .into_iter()
            .filter_map(|p| self.model.permissions.id(p))
            .collect()
    }

    fn administered(
        &mut self,
        target: &Target,
        ground: &Ground,
        halves: &dyn Fn(Permission, Permission) -> Vec<Permission>,
    ) -> Vec<Permission> {
        if target.name.text == "member" && target.field.is_none() && self.names.roles.find(&target.name).is_empty() {
            let places = ground.within.iter().filter(|ty| self.model.ty(**ty).kind.is_place());
            return places
                .flat_map(|&t| halves(Permission::AddMember(t), Permission::RemoveMember(t)))
                .collect();
        }
        let roles = self.find_roles(&role_name(target));
        let hand = |r: &RoleId| !self.model.role(*r).is_derived();
        let (given, derived): (Vec<RoleId>, Vec<RoleId>) = roles.into_iter().partition(hand);
        if given.is_empty() && !derived.is_empty() {
            let message = format!("`{}` is derived: nobody can give or take it", target.name.text);
            self.found
                .push(Diagnostic::error("role/derived-assigned", message).at(target.span.0, ""));
        }
        let fits: Vec<RoleId> = given
            .iter()
            .copied()
            .filter(|r| ground.within.contains(&self.model.role(*r).ty))
            .collect();
        if fits.is_empty() && !given.is_empty() {
            self.out_of_reach(&format!("role `{}`", target.name.text), target.span.0);
        }
        fits.into_iter()
            .flat_map(|r| halves(Permission::Give(r), Permission::Take(r)))
            .collect()
    }

    pub(super) fn out_of_reach(&mut self, what: &str, span: Span) {
        let message = format!("{what} can never lie within reach of this rule");
        let fault = Diagnostic::warning("rule/out-of-reach", message).at(span, "the rule does nothing for it");
        self.found
            .push(fault.help("a rule reaches down to the next account's border; `in T` crosses one border"));
    }

    fn ordinary(&mut self, power: &Power, ground: &Ground) -> Vec<PermId> {
        let actions = match &power.verbs {
            Verbs::Do { .. } => None,
            Verbs::Actions(actions) => Some(&actions[..]),
            Verbs::Grant(actions) => (!actions.is_empty()).then_some(&actions[..]),
        };
        let acts = match &power.targets {
            Targets::Everything { span, .. } => self.everything(actions, ground, span.0),
            // What is handed out may itself reach further (`view S in C`): no word on reach for `grant`.
            Targets::List(list) if matches!(power.verbs, Verbs::Grant(_)) => {
                list.iter().flat_map(|target| self.acts(actions, target)).collect()
            }
            Targets::List(list) => list
                .iter()
                .flat_map(|target| self.reached_acts(actions, target, ground))
                .collect(),
            Targets::Each(list) => list.iter().flat_map(|each| self.each_act(each)).collect(),
        };
        let grant = |id: PermId| self.model.permissions.id(Permission::Grant(id));
        match (&power.verbs, &power.targets, ground.effect) {
            (Verbs::Grant(_), ..) => acts.into_iter().filter_map(grant).collect(),
            (Verbs::Do { anything: true }, Targets::Everything { .. }, Effect::Prohibit) => {
                let administrative = self.model.permissions.iter().filter(|(_, p)| p.is_administrative());
                acts.iter().copied().chain(administrative.map(|(id, _)| id)).collect()
            }
            _ => acts,
        }
    }

    /// Every ordinary permission whose target can lie within reach; a creating one where its container can.
    fn everything(&mut self, actions: Option<&[Name]>, ground: &Ground, span: Span) -> Vec<PermId> {
        let model = &self.model;
        let mut all = Vec::new();
        let mut used = vec![false; actions.map_or(0, <[Name]>::len)];
        for (id, permission) in model.permissions.iter() {
            let Permission::Act { ty, action, .. } = permission else {
                break;
            };
            let it = &model.ty(ty).actions[action];
            let wanted = actions.map_or(Some(usize::MAX), |names| names.iter().position(|n| n.text == it.name));
            let Some(wanted) = wanted else { continue };
            let within = |ty: &TypeId| ground.within.binary_search(ty).is_ok();
            let fits = if it.creating {
                model.ty(ty).containers.iter().any(within)
            } else {
                within(&ty)
            };
            if fits {
                all.push(id);
                used.iter_mut().skip(wanted).take(1).for_each(|flag| *flag = true);
            }
        }
        let unused: Vec<Name> = actions
            .into_iter()
            .flatten()
            .zip(&used)
            .filter(|(_, u)| !**u)
            .map(|(n, _)| n.clone())
            .collect();
        for name in unused {
            let message = format!("nothing within reach has an action `{}`", name.text);
            let fault = Diagnostic::error("name/unknown-action", message).at(name.span(), "");
            let known: Vec<String> = self
                .model
                .types
                .iter()
                .flat_map(|t| t.actions.iter().map(|a| a.name.clone()))
                .collect();
            self.found.push(
                fault
                    .did_you_mean(&name.text, known.iter().map(String::as_str))
                    .at(span, ""),
            );
        }
        all
    }

    fn each_act(&mut self, permission: &Named) -> Vec<PermId> {
        self.acts(permission.action.as_ref().map(std::slice::from_ref), &permission.target)
    }

    fn reached_acts(&mut self, actions: Option<&[Name]>, target: &Target, ground: &Ground) -> Vec<PermId> {
        let acts = self.acts(actions, target);
        if let [Subject::Type(ty)] = self.names.subjects.find(&target.name)[..] {
            let near = |ty: &TypeId| ground.within.binary_search(ty).is_ok();
            let containers = &self.model.ty(ty).containers;
            if !near(&ty) && !containers.iter().any(near) && !acts.is_empty() {
                self.out_of_reach(&format!("`{}`", target.name.text), target.span.0);
            }
        }
        acts
    }

    /// The ordinary permissions that a target names, of the given actions or of all.
    pub(super) fn acts(&mut self, actions: Option<&[Name]>, target: &Target) -> Vec<PermId> {
        if target.plus {
            let fault = Diagnostic::error("rule/plus-on-type", "`+` follows the name of a role");
            self.found.push(fault.at(target.span.0, ""));
        }
        match self.find_subject(&target.name) {
            None => Vec::new(),
            Some(Subject::Type(ty)) => self.acts_on_type(actions, ty, target.field.as_ref()),
            Some(Subject::Area(area)) => self.acts_on_area(actions, area, target),
        }
    }

    fn acts_on_type(&mut self, actions: Option<&[Name]>, ty: TypeId, field: Option<&Name>) -> Vec<PermId> {
        let only_field = match field {
            None => None,
            Some(name) => match self.find_field(ty, name) {
                None => return Vec::new(),
                some => some,
            },
        };
        let chosen: Vec<usize> = match actions {
            None => (0..self.model.ty(ty).actions.len()).collect(),
            Some(names) => names.iter().filter_map(|name| self.find_action(ty, name)).collect(),
        };
        let fields = self.model.ty(ty).fields.len();
        let mut acts = Vec::new();
        for action in chosen {
            match only_field {
                Some(_) => acts.push(Permission::Act {
                    ty,
                    action,
                    field: only_field,
                }),
                None => {
                    let all = std::iter::once(None).chain((0..fields).map(Some));
                    acts.extend(all.map(|field| Permission::Act { ty, action, field }));
                }
            }
        }
        acts.into_iter()
            .filter_map(|act| self.model.permissions.id(act))
            .collect()
    }

    fn acts_on_area(&mut self, actions: Option<&[Name]>, area: usize, target: &Target) -> Vec<PermId> {
        self.model.areas[area].used = true;
        if let Some(field) = &target.field {
            let message = format!("`{}` is an area and has no fields", target.name.text);
            self.found
                .push(Diagnostic::error("name/unknown-field", message).at(field.span(), ""));
        }
        let all = self.model.areas[area].permissions.clone();
        let Some(names) = actions else { return all };
        let mut acts = Vec::new();
        for name in names {
            let before = acts.len();
            acts.extend(all.iter().copied().filter(|&id| self.action_of(id) == name.text));
            if acts.len() == before && !all.is_empty() {
                let message = format!(
                    "area `{}` has no permission with the action `{}`",
                    target.name.text, name.text
                );
                self.found
                    .push(Diagnostic::error("name/unknown-action", message).at(name.span(), ""));
            }
        }
        acts
    }

    fn action_of(&self, id: PermId) -> &str {
        match self.model.permissions.get(id) {
            Permission::Act { ty, action, .. } => &self.model.ty(ty).actions[action].name,
            _ => "",
        }
    }

    /// Leaves out the fields that a type brings along: `can view X` in a derivation asks about the record.
    pub(super) fn records_only(&self, perms: Vec<PermId>) -> Vec<PermId> {
        let record = |id: &PermId| !matches!(self.model.permissions.get(*id), Permission::Act { field: Some(_), .. });
        let records: Vec<PermId> = perms.iter().copied().filter(record).collect();
        if records.is_empty() { perms } else { records }
    }

    fn exceptions(&mut self, list: &[Except], verb: Option<&Name>, verbs: &Verbs) -> (Vec<PermId>, bool) {
        let (mut perms, mut oneself) = (Vec::new(), false);
        for except in list {
            match except {
                Except::Oneself(_) => oneself = true,
                Except::Permission(permission) => perms.extend(self.exception(permission, verb)),
            }
        }
        if matches!(verbs, Verbs::Grant(_)) {
            perms = perms
                .into_iter()
                .filter_map(|id| self.model.permissions.id(Permission::Grant(id)))
                .collect();
        }
        (perms, oneself)
    }

    fn exception(&mut self, permission: &Named, verb: Option<&Name>) -> Vec<PermId> {
        if verb.is_some() {
            let all = Ground {
                effect: Effect::Grant,
                within: self.model.type_ids().collect(),
            };
            let both = |give: Permission, take: Permission| vec![give, take];
            let named = self.administered(&permission.target, &all, &both);
            return named.into_iter().filter_map(|p| self.model.permissions.id(p)).collect();
        }
        self.acts(permission.action.as_ref().map(std::slice::from_ref), &permission.target)
    }

    fn limits(&mut self, power: &Power) -> Vec<PermId> {
        let Targets::List(targets) = &power.targets else {
            return Vec::new();
        };
        if power.but_not.is_empty() {
            return Vec::new();
        }
        let stated: Vec<PermId> = targets
            .iter()
            .flat_map(|t| self.acts(Some(&power.but_not), t))
            .collect();
        self.model.permissions.upward(&stated)
    }

    fn named_accounts(&self, targets: &Targets) -> Vec<TypeId> {
        let names: Vec<&Name> = match targets {
            Targets::Everything { .. } => Vec::new(),
            Targets::List(list) => list.iter().map(|target| &target.name).collect(),
            Targets::Each(list) => list.iter().map(|each| &each.target.name).collect(),
        };
        names
            .into_iter()
            .flat_map(|name| self.names.subjects.find(name))
            .filter_map(|subject| match subject {
                Subject::Type(ty) if self.model.ty(ty).kind == TypeKind::Account => Some(ty),
                _ => None,
            })
            .collect()
    }
}

fn assigning_verb(verbs: &Verbs) -> Option<&Name> {
    match verbs {
        Verbs::Actions(actions) => actions.iter().find(|name| is_assigning(name)),
        _ => None,
    }
}

/// A target read as the name of a role: `Partner.Manager+`.
pub(super) fn role_name(target: &Target) -> RoleName {
    let (ty, name) = match &target.field {
        Some(field) => (Some(target.name.clone()), field.clone()),
        None => (None, target.name.clone()),
    };
    RoleName {
        ty,
        name,
        plus: target.plus,
        span: target.span,
    }
}
