//! Rules: one resolved form for what stands in a role, for everyone, in a promise and in the facts.

use std::rc::Rc;

use super::powers::{Concerned, Ground};
use super::{BlockId, Resolver, names};
use crate::diagnostic::{Diagnostic, Found};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{Pool, Scalar};
use crate::model::{
    AttrName, Attribute, Effect, Model, Reach, Receiver, Relation, RoleId, Rule, RuleId, TypeId, TypeKind, USER, Who,
};
use crate::source::Span;
use crate::syntax::ast::{self, ItemKind, Link, Name, Public, RoleDecl, Step, Targets, Verbs};

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
        for item in self.items.clone() {
            if let ItemKind::Public(decl) = &item.kind {
                let rule = self.public_rule(decl, item);
                let id = self.push_rule(rule);
                self.model.public.push(id);
            }
        }
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
        };
        self.rule(&decl.rule, &frame)
    }

    /// Resolves one rule.
    pub(super) fn rule(&mut self, rule: &ast::Rule, frame: &Frame<'_>) -> Rule {
        let base = frame.base();
        let reach = self.reach(rule.reach.as_ref().or(frame.reach), base);
        let within = self.within(base, reach, frame.effect == Effect::Grant);
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

    fn relations(&mut self, rule: &ast::Rule, setting: &Setting) -> Vec<Relation> {
        let explicit = matches!(&rule.power.targets, Targets::List(list)
            if list.iter().all(|t| matches!(self.names.subjects.find(&t.name)[..], [names::Subject::Type(_)])));
        rule.relation
            .iter()
            .filter_map(|link| self.relation(link, setting, explicit))
            .collect()
    }

    fn relation(&mut self, link: &Link, setting: &Setting, explicit: bool) -> Option<Relation> {
        let (last, before) = link.steps.split_last()?;
        let named = match self.names.subjects.find(&last.name)[..] {
            [names::Subject::Type(ty)] if !before.is_empty() => Some(ty),
            _ => None,
        };
        let (first, then) = match named {
            Some(_) => before.split_last()?,
            None => (last, before),
        };
        if first.plus {
            let fault = Diagnostic::error("relation/plus", "`+` follows a relation between users");
            self.found
                .push(fault.at(first.name.span(), "").help("as in `manager+ of creator`"));
        }
        match named {
            Some(ty) => self.related_at(ty, &first.name)?,
            None => self.related_outward(&first.name, setting, explicit)?,
        }
        let then: Option<Vec<(AttrName, bool)>> = then.iter().rev().map(|step| self.follow_users(step)).collect();
        Some(Relation {
            at: named,
            first: self.attr_key(&first.name.text),
            then: then?,
            span: link.span.0,
        })
    }

    fn related_at(&mut self, ty: TypeId, name: &Name) -> Option<()> {
        match self.holds_users(ty, name) {
            Some(true) => Some(()),
            Some(false) => self.no_users(ty, name),
            None => {
                self.unknown_attribute(ty, name);
                None
            }
        }
    }

    /// True if the attribute of this name holds users or a group; `None` if there is none.
    fn holds_users(&self, ty: TypeId, name: &Name) -> Option<bool> {
        let attribute = self.model.ty(ty).attributes.iter().find(|a| a.name == name.text)?;
        Some(matches!(attribute.ty.of, Scalar::User(_) | Scalar::Group))
    }

    fn no_users(&mut self, ty: TypeId, name: &Name) -> Option<()> {
        let message = format!("`{}` of `{}` holds no users", name.text, self.type_name(ty));
        self.found
            .push(Diagnostic::error("type/mismatch", message).at(name.span(), ""));
        None
    }

    /// A relation looked up on the resource, then outward: it must be found, and on one type only.
    fn related_outward(&mut self, name: &Name, setting: &Setting, explicit: bool) -> Option<()> {
        let mut found_any = false;
        let mut lacking = None;
        for &ty in &setting.resource {
            match self.holds_users(ty, name) {
                Some(true) => found_any = true,
                Some(false) => return self.no_users(ty, name),
                None => match self.related_above(ty, name)? {
                    true => found_any = true,
                    false => lacking = lacking.or(Some(ty)),
                },
            }
        }
        match lacking {
            Some(ty) if explicit || !found_any => {
                self.unknown_attribute(ty, name);
                None
            }
            _ => Some(()),
        }
    }

    fn related_above(&mut self, ty: TypeId, name: &Name) -> Option<bool> {
        let above = self.containment.above(ty);
        let having: Vec<TypeId> = above
            .into_iter()
            .filter(|&t| t != ty && self.holds_users(t, name) == Some(true))
            .collect();
        if having.len() > 1 {
            let list: Vec<String> = having.iter().map(|&t| format!("`{}`", self.type_name(t))).collect();
            let message = format!("`{}` could be that of {}", name.text, list.join(" or "));
            let fault = Diagnostic::error("relation/ambiguous", message).at(name.span(), "");
            self.found
                .push(fault.help(format!("write `{} of {}`", name.text, self.type_name(having[0]))));
            return None;
        }
        Some(!having.is_empty())
    }

    fn follow_users(&mut self, step: &Step) -> Option<(AttrName, bool)> {
        let name = &step.name;
        let found = self
            .model
            .ty(USER)
            .attributes
            .iter()
            .find(|a| a.name == name.text)
            .map(|a| a.ty);
        let Some(ty) = found else {
            self.unknown_attribute(USER, name);
            return None;
        };
        if !matches!(ty.of, Scalar::User(_) | Scalar::Group) {
            return self.no_users(USER, name).map(|()| (AttrName(0), false));
        }
        if step.plus && (ty.many || !ty.optional || ty.of == Scalar::Group) {
            let message = format!("`{}+` needs an attribute of type `user?`", name.text);
            self.found
                .push(Diagnostic::error("relation/plus", message).at(name.span(), ""));
            return None;
        }
        Some((self.attr_key(&name.text), step.plus))
    }
}

/// Resolves texts of the facts against a finished model: single grants and the rules of custom roles.
pub struct Loose<'a> {
    resolver: Resolver<'a>,
}

impl<'a> Loose<'a> {
    /// Stands on a copy of the model; [`Loose::finish`] gives back what grew.
    #[must_use]
    pub fn new(model: &Model, found: &'a mut Found) -> Self {
        let mut resolver = Resolver::new(&[], found);
        resolver.containment = super::Containment::new(&model.types);
        resolver.names = model.index.clone();
        for (ix, name) in model.attr_names.iter().enumerate() {
            resolver
                .attr_keys
                .insert(name.clone(), AttrName(u32::try_from(ix).unwrap_or(u32::MAX)));
        }
        resolver.model = model.clone();
        Self { resolver }
    }

    /// A rule held at a node type.
    pub fn rule(&mut self, rule: &ast::Rule, base: TypeId, span: Span) -> Rule {
        let frame = Frame {
            effect: Effect::Grant,
            who: Who::Holders(base),
            reach: None,
            parameters: Vec::new(),
            span,
            doc: None,
        };
        self.resolver.rule(rule, &frame)
    }

    /// The roles of a name.
    pub fn roles(&mut self, name: &ast::RoleName) -> Vec<RoleId> {
        self.resolver.find_roles(name)
    }

    /// Strings and lists, with those that the rules added.
    #[must_use]
    pub fn finish(self) -> Pool {
        self.resolver.model.pool
    }
}
