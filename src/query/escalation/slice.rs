//! The slice backwards from a goal: which permissions, roles and attributes can have a part in reaching it.
//!
//! It may hold too much, never too little: what lies outside cannot change any decision that the goal hangs on.

use super::{Goal, Scene};
use crate::facts::{Member, Subject};
use crate::model::permission::{PermId, Permission};
use crate::model::value::Scalar;
use crate::model::{
    AttrName, Default, DerivationTerm, Model, Operand, Path, Receiver, RoleId, Root, Rule, Test, TestKind, TypeId,
    TypeKind, Who,
};
use crate::query::change::parts;

/// What can matter.
#[derive(Debug)]
pub(super) struct Slice {
    permissions: Vec<bool>,
    /// By number; custom roles follow the policy's.
    roles: Vec<bool>,
    attributes: Vec<bool>,
    /// Some condition looks at users other than the one who acts and the one who receives.
    pub(super) others: bool,
    /// Some condition asks who is a member of a place.
    places: bool,
    /// Some condition asks who is in a group.
    groups: bool,
    /// Somebody can receive only as a member of an account.
    accounts: bool,
    /// Some condition asks from when, or until when, a role is held.
    pub(super) reads_bounds: bool,
    /// What every relevant rule compares with.
    pub(super) rules: Vec<Rule>,
}

/// What is still to be looked at.
enum Open {
    Permission(PermId),
    Role(RoleId),
    Attribute(AttrName),
}

struct Walk<'a> {
    scene: &'a Scene<'a>,
    slice: Slice,
    open: Vec<Open>,
}

impl Slice {
    pub(super) fn of(scene: &Scene<'_>, goal: &Goal) -> Self {
        let model = scene.table.model();
        let slice = Self {
            permissions: vec![false; model.permissions.len()],
            roles: vec![false; model.roles.len() + scene.facts.custom.len()],
            attributes: vec![false; model.attr_names.len()],
            others: false,
            places: false,
            groups: false,
            accounts: false,
            reads_bounds: false,
            rules: Vec::new(),
        };
        let open = match goal {
            Goal::Role { roles, .. } => roles.iter().map(|&role| Open::Role(role)).collect(),
            Goal::Act { act, .. } => act.permissions.iter().map(|&id| Open::Permission(id)).collect(),
        };
        let mut walk = Walk { scene, slice, open };
        walk.run();
        walk.slice
    }

    pub(super) fn has(&self, permission: PermId) -> bool {
        self.permissions[permission.ix()]
    }

    pub(super) fn has_role(&self, role: RoleId) -> bool {
        self.roles.get(role.ix()).copied().unwrap_or(false)
    }

    pub(super) fn has_attribute(&self, key: AttrName) -> bool {
        self.attributes[key.0 as usize]
    }

    /// True if it matters who is a member of places of a type.
    pub(super) fn has_members(&self, model: &Model, ty: TypeId) -> bool {
        let default = model.default_role(ty).is_some_and(|role| self.has_role(role));
        let account = model.ty(ty).kind == TypeKind::Account && self.accounts;
        model.ty(ty).kind.is_place() && (default || account || self.places)
    }

    /// True if it matters who is in which group.
    pub(super) const fn has_groups(&self) -> bool {
        self.groups
    }

    /// True if it matters whether a role at a type of place is given in person or to a group: only in person does it
    /// make a member, and take away the default role.
    pub(super) fn minds_manner(&self, model: &Model, ty: TypeId) -> bool {
        self.places || model.default_role(ty).is_some_and(|role| self.has_role(role))
    }
}

impl Walk<'_> {
    fn run(&mut self) {
        loop {
            while let Some(next) = self.open.pop() {
                match next {
                    Open::Permission(id) => self.permission(id),
                    Open::Role(role) => self.role(role),
                    Open::Attribute(key) => self.attribute(key),
                }
            }
            self.members();
            self.group_roles();
            if self.open.is_empty() {
                return;
            }
        }
    }

    fn want(&mut self, permission: Permission) {
        let id = self.scene.table.model().permissions.id(permission);
        self.open.extend(id.map(Open::Permission));
    }

    fn permission(&mut self, id: PermId) {
        if std::mem::replace(&mut self.slice.permissions[id.ix()], true) {
            return;
        }
        let (table, model) = (self.scene.table, self.scene.table.model());
        let row = table.row(id);
        for way in row.grants.iter().chain(&row.prohibitions) {
            self.open.extend(way.role.map(Open::Role));
            self.rule(model.rule(way.rule), id);
        }
        self.want(Permission::Grant(id));
        for stronger in model.permissions.upward(&[id]) {
            self.want(Permission::Grant(stronger));
        }
        self.given_by_data(id);
    }

    /// Custom roles and single grants with a permission.
    fn given_by_data(&mut self, id: PermId) {
        let (facts, model) = (self.scene.facts, self.scene.table.model());
        for (ix, custom) in (model.roles.len()..).zip(&facts.custom) {
            for (_, rule) in custom.rules.iter().filter(|(_, rule)| rule.permissions.contains(&id)) {
                self.open
                    .push(Open::Role(RoleId(u32::try_from(ix).unwrap_or(u32::MAX))));
                self.rule(rule, id);
            }
        }
        for grant in facts.grants.iter().filter(|grant| grant.rule.permissions.contains(&id)) {
            self.rule(&grant.rule, id);
            for &each in &grant.rule.permissions {
                self.want(Permission::Grant(each));
            }
        }
    }

    fn rule(&mut self, rule: &Rule, id: PermId) {
        let model = self.scene.table.model();
        self.slice.rules.push(rule.clone());
        self.open.extend(rule.roles_asked().into_iter().map(Open::Role));
        self.slice.places |= rule.who == Who::Everyone;
        let is_bound = |key: AttrName| matches!(model.attr_names[key.0 as usize].as_str(), "from" | "until");
        self.slice.reads_bounds |= rule
            .paths()
            .any(|path| matches!(path.root, Root::Holding(key) if is_bound(key)));
        if let (true, Permission::Grant(inner)) = (rule.they_have, model.permissions.get(id)) {
            self.open.push(Open::Permission(inner));
        }
        if model.permissions.get(id).is_administrative() {
            self.slice.accounts |= rule.receiver != Receiver::Anyone;
        }
        for relation in &rule.relation {
            self.open.push(Open::Attribute(relation.first));
            self.open
                .extend(relation.then.iter().map(|&(name, _)| Open::Attribute(name)));
            self.names_group(relation.first);
            // `as manager of team`: the users of a group are looked at.
            self.slice.others |= !relation.then.is_empty();
        }
        for test in rule.tests() {
            self.test(test);
        }
    }

    fn test(&mut self, test: &Test) {
        test.paths().into_iter().for_each(|path| self.steps(&path.steps));
        if let Some((left, right)) = test.within() {
            self.belonging(left, right);
        }
        if let TestKind::Holds { who, .. } = &test.kind {
            self.slice.others |= !who.is_person();
        }
    }

    /// `left in right`, where the right side may be a place or a group.
    fn belonging(&mut self, left: &Path, right: &Operand) {
        let Operand::Path(right) = right else { return };
        let user = matches!(left.ty.of, Scalar::User(_));
        let place = matches!(right.ty.of, Scalar::Node(_)) && !right.ty.many;
        let group = right.ty.of == Scalar::Group;
        self.slice.places |= user && place;
        self.slice.groups |= user && group;
        self.slice.others |= user && (place || group) && !left.is_person();
    }

    /// Where a path goes on from a user whom an attribute names, and that can be changed, it matters who it is.
    fn steps(&mut self, steps: &[AttrName]) {
        let model = self.scene.table.model();
        self.open.extend(steps.iter().map(|&step| Open::Attribute(step)));
        let names_user = |key: &AttrName| {
            let mut slots = model.type_ids().filter_map(|ty| Some((ty, model.slot(ty, *key)?)));
            slots.any(|(ty, slot)| {
                let attribute = &model.ty(ty).attributes[slot];
                matches!(attribute.ty.of, Scalar::User(_)) && model.changing(ty, slot).is_some()
            })
        };
        let before = steps.split_last().map_or(&[][..], |(_, before)| before);
        self.slice.others |= before.iter().any(names_user);
    }

    /// A relation to an attribute that may name a group asks who is in it.
    fn names_group(&mut self, key: AttrName) {
        let model = self.scene.table.model();
        let mut attributes = model.type_ids().filter_map(|ty| model.attribute(ty, key));
        self.slice.groups |= attributes.any(|attribute| attribute.ty.of == Scalar::Group);
    }

    fn attribute(&mut self, key: AttrName) {
        if std::mem::replace(&mut self.slice.attributes[key.0 as usize], true) {
            return;
        }
        let model = self.scene.table.model();
        for ty in model.type_ids() {
            let Some(attribute) = model.attribute(ty, key) else {
                continue;
            };
            if let Default::Path(_, steps) = &attribute.default {
                self.steps(steps);
                self.slice.places |= model.ty(ty).kind == TypeKind::Principal;
            }
            if let Some(id) = model.slot(ty, key).and_then(|slot| model.changing(ty, slot)) {
                self.slice.places |= model.ty(ty).kind == TypeKind::Principal;
                self.open.push(Open::Permission(id));
            }
        }
    }

    fn role(&mut self, role: RoleId) {
        if std::mem::replace(&mut self.slice.roles[role.ix()], true) {
            return;
        }
        let model = self.scene.table.model();
        if let Some(custom) = self.scene.facts.custom_role(model, role) {
            return parts(custom)
                .into_iter()
                .for_each(|id| self.want(Permission::Grant(id)));
        }
        self.want(Permission::Give(role));
        self.want(Permission::Take(role));
        let it = model.role(role);
        if it.default {
            self.open.extend(
                model
                    .role_ids()
                    .filter(|&other| model.role(other).ty == it.ty)
                    .map(Open::Role),
            );
        }
        for being in &it.derived {
            match being {
                DerivationTerm::Relation(name) => {
                    self.names_group(*name);
                    self.open.push(Open::Attribute(*name));
                }
                DerivationTerm::Member => self.slice.places = true,
                DerivationTerm::Holds(roles) => self.open.extend(roles.iter().map(|&role| Open::Role(role))),
                DerivationTerm::Can(permissions) => {
                    self.open.extend(permissions.iter().map(|&id| Open::Permission(id)))
                }
            }
        }
    }

    /// Where it matters who is a member, a role given there makes one.
    fn members(&mut self) {
        let model = self.scene.table.model();
        for ty in model
            .type_ids()
            .filter(|&ty| self.slice.has_members(model, ty))
            .collect::<Vec<_>>()
        {
            for half in [Permission::AddMember(ty), Permission::RemoveMember(ty)] {
                let id = model.permissions.id(half).filter(|&id| !self.slice.has(id));
                self.open.extend(id.map(Open::Permission));
            }
            let here = model
                .role_ids()
                .filter(|&role| model.role(role).ty == ty && !self.slice.has_role(role));
            self.open.extend(here.collect::<Vec<_>>().into_iter().map(Open::Role));
        }
    }

    /// Whoever joins a group for one of its roles must be given them all; holders of a role may be in it.
    fn group_roles(&mut self) {
        let facts = self.scene.facts;
        let relevant = |role: RoleId| self.slice.has_role(role) || self.slice.groups;
        let held = |held: &&crate::facts::Holding| matches!(held.subject(), Subject::Group(_)) && relevant(held.role);
        let granted = !facts.grants.is_empty();
        if facts.groups.len() < 2 || !(granted || facts.holdings.iter().any(|it| held(&it))) {
            return;
        }
        let in_groups = facts
            .holdings
            .iter()
            .filter(|it| matches!(it.subject(), Subject::Group(_)));
        let mut roles: Vec<RoleId> = in_groups.map(|held| held.role).collect();
        roles.extend(
            facts
                .groups
                .iter()
                .flat_map(|group| &group.members)
                .filter_map(|member| match member {
                    Member::Holders(role, _) => Some(*role),
                    _ => None,
                }),
        );
        roles.retain(|&role| !self.slice.has_role(role));
        self.open.extend(roles.into_iter().map(Open::Role));
        for grant in facts
            .grants
            .iter()
            .filter(|grant| matches!(grant.to, Subject::Group(_)))
        {
            for &id in &grant.rule.permissions {
                let id = self.scene.table.model().permissions.id(Permission::Grant(id));
                self.open
                    .extend(id.filter(|&id| !self.slice.has(id)).map(Open::Permission));
            }
        }
    }
}
