//! All organisations of one shape: every set of holdings, memberships and values that the policy can tell apart.
//!
//! 1. [`Space::new`] lists the dimensions in which organisations differ; what the policy never mentions does not vary.
//! 2. [`Space::facts`] builds the organisation of one state; [`Space::states`] runs through them.
//! 3. Users are `u`, who acts, `w` and, where a relation goes on, `x`. Each of the first two is in a group of his own.

use rolebook::facts::{CustomRole, Facts, Group, Holding, Member, Node, Places, Subject, User, Window};
use rolebook::model::value::{AttributeType, GroupId, NodeId, Number, Pool, Scalar, UserId, Value, parse_date};
use rolebook::model::{Attribute, Default, RoleId, USER};
use rolebook::source::Span;

use crate::handed::{self, Handed};
use crate::shape::{Bounds, Shape};
use crate::small::Small;

pub(crate) const U: UserId = UserId(0);
pub(crate) const W: UserId = UserId(1);
const X: UserId = UserId(2);

/// The group that a user is in.
const fn group(user: UserId) -> GroupId {
    GroupId(user.0 + 1)
}

/// One role given by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) user: UserId,
    pub(crate) role: RoleId,
    pub(crate) node: usize,
    /// To the group that the user is in.
    pub(crate) via: bool,
}

/// In what organisations differ.
#[derive(Clone, Debug)]
enum Dim {
    Holdings(Vec<Vec<Given>>),
    Listed(UserId, usize),
    Node(usize, usize, Vec<Option<Value>>),
    User(UserId, usize, Vec<Option<Value>>),
    Handed(Vec<Vec<Handed>>),
    /// What `u` is given at a node that gives nothing.
    Aside(usize, Vec<Aside>),
}

/// What is stated of `u` at a node, and gives nothing: yet it takes a default role away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aside {
    Nothing,
    /// A role of the policy that runs no longer.
    Ended(RoleId),
    /// A role that the tenant made, without a rule.
    Idle,
}

impl Dim {
    const fn len(&self) -> usize {
        match self {
            Self::Holdings(sets) => sets.len(),
            Self::Listed(..) => 2,
            Self::Node(.., options) | Self::User(.., options) => options.len(),
            Self::Handed(sets) => sets.len(),
            Self::Aside(_, options) => options.len(),
        }
    }
}

/// Every organisation of a shape.
pub(crate) struct Space<'p> {
    pub(crate) small: &'p Small,
    pub(crate) shape: Shape,
    dims: Vec<Dim>,
    pub(crate) base: Facts,
    /// Attributes that the policy mentions, or that such fall back on.
    used: Vec<String>,
}

impl<'p> Space<'p> {
    pub(crate) fn new(small: &'p Small, shape: Shape, bounds: Bounds) -> Self {
        let mut space = Self {
            small,
            used: used(small),
            base: base(small, &shape),
            dims: Vec::new(),
            shape,
        };
        space.dims.push(Dim::Holdings(space.holdings(bounds)));
        let handed = handed::sets(small, &space.shape, bounds.handed);
        if handed.len() > 1 {
            space.dims.push(Dim::Handed(handed));
        }
        space.asides();
        space.others();
        space.listings();
        space.values();
        space
    }

    /// How many organisations there are.
    pub(crate) fn size(&self) -> usize {
        self.dims.iter().map(Dim::len).product()
    }

    /// Runs through all states; those in which only holdings differ follow each other.
    pub(crate) fn states(&self) -> impl Iterator<Item = Vec<usize>> {
        (0..self.size()).map(|ix| self.state(ix))
    }

    /// Runs through the states in which `u` is given nothing.
    pub(crate) fn bare_states(&self) -> impl Iterator<Item = Vec<usize>> {
        let step = self.dims[0].len();
        let states = (0..self.size() / step).map(move |ix| self.state(ix * step));
        states.filter(|state| self.handed(state).is_empty() && self.is_plain(state))
    }

    /// Nothing that gives nothing is stated of `u`.
    fn is_plain(&self, state: &[usize]) -> bool {
        let mut dims = self.dims.iter().zip(state);
        dims.all(|(dim, &at)| at == 0 || !matches!(dim, Dim::Aside(..)))
    }

    fn state(&self, mut ix: usize) -> Vec<usize> {
        let mut digit = |dim: &Dim| {
            let digit = ix % dim.len();
            ix /= dim.len();
            digit
        };
        self.dims.iter().map(&mut digit).collect()
    }

    /// The roles given in a state.
    pub(crate) fn given(&self, state: &[usize]) -> Vec<Given> {
        let mut all = Vec::new();
        for (dim, &at) in self.dims.iter().zip(state) {
            if let Dim::Holdings(sets) = dim {
                all.extend_from_slice(&sets[at]);
            }
        }
        all
    }

    /// The organisation of a state, with these roles given instead of those of the state to `u`.
    pub(crate) fn facts_with(&self, state: &[usize], more: &[Given]) -> Facts {
        let mut facts = self.base.clone();
        let mut unset = Vec::new();
        for (dim, &at) in self.dims.iter().zip(state) {
            match dim {
                Dim::Holdings(_) | Dim::Handed(_) | Dim::Aside(..) => {}
                Dim::Listed(user, node) if at == 1 => facts.users[user.0 as usize].places.push(id(*node)),
                Dim::Listed(..) => {}
                Dim::Node(node, slot, options) => match options[at] {
                    Some(value) => drop(facts.nodes[*node].values.set(*slot, value)),
                    None => unset.push((*node, *slot)),
                },
                Dim::User(user, slot, options) => {
                    facts.users[user.0 as usize]
                        .values
                        .set(*slot, options[at].unwrap_or(Value::Missing));
                }
            }
        }
        for user in &mut facts.users {
            user.places.sort_unstable();
        }
        unset.sort_unstable();
        for (node, slot) in unset {
            let value = self.fallback(&facts, node, slot);
            facts.nodes[node].values.set(slot, value);
        }
        facts.holdings = more.iter().map(|given| self.holding(*given)).collect();
        for handed in self.handed(state) {
            handed.enter(self.small, &mut facts);
        }
        for (dim, &at) in self.dims.iter().zip(state) {
            if let Dim::Aside(node, options) = dim {
                self.set_aside(options[at], *node, &mut facts);
            }
        }
        facts
    }

    fn set_aside(&self, aside: Aside, node: usize, facts: &mut Facts) {
        let span = self.base.nodes[0].span;
        let (to, at) = (Subject::User(U), id(node));
        match aside {
            Aside::Nothing => {}
            Aside::Ended(role) => {
                let long_ago = Window {
                    until: 0,
                    ..Window::ALWAYS
                };
                let ended = Holding::new(to, role, at, span);
                facts.holdings.push(ended.on(long_ago, Vec::new()));
            }
            Aside::Idle => {
                let number = self.small.model().roles.len() + facts.custom.len();
                let role = RoleId(u32::try_from(number).unwrap_or(u32::MAX));
                let (name, rules) = ("idle".to_owned(), Vec::new());
                facts.custom.push(CustomRole { name, at, rules, span });
                facts.holdings.push(Holding::new(to, role, at, span));
            }
        }
    }

    /// What `u` may be given beside, where a default role may be taken away by it or a membership come by it.
    fn asides(&mut self) {
        if !self.membership_matters() {
            return;
        }
        let model = self.small.model();
        for node in 0..self.shape.chain {
            let ty = self.shape.types[node];
            let given = self.small.given().find(|&role| model.role(role).ty == ty);
            let ended = given
                .filter(|_| self.small.matter.defaults.contains(&ty))
                .map(Aside::Ended);
            let idle = model.ty(ty).kind.is_place().then_some(Aside::Idle);
            let options: Vec<Aside> = std::iter::once(Aside::Nothing).chain(ended).chain(idle).collect();
            if options.len() > 1 {
                self.dims.push(Dim::Aside(node, options));
            }
        }
    }

    /// What `u` has by data in a state.
    pub(crate) fn handed(&self, state: &[usize]) -> &[Handed] {
        let of = self.dims.iter().zip(state).find_map(|(dim, &at)| match dim {
            Dim::Handed(sets) => Some(&sets[at][..]),
            _ => None,
        });
        of.unwrap_or_default()
    }

    /// The organisation of a state.
    pub(crate) fn facts(&self, state: &[usize]) -> Facts {
        self.facts_with(state, &self.given(state))
    }

    fn holding(&self, given: Given) -> Holding {
        let to = match given.via {
            true => Subject::Group(group(given.user)),
            false => Subject::User(given.user),
        };
        Holding::new(to, given.role, id(given.node), self.base.nodes[0].span)
    }

    /// What an attribute is that falls back on another's.
    fn fallback(&self, facts: &Facts, node: usize, slot: usize) -> Value {
        let model = self.small.model();
        let attribute = &model.ty(self.shape.types[node]).attributes[slot];
        let Default::Path(ty, steps) = &attribute.default else {
            return attribute.unset();
        };
        let above = std::iter::successors(self.shape.parents[node], |&at| self.shape.parents[at]);
        let mut near = above.into_iter().filter(|&at| self.shape.types[at] == *ty);
        let value = near
            .next()
            .and_then(|at| Some(facts.nodes[at].values[model.slot(*ty, *steps.first()?)?]));
        value.unwrap_or(Value::Missing)
    }

    /// True if nothing that the policy mentions is missing.
    pub(crate) fn is_complete(&self, facts: &Facts) -> bool {
        let model = self.small.model();
        let whole = |attributes: &[Attribute], values: &[Value]| {
            let missing = |(attribute, value): (&Attribute, &Value)| *value == Value::Missing && self.uses(attribute);
            !attributes.iter().zip(values).any(missing)
        };
        facts.nodes[..self.shape.bare]
            .iter()
            .all(|node| whole(&model.ty(node.ty).attributes, &node.values))
            && facts
                .users
                .iter()
                .all(|user| whole(&model.ty(user.ty).attributes, &user.values))
    }

    pub(crate) fn uses(&self, attribute: &Attribute) -> bool {
        self.used.contains(&attribute.name)
    }

    fn slots(&self, nodes: usize) -> Vec<(RoleId, usize)> {
        let roles = &self.small.matter.roles;
        let at = |node: usize| {
            let fits = |role: &&RoleId| self.small.model().role(**role).ty == self.shape.types[node];
            roles
                .iter()
                .filter(fits)
                .map(move |&role| (role, node))
                .collect::<Vec<_>>()
        };
        (0..nodes).flat_map(at).collect()
    }

    /// What `u` may be given, the empty set first.
    fn holdings(&self, bounds: Bounds) -> Vec<Vec<Given>> {
        let mut one: Vec<Given> = Vec::new();
        for (role, node) in self.slots(self.shape.bare) {
            let given = Given {
                user: U,
                role,
                node,
                via: false,
            };
            one.push(given);
            if self.membership_matters() {
                one.push(Given { via: true, ..given });
            }
        }
        let mut sets = vec![Vec::new()];
        let mut last = 0;
        for _ in 0..bounds.holdings {
            let end = sets.len();
            for ix in last..end {
                let set: Vec<Given> = sets[ix].clone();
                let start = set
                    .last()
                    .and_then(|end| one.iter().position(|it| it == end))
                    .map_or(0, |at| at + 1);
                sets.extend(one[start..].iter().map(|&more| [&set[..], &[more]].concat()));
            }
            last = end;
        }
        // All through groups (then he is no member), or one at most.
        let through = |set: &[Given]| set.iter().filter(|it| it.via).count();
        sets.retain(|set| (through(set) < 2 || through(set) == set.len()) && self.keeps_exclusions(set));
        sets
    }

    /// What `w` may be given, where somebody asks.
    fn others(&mut self) {
        let asked = |role: &RoleId| self.small.matter.asked.contains(role);
        if !self.is_two()
            || !(self.small.matter.says("to")
                || self.small.matter.says("recipient")
                || self.small.matter.says("resource"))
        {
            return;
        }
        let slots = self.slots(self.shape.chain).into_iter().filter(|(role, _)| asked(role));
        let user = W;
        let sets = slots.flat_map(|(role, node)| [false, true].map(|via| vec![Given { user, role, node, via }]));
        let mut sets: Vec<Vec<Given>> = std::iter::once(Vec::new()).chain(sets).collect();
        let direct: Vec<Given> = sets.iter().flatten().filter(|it| !it.via).copied().collect();
        let pairs = direct.iter().flat_map(|a| direct.iter().map(|b| vec![*a, *b]));
        sets.extend(pairs.filter(|pair| pair[0].node == pair[1].node && pair[0].role < pair[1].role));
        sets.retain(|set| self.keeps_exclusions(set));
        if sets.len() > 1 {
            self.dims.push(Dim::Holdings(sets));
        }
    }

    /// A second user is acted upon.
    pub(crate) fn is_two(&self) -> bool {
        ["assign", "give", "take", "grant", "User"]
            .iter()
            .any(|word| self.small.matter.says(word))
    }

    fn membership_matters(&self) -> bool {
        let words = ["default", "member", "everyone"];
        words.iter().any(|word| self.small.matter.says(word)) || self.small.matter.lines.contains("user in ")
    }

    fn listings(&mut self) {
        let two = self.is_two();
        let places: Vec<usize> = (0..self.shape.types.len())
            .filter(|&node| self.small.model().ty(self.shape.types[node]).kind.is_place())
            .collect();
        for node in places {
            if self.membership_matters() || two {
                self.dims.push(Dim::Listed(U, node));
            }
            if two && node < self.shape.chain {
                self.dims.push(Dim::Listed(W, node));
            }
        }
    }

    fn values(&mut self) {
        let small = self.small;
        let model = small.model();
        let pool = &mut self.base.pool;
        let used = |(_, attribute): &(usize, &Attribute)| self.used.contains(&attribute.name);
        for (node, ty) in self.shape.types[..self.shape.bare].iter().enumerate() {
            for (slot, attribute) in model.ty(*ty).attributes.iter().enumerate().filter(used) {
                self.dims.push(Dim::Node(node, slot, options(small, attribute, pool)));
            }
        }
        for user in (0..self.base.users.len()).filter_map(|ix| u32::try_from(ix).ok()) {
            for (slot, attribute) in model.ty(USER).attributes.iter().enumerate().filter(used) {
                self.dims
                    .push(Dim::User(UserId(user), slot, of_user(small, user, attribute, pool)));
            }
        }
    }

    /// Values of request attributes and of fresh nodes: every combination of those in use.
    pub(crate) fn combinations(&mut self, attributes: &[Attribute]) -> Vec<Vec<(usize, Value)>> {
        let mut all = vec![Vec::new()];
        for (slot, attribute) in attributes.iter().enumerate() {
            if !self.uses(attribute) || attribute.name == "now" {
                continue;
            }
            let options = options(self.small, attribute, &mut self.base.pool);
            let with = |known: &Vec<(usize, Value)>| {
                let value = |option: &Option<Value>| option.map(|value| (slot, value));
                let one = |option: &Option<Value>| known.iter().copied().chain(value(option)).collect::<Vec<_>>();
                options.iter().map(one).collect::<Vec<_>>()
            };
            all = all.iter().flat_map(with).collect();
        }
        all
    }

    fn keeps_exclusions(&self, set: &[Given]) -> bool {
        self.small.matter.is_pair || crate::exclusion::kept(self.small.model(), &self.shape, set)
    }
}

/// The node of a number.
pub(crate) fn id(ix: usize) -> NodeId {
    NodeId(u32::try_from(ix).unwrap_or(u32::MAX))
}

/// Attributes that the lines name, and what these fall back on.
fn used(small: &Small) -> Vec<String> {
    let model = small.model();
    let types = model.types.iter().flat_map(|ty| &ty.attributes);
    let all: Vec<&Attribute> = types.chain(&model.context).collect();
    let mut used: Vec<String> = all
        .iter()
        .filter(|a| small.matter.says(&a.name))
        .map(|a| a.name.clone())
        .collect();
    for (attribute, step) in &small.matter.fallbacks {
        if used.contains(attribute) {
            used.push(step.clone());
        }
    }
    used
}

/// What an attribute may be; `None` is not given, where that is something else again.
fn options(small: &Small, attribute: &Attribute, pool: &mut Pool) -> Vec<Option<Value>> {
    let mut values: Vec<Option<Value>> = of_type(small, attribute.ty, pool).into_iter().map(Some).collect();
    match attribute.default {
        Default::None if attribute.ty.many => {}
        _ if small.matter.is_pair => values.push(None),
        Default::Value(_) => {}
        Default::Path(..) => values.push(None),
        Default::None => values.push(Some(attribute.unset())),
    }
    values
}

fn of_type(small: &Small, ty: AttributeType, pool: &mut Pool) -> Vec<Value> {
    if ty.many {
        let one = |user| vec![Value::User(user)];
        let both = [one(U), one(W)].concat();
        return vec![Value::EMPTY, pool.list(one(U)), pool.list(one(W)), pool.list(both)];
    }
    match ty.of {
        Scalar::Bool => vec![Value::Bool(true), Value::Bool(false)],
        Scalar::Int => (0..4).map(|n| Value::Number(Number::from(n))).collect(),
        Scalar::Enum(of) => {
            let count = u32::try_from(small.model().enums[of.0 as usize].values.len()).unwrap_or(0);
            (0..count).map(Value::Enum).collect()
        }
        Scalar::User(_) if has_chains(small) => vec![Value::User(U), Value::User(W), Value::User(X)],
        Scalar::User(_) => vec![Value::User(U), Value::User(W)],
        Scalar::Date => ["2026-01-01", "2026-01-02", "2026-01-03"]
            .iter()
            .filter_map(|day| parse_date(day))
            .collect(),
        _ => Vec::new(),
    }
}

/// Relations are followed any number of steps: then there is a third user, and no circles, which facts refuse.
fn has_chains(small: &Small) -> bool {
    small.matter.lines.contains("manager+")
}

/// Attributes of users.
fn of_user(small: &Small, user: u32, attribute: &Attribute, pool: &mut Pool) -> Vec<Option<Value>> {
    let circular = |option: &Option<Value>| matches!(option, Some(Value::User(other)) if other.0 >= user);
    let mut options = options(small, attribute, pool);
    if has_chains(small) {
        options.retain(|option| !circular(option));
    }
    options
}

fn base(small: &Small, shape: &Shape) -> Facts {
    let model = small.model();
    let span = Span::new(small.sources.files().next().expect("a policy has a file"), 0, 0);
    let mut facts = Facts {
        pool: model.pool.clone(),
        ..Facts::default()
    };
    for (ix, &ty) in shape.types.iter().enumerate() {
        facts.nodes.push(Node {
            id: format!("{}-{ix}", model.ty(ty).name.to_lowercase()).into(),
            ty,
            container: shape.parents[ix].map(id),
            values: model.ty(ty).attributes.iter().map(Attribute::unset).collect(),
            span,
        });
    }
    for name in ["u", "w", "x"].into_iter().take(if has_chains(small) { 3 } else { 2 }) {
        facts.users.push(User {
            id: name.into(),
            ty: USER,
            places: Places::new(),
            values: model.ty(USER).attributes.iter().map(Attribute::unset).collect(),
            span,
        });
    }
    for (name, member) in [("everyone", None), ("g", Some(U)), ("h", Some(W))] {
        facts.groups.push(Group {
            id: name.to_owned(),
            place: None,
            members: member.map(Member::User).into_iter().collect(),
            span,
        });
    }
    facts
}
