//! Random organisations for a policy: nested nodes, users, groups in groups, holdings with windows and parameters, custom
//! roles and single grants.

use rolebook::diagnostic::Found;
use rolebook::facts::{CustomRole, EVERYONE, Facts, Group, Holding, Member, Node, SingleGrant, Subject, User, Values};
use rolebook::facts::{Thing, defaults};
use rolebook::model::containment::Containment;
use rolebook::model::resolve::Loose;
use rolebook::model::value::{AttributeType, NodeId, UserId, Value};
use rolebook::model::{Default, Model, RoleId, Rule, TypeId, TypeKind, USER};
use rolebook::source::{FileId, Span};
use rolebook::syntax::parse;

use crate::meaning::unset;
use crate::policy::{Policy, Theme, bare, is_derived};
use crate::tape::{Seed, Tape};
use crate::values::{group, one, role, window};
use crate::words::Writer;

/// Tapes for each kind of thing in the facts.
#[derive(Clone, Debug)]
pub(crate) struct Tapes {
    pub(crate) nodes: Vec<Seed>,
    pub(crate) users: Vec<Seed>,
    pub(crate) groups: Vec<Seed>,
    pub(crate) holdings: Vec<Seed>,
    pub(crate) grants: Vec<Seed>,
    pub(crate) customs: Vec<Seed>,
    /// Every attribute has a value, if there is one.
    pub(crate) full: bool,
}

/// The rules that stand in an organisation, as written.
#[derive(Default)]
pub(crate) struct Texts {
    /// Of single grants.
    pub(crate) grants: Vec<String>,
    /// Of custom roles.
    pub(crate) customs: Vec<String>,
}

/// Builds an organisation; with it the texts of the rules that stand in it.
pub(crate) fn build(policy: &Policy, world: usize, theme: Theme, tapes: &Tapes) -> (Facts, Texts) {
    draw(&policy.model, policy.file, world, theme, tapes)
}

/// The same for a model.
pub(crate) fn draw(model: &Model, file: FileId, world: usize, theme: Theme, tapes: &Tapes) -> (Facts, Texts) {
    let mut builder = Builder {
        model,
        world,
        theme,
        span: Span::new(file, 0, 0),
        facts: Facts {
            pool: model.pool.clone(),
            ..Facts::default()
        },
        texts: Texts::default(),
    };
    builder.nodes(&tapes.nodes);
    builder.users(&tapes.users);
    builder.groups(&tapes.groups);
    builder.rules(&tapes.grants, &tapes.customs);
    builder.values(tapes);
    builder.holdings(&tapes.holdings, tapes.full);
    (builder.facts, builder.texts)
}

struct Builder<'m> {
    model: &'m Model,
    world: usize,
    theme: Theme,
    span: Span,
    facts: Facts,
    texts: Texts,
}

impl Builder<'_> {
    fn nodes(&mut self, tapes: &[Seed]) {
        let roots: Vec<TypeId> = self
            .model
            .type_ids()
            .filter(|&ty| self.model.ty(ty).kind == TypeKind::Account)
            .collect();
        for (ix, &seed) in tapes.iter().enumerate() {
            let mut tape = Tape::new(seed);
            let spots = self.spots();
            let alone = ix == 0 || spots.is_empty() || tape.chance(6);
            let (ty, container) = if alone {
                (roots[if ix == 0 { 0 } else { tape.below(roots.len()) }], None)
            } else {
                let (ty, at) = tape.one(&spots);
                (ty, Some(at))
            };
            let id = format!("{}{ix}", self.model.ty(ty).name.to_lowercase());
            self.facts.nodes.push(Node {
                id: id.into(),
                ty,
                container,
                values: Values::default(),
                span: self.span,
            });
        }
    }

    /// What may lie where among the nodes so far.
    fn spots(&self) -> Vec<(TypeId, NodeId)> {
        let mut spots = Vec::new();
        for at in self.facts.node_ids() {
            let outer = self.facts.node(at).ty;
            let node = |ty: &TypeId| self.model.ty(*ty).kind != TypeKind::Principal;
            let holds = |ty: &TypeId| node(ty) && self.model.ty(*ty).containers.contains(&outer);
            spots.extend(self.model.type_ids().filter(holds).map(|ty| (ty, at)));
        }
        spots
    }

    fn users(&mut self, tapes: &[Seed]) {
        let kinds: Vec<TypeId> = self
            .model
            .type_ids()
            .filter(|&ty| ty != USER && self.model.ty(ty).kind == TypeKind::Principal)
            .collect();
        let places: Vec<NodeId> = self.facts.node_ids().filter(|&node| self.is_place(node)).collect();
        for (ix, &seed) in tapes.iter().enumerate() {
            let mut tape = Tape::new(seed);
            let other = tape.chance(12);
            let ty = if other {
                tape.pick(&kinds).copied().unwrap_or(USER)
            } else {
                USER
            };
            let mut listed: Vec<NodeId> = places.iter().copied().filter(|_| tape.chance(35)).collect();
            listed.sort_unstable();
            self.facts.users.push(User {
                id: format!("u{ix}").into(),
                ty,
                places: listed.into(),
                values: Values::default(),
                span: self.span,
            });
        }
    }

    fn is_place(&self, node: NodeId) -> bool {
        self.model.ty(self.facts.node(node).ty).kind.is_place()
    }

    fn user(&self, tape: &mut Tape) -> UserId {
        let users: Vec<UserId> = self.facts.user_ids().collect();
        tape.one(&users)
    }

    fn groups(&mut self, tapes: &[Seed]) {
        self.facts.groups.push(Group {
            id: "everyone".to_owned(),
            place: None,
            members: Vec::new(),
            span: self.span,
        });
        for (ix, &seed) in tapes.iter().enumerate() {
            let mut tape = Tape::new(seed);
            let count = tape.below(3) + 1;
            let members = (0..count).filter_map(|_| self.group_member(ix, &mut tape)).collect();
            self.facts.groups.push(Group {
                id: format!("g{ix}"),
                place: None,
                members,
                span: self.span,
            });
        }
    }

    fn group_member(&self, ix: usize, tape: &mut Tape) -> Option<Member> {
        match tape.below(5) {
            0 | 1 => Some(Member::User(self.user(tape))),
            2 if ix > 0 => Some(Member::Group(group(tape.below(ix) + 1))),
            _ => {
                let (role, node) = self.held(tape, false)?;
                Some(Member::Holders(role, node))
            }
        }
    }

    /// A role that may be held by hand, and a node of its type.
    fn held(&self, tape: &mut Tape, custom: bool) -> Option<(RoleId, NodeId)> {
        let mut pairs: Vec<(RoleId, NodeId)> = Vec::new();
        for node in self.facts.node_ids() {
            let ty = self.facts.node(node).ty;
            let fits = |role: &RoleId| self.model.role(*role).ty == ty && !self.model.role(*role).is_derived();
            pairs.extend(self.model.role_ids().filter(fits).map(|role| (role, node)));
        }
        if custom && !self.facts.custom.is_empty() && tape.chance(30) {
            let custom = tape.below(self.facts.custom.len());
            let it = &self.facts.custom[custom];
            let below = self
                .facts
                .node_ids()
                .filter(|&node| self.is_place(node) && self.lies_in(node, it.at));
            pairs = below
                .map(|node| (role(self.model.roles.len() + custom), node))
                .collect();
        }
        tape.pick(&pairs).copied()
    }

    fn lies_in(&self, node: NodeId, outer: NodeId) -> bool {
        node == outer
            || self
                .facts
                .node(node)
                .container
                .is_some_and(|next| self.lies_in(next, outer))
    }

    fn subject(&self, tape: &mut Tape) -> Subject {
        match tape.below(10) {
            7 | 8 => Subject::Group(group(tape.below(self.facts.groups.len()))),
            9 => Subject::Group(EVERYONE),
            _ => Subject::User(self.user(tape)),
        }
    }

    fn holdings(&mut self, tapes: &[Seed], full: bool) {
        for &seed in tapes {
            let mut tape = Tape::new(seed);
            let subject = self.subject(&mut tape);
            let Some((role, node)) = self.held(&mut tape, true) else {
                continue;
            };
            let window = window(&mut tape);
            let declared = self
                .model
                .roles
                .get(role.ix())
                .map(|it| it.parameters.clone())
                .unwrap_or_default();
            let mut parameters = Vec::new();
            for parameter in &declared {
                let value = if full || tape.chance(60) {
                    self.value(parameter.ty, None, &mut tape)
                } else {
                    None
                };
                let default = match parameter.default {
                    Default::Value(value) => Some(value),
                    _ => None,
                };
                parameters.extend(value.or(default).map(|value| (parameter.key, value)));
            }
            let held = Holding::new(subject, role, node, self.span);
            self.facts.holdings.push(held.on(window, parameters));
        }
    }

    /// Single grants and custom roles, with rules resolved against the model.
    fn rules(&mut self, grants: &[Seed], customs: &[Seed]) {
        let mut found = Found::default();
        let mut loose = Loose::new(self.model, &mut found);
        for &seed in grants {
            let mut tape = Tape::new(seed);
            let nodes: Vec<NodeId> = self.facts.node_ids().collect();
            let (to, at, window) = (self.subject(&mut tape), tape.one(&nodes), window(&mut tape));
            let base = self.facts.node(at).ty;
            let text = Writer::new(bare(self.world), self.theme, tape).in_facts(base);
            if let Some(rule) = self.rule(&mut loose, &text, base) {
                self.texts.grants.push(text);
                self.facts.grants.push(SingleGrant {
                    to,
                    rule,
                    at,
                    window,
                    span: self.span,
                });
            }
        }
        for (ix, &seed) in customs.iter().enumerate() {
            let mut tape = Tape::new(seed);
            let places: Vec<NodeId> = self.facts.node_ids().filter(|&node| self.is_place(node)).collect();
            let at = tape.one(&places);
            let types = Containment::new(&self.model.types).below(self.facts.node(at).ty, false);
            let text = Writer::new(bare(self.world), self.theme, tape).in_facts(self.facts.node(at).ty);
            let places = types.into_iter().filter(|&ty| self.model.ty(ty).kind.is_place());
            let rules: Vec<(TypeId, Rule)> = places
                .filter_map(|ty| Some((ty, self.rule(&mut loose, &text, ty)?)))
                .collect();
            self.texts.customs.push(text);
            self.facts.custom.push(CustomRole {
                name: format!("c{ix}"),
                at,
                rules,
                span: self.span,
            });
        }
        self.facts.pool = loose.finish();
    }

    /// The rule, if it has no error at this type.
    fn rule(&self, loose: &mut Loose<'_>, text: &str, base: TypeId) -> Option<Rule> {
        let mut found = Found::default();
        // A role that is derived from a permission which in turn is granted to its holders here would go round for ever.
        let derived = |role: &RoleId| is_derived(self.model, *role) && text.contains(&self.model.role(*role).name);
        if self.model.role_ids().any(|role| derived(&role)) || text.contains("any role at") {
            return None;
        }
        let tree = parse::rule(self.span.file, text, 0, &mut found)?;
        let mut probe = Found::default();
        let _ = Loose::new(self.model, &mut probe).rule(&tree, base, self.span);
        (!found.has_errors() && !probe.has_errors()).then(|| loose.rule(&tree, base, self.span))
    }

    /// Gives every attribute a value: given, by default, or what stands for nothing.
    fn values(&mut self, tapes: &Tapes) {
        for ix in 0..self.facts.nodes.len() {
            let node = NodeId(u32::try_from(ix).unwrap_or(0));
            let values = self.values_of(Thing::Node(node), tapes.nodes[ix], if tapes.full { 100 } else { 60 });
            self.facts.nodes[ix].values = values.into();
        }
        for ix in 0..self.facts.users.len() {
            let user = UserId(u32::try_from(ix).unwrap_or(0));
            let values = self.values_of(Thing::User(user), tapes.users[ix], if tapes.full { 100 } else { 65 });
            self.facts.users[ix].values = values.into();
        }
        defaults::fill(&mut self.facts, self.model);
    }

    fn values_of(&mut self, thing: Thing, seed: Seed, often: usize) -> Vec<Value> {
        let mut tape = Tape::second(seed);
        let below = match thing {
            Thing::Node(_) => None,
            Thing::User(user) => Some(user.0 as usize),
        };
        let attributes = &self.model.ty(self.facts.type_of(thing)).attributes;
        let mut values = Vec::new();
        for (slot, attribute) in attributes.iter().enumerate() {
            let given = match tape.chance(often) {
                true => self.value(attribute.ty, below, &mut tape),
                false => None,
            };
            if given.is_none() && matches!(attribute.default, Default::Path(..)) {
                self.facts.fallbacks.push((thing, slot));
            }
            values.push(given.unwrap_or_else(|| unset(attribute)));
        }
        values
    }

    fn value(&mut self, ty: AttributeType, below: Option<usize>, tape: &mut Tape) -> Option<Value> {
        if !ty.many {
            return one(&mut self.facts, ty.of, below, tape);
        }
        let count = tape.below(4);
        let values: Vec<Value> = (0..count)
            .filter_map(|_| one(&mut self.facts, ty.of, below, tape))
            .collect();
        Some(if values.is_empty() {
            Value::EMPTY
        } else {
            self.facts.pool.list(values)
        })
    }
}
