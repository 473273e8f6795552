//! Rules: one resolved form for what stands in a role, for everyone, in a promise and in the facts.

use std::rc::Rc;

use super::powers::{Concerned, Ground};
use super::{BlockId, Resolver};
use crate::diagnostic::Diagnostic;
use crate::model::permission::{PermId, Permission};
use crate::model::{AttrName, Attribute, Effect, Reach, Receiver, RoleId, Rule, RuleId, TypeId, TypeKind, Who};
use crate::source::Span;
use crate::syntax::ast::{self, ItemKind, Name, Public, RoleDecl, Verbs};

/// What the paths of a rule's conditions may start from.
#[derive(Debug, Clone, Default)]
pub(super) struct Setting {
    /// The node type at which the role is held.
    pub(super) base: Option<TypeId>,
    /// Types of `resource`.
    pub(super) resource: Vec<TypeId>,
    /// Types of the node at which the chain of containers starts.
    pub(super) chain: Vec<TypeId>,
    /// Types that the chain is known to pass.
    pub(super) via: Vec<TypeId>,
    /// There is a recipient.
    pub(super) recipient: bool,
    /// Parameters of the holding.
    pub(super) parameters: Vec<Attribute>,
}

/// What a rule brings along from where it stands.
#[derive(Debug, Clone)]
pub(super) struct Frame<'r> {
    pub(super) effect: Effect,
    pub(super) who: Who,
    pub(super) reach: Option<&'r ast::Reach>,
    pub(super) parameters: Vec<Attribute>,
    pub(super) span: Span,
    pub(super) doc: ast::Doc,
    /// Without a word on reach it speaks of every target: a promise that a role cannot.
    pub(super) of_all: bool,
}

impl Frame<'_> {
    fn base(&self) -> Option<TypeId> {
        match self.who {
            Who::Holders(ty) => Some(ty),
            _ => None,
        }
    }
}

impl<'a> Resolver<'a> {
    /// Resolves the rules of every block at every type it serves, then the rules for all.
    pub(super) fn resolve_rules(&mut self) {
        for role in self.model.role_ids() {
            for (block, ix) in self.own[role.ix()].clone() {
                self.rule_at(block, ix, self.model.role(role).ty);
            }
        }
        for decl in self.blocks.clone() {
            if self.roles_of(decl).is_empty() {
                decl.rules
                    .iter()
                    .for_each(|rule| self.names_in(&rule.rule, rule.span.0));
            }
        }
        for item in self.items.clone() {
            if let ItemKind::Public(decl) = &item.kind {
                let rule = self.public_rule(decl, item);
                let id = self.push_rule(rule);
                self.model.public.push(id);
            }
        }
    }

    /// Reports names that are not known in a rule of which nobody knows where it would be held.
    pub(super) fn names_in(&mut self, rule: &ast::Rule, span: Span) {
        let before = std::mem::take(self.found);
        let who = Who::Anyone;
        let frame = Frame {
            effect: Effect::Grant,
            who,
            reach: None,
            parameters: Vec::new(),
            span,
            doc: None,
            of_all: false,
        };
        self.rule(rule, &frame);
        let found = std::mem::replace(self.found, before);
        // Without a node type nothing else can be said for sure.
        let names = found.iter().filter(|fault| fault.code.starts_with("name/"));
        names.cloned().for_each(|fault| self.found.push(fault));
    }

    /// A block's rule as it reads at a node type; resolved once.
    pub(super) fn rule_at(&mut self, block: BlockId, ix: usize, ty: TypeId) -> RuleId {
        if let Some(&known) = self.resolved.get(&(block, ix, ty)) {
            return known;
        }
        let decl: &'a RoleDecl = self.blocks[block.0 as usize];
        let written = &decl.rules[ix];
        let frame = Frame {
            effect: if written.can { Effect::Grant } else { Effect::Prohibit },
            who: Who::Holders(ty),
            reach: decl.reach.as_ref(),
            parameters: self.shared_parameters(decl),
            span: written.span.0,
            doc: written.doc.clone(),
            of_all: false,
        };
        let rule = self.rule(&written.rule, &frame);
        let id = self.push_rule(rule);
        self.resolved.insert((block, ix, ty), id);
        self.origin.insert(id, (block, ix));
        id
    }

    fn push_rule(&mut self, rule: Rule) -> RuleId {
        self.model.rules.push(rule);
        RuleId(u32::try_from(self.model.rules.len() - 1).unwrap_or(u32::MAX))
    }

    /// The parameters that all roles of a block have.
    fn shared_parameters(&self, decl: &RoleDecl) -> Vec<Attribute> {
        let roles = self.roles_of(decl);
        let Some((first, rest)) = roles.split_first() else {
            return Vec::new();
        };
        let has = |role: &RoleId, key: AttrName| self.model.role(*role).parameters.iter().any(|p| p.key == key);
        let shared = self.model.role(*first).parameters.iter();
        shared
            .filter(|p| rest.iter().all(|role| has(role, p.key)))
            .cloned()
            .collect()
    }

    fn public_rule(&mut self, decl: &'a ast::PublicRule, item: &ast::Item) -> Rule {
        let (effect, who) = match &decl.who {
            Public::Everyone => (Effect::Grant, Who::Everyone),
            Public::Anyone => (Effect::Grant, Who::Anyone),
            Public::Nobody { but } => (Effect::Prohibit, Who::Nobody(self.find_role_list(but))),
        };
        let frame = Frame {
            effect,
            who,
            reach: None,
            parameters: Vec::new(),
            span: item.span.0,
            doc: item.doc.clone(),
            of_all: false,
        };
        self.rule(&decl.rule, &frame)
    }

    /// Resolves one rule.
    pub(super) fn rule(&mut self, rule: &ast::Rule, frame: &Frame<'_>) -> Rule {
        let base = frame.base();
        let reach = self.reach(rule.reach.as_ref().or(frame.reach), base);
        let spoken_of = match (frame.of_all, &rule.reach) {
            (true, None) => Reach::Anywhere,
            _ => reach,
        };
        let within = self.within(base, spoken_of, frame.effect == Effect::Grant);
        let ground = Ground {
            effect: frame.effect,
            within,
        };
        let concerned = self.power(&rule.power, &ground);
        let setting = self.setting(&concerned, &ground, reach, frame);
        self.check_receivers(rule, &concerned, frame);
        let relation = self.relations(rule, &setting);
        let when = rule.when.as_ref().map(|expr| self.condition(expr, &setting));
        let unless = rule.unless.as_ref().map(|expr| self.condition(expr, &setting));
        let receiver = self.receiver(rule.receiver.as_ref());
        Rule {
            span: frame.span,
            doc: frame.doc.clone(),
            effect: frame.effect,
            who: frame.who.clone(),
            permissions: concerned.permissions,
            excepted: concerned.excepted,
            named: concerned.named,
            limits: concerned.limits,
            except_self: concerned.except_self,
            they_have: rule.power.they_have,
            receiver,
            reach,
            relation,
            when: when.flatten(),
            unless: unless.flatten(),
        }
    }

    /// Types of which a node can lie within reach; found once for all rules alike.
    fn within(&mut self, base: Option<TypeId>, reach: Reach, borders: bool) -> Rc<[TypeId]> {
        let types = || self.containment.within(base, reach, borders).into();
        Rc::clone(self.within.entry((base, reach, borders)).or_insert_with(types))
    }

    fn reach(&mut self, reach: Option<&ast::Reach>, base: Option<TypeId>) -> Reach {
        match reach {
            None => Reach::Below,
            Some(ast::Reach::OnlyHere(span)) => self.held(Reach::OnlyHere, "only here", span.0, base),
            Some(ast::Reach::OnlyBelow(span)) => self.held(Reach::OnlyBelow, "only below", span.0, base),
            Some(ast::Reach::Anywhere(_)) => Reach::Anywhere,
            Some(ast::Reach::In(name)) => match self.find_type(name) {
                Some(ty) => self.reach_in(ty, name, base),
                None => Reach::Below,
            },
            Some(ast::Reach::Across(name)) => match self.find_type(name) {
                Some(ty) => self.reach_across(ty, name, base),
                None => Reach::Below,
            },
        }
    }

    /// A reach that is measured from a holding.
    fn held(&mut self, reach: Reach, words: &str, span: Span, base: Option<TypeId>) -> Reach {
        if base.is_none() {
            let message = format!("`{words}` is measured from where a role is held; this rule has no role");
            self.found
                .push(Diagnostic::error("reach/no-role", message).at(span, ""));
        }
        reach
    }

    fn reach_in(&mut self, ty: TypeId, name: &Name, base: Option<TypeId>) -> Reach {
        let below = base.is_none_or(|base| self.containment.below(base, false).contains(&ty));
        if !below {
            self.impossible_reach(name, ty, base, "never lies below");
        }
        Reach::In(ty)
    }

    fn reach_across(&mut self, ty: TypeId, name: &Name, base: Option<TypeId>) -> Reach {
        match base {
            None => return self.held(Reach::Across(ty), "across", name.span(), base),
            Some(base) if self.containment.above(base).contains(&ty) => {}
            Some(_) => self.impossible_reach(name, ty, base, "never encloses"),
        }
        Reach::Across(ty)
    }

    fn impossible_reach(&mut self, name: &Name, ty: TypeId, base: Option<TypeId>, how: &str) {
        let base = base.map_or("", |base| self.type_name(base)).to_owned();
        let message = format!("`{}` {how} `{base}`", self.type_name(ty));
        self.found
            .push(Diagnostic::error("reach/impossible", message).at(name.span(), ""));
    }

    fn setting(&self, concerned: &Concerned, ground: &Ground, reach: Reach, frame: &Frame<'_>) -> Setting {
        let mut setting = Setting {
            base: frame.base(),
            recipient: !concerned.permissions.is_empty(),
            parameters: frame.parameters.clone(),
            ..Setting::default()
        };
        for &id in &concerned.permissions {
            self.widen(&mut setting, id, &ground.within);
        }
        for list in [&mut setting.resource, &mut setting.chain] {
            list.sort_unstable();
            list.dedup();
        }
        setting.via = match (reach, setting.base) {
            (Reach::In(ty), base) => std::iter::once(ty).chain(base).collect(),
            (Reach::Across(ty), _) => vec![ty],
            (Reach::Anywhere, _) => Vec::new(),
            (_, base) => base.into_iter().collect(),
        };
        setting
    }

    fn widen(&self, setting: &mut Setting, id: PermId, within: &[TypeId]) {
        let near = |ty: &TypeId| within.binary_search(ty).is_ok();
        match self.model.permissions.get(id) {
            Permission::Act { ty, action, .. } => {
                setting.recipient = false;
                setting.resource.push(ty);
                if self.model.ty(ty).actions[action].creating {
                    setting
                        .chain
                        .extend(self.model.ty(ty).containers.iter().copied().filter(near));
                } else {
                    setting.chain.push(ty);
                }
            }
            Permission::Give(role) | Permission::Take(role) => {
                setting.resource.push(self.model.role(role).ty);
                setting.chain.push(self.model.role(role).ty);
            }
            Permission::AddMember(ty) | Permission::RemoveMember(ty) => {
                setting.resource.push(ty);
                setting.chain.push(ty);
            }
            Permission::Grant(_) => {
                setting
                    .chain
                    .extend(within.iter().copied().filter(|&ty| self.model.ty(ty).kind.is_place()));
            }
        }
    }

    fn check_receivers(&mut self, rule: &ast::Rule, concerned: &Concerned, frame: &Frame<'_>) {
        let perms = &concerned.permissions;
        let administrative = perms
            .iter()
            .all(|&id| self.model.permissions.get(id).is_administrative());
        let about_users = perms.iter().all(|&id| match self.model.permissions.get(id) {
            Permission::Act { ty, .. } => self.model.ty(ty).kind == TypeKind::Principal,
            _ => true,
        });
        let mut wrong = |condition: bool, message: &str| {
            if condition {
                self.found
                    .push(Diagnostic::error("rule/no-recipient", message).at(frame.span, ""));
            }
        };
        wrong(
            rule.receiver.is_some() && !administrative,
            "`to …` is said of `assign`, `give`, `take` and `grant` only",
        );
        wrong(
            concerned.except_self && !about_users,
            "`except self` needs a target or recipient that is a user",
        );
        let granting = matches!(rule.power.verbs, Verbs::Grant(_));
        wrong(rule.power.they_have && !granting, "`they have` is said of `grant` only");
    }

    fn receiver(&mut self, receiver: Option<&ast::Receiver>) -> Receiver {
        match receiver {
            None => Receiver::Member,
            Some(ast::Receiver::Anyone(_)) => Receiver::Anyone,
            Some(ast::Receiver::Roles(names)) => Receiver::Holders(self.find_role_list(names)),
        }
    }
}
