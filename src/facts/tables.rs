//! An organisation from tables: a folder of CSV and JSON Lines files, for facts that are too many for a document.
//!
//! | table | columns |
//! | --- | --- |
//! | `nodes` | `id`, `type`, `in`, and any attribute |
//! | `users` | `id`, `type`, `in` (several behind each other, `;` between), and any attribute |
//! | `groups` | `id`, `in` |
//! | `members` | `group`, `member` (a user, `group:other`) |
//! | `holdings` | `to`, `role`, `at`, `from`, `until`, and any parameter |
//! | `attributes` | `of`, `attribute`, `value`: one attribute of a node or user |
//!
//! Rows are streamed, so that memory is what the organisation takes and not what the files hold. First every id is
//! entered ([`Tables::nodes`], `users`, `groups`), then what refers to ids is read: members, holdings, and, in a second
//! pass over nodes and users where they have such columns, attributes. As in [`super::read`], what is wrong is reported
//! and left out; of each table the first [`SHOWN`] mistakes are told in full, with their line, the rest is counted.

mod rows;
mod tell;

use std::collections::{HashMap, HashSet};
use std::io::{self, Read};

use rows::{Fault, Rows, SEPARATOR};
use tell::Told;

use super::read::{Names, constant, contain_circles, moment, parse_value, relation_circles};
use super::{EVERYONE, Facts, Group, Holding, Member, Node, Subject, Thing, User, Window, defaults};
use crate::diagnostic::{Diagnostic, Found};
use crate::model::show::{attribute_names, type_list};
use crate::model::value::{DAY, GroupId, NodeId, UserId, Value};
use crate::model::{Attribute, Default, Model, RoleId, TypeId, TypeKind, USER};
use crate::source::{Sources, Span};

/// So many mistakes of a table are told in full.
pub const SHOWN: usize = 20;

/// What a table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Places and resources.
    Nodes,
    /// Users and other principals.
    Users,
    /// Groups.
    Groups,
    /// Who is in which group.
    Members,
    /// Roles given by hand.
    Holdings,
    /// Single attributes.
    Attributes,
}

impl Kind {
    /// Every kind, in the order in which they are read.
    pub const ALL: [Self; 6] = [
        Self::Nodes,
        Self::Users,
        Self::Groups,
        Self::Members,
        Self::Holdings,
        Self::Attributes,
    ];

    /// The name of the file, without its ending.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Members => "members",
            Self::Holdings => "holdings",
            Self::Attributes => "attributes",
        }
    }

    /// Its columns, and whether each must be there.
    const fn columns(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Nodes => &[("id", true), ("type", true), ("in", false)],
            Self::Users => &[("id", true), ("type", false), ("in", false)],
            Self::Groups => &[("id", true), ("in", false)],
            Self::Members => &[("group", true), ("member", true)],
            Self::Holdings => &[
                ("to", true),
                ("role", true),
                ("at", true),
                ("from", false),
                ("until", false),
            ],
            Self::Attributes => &[("of", true), ("attribute", true), ("value", true)],
        }
    }

    /// Further columns are attributes or parameters.
    const fn has_extra(self) -> bool {
        matches!(self, Self::Nodes | Self::Users | Self::Holdings)
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header, as in RFC 4180.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// Opens a table from its start.
pub type Open<'o> = Box<dyn Fn() -> io::Result<Box<dyn Read>> + 'o>;

/// One table.
pub struct Input<'o> {
    /// The name that it is shown under.
    pub name: String,
    /// What it is about.
    pub kind: Kind,
    /// How it is written.
    pub format: Format,
    /// Opens it from its start; it may be read twice.
    pub open: Open<'o>,
}

/// Reads an organisation. What is wrong is left out and stands in `found`.
#[must_use]
pub fn read(inputs: &[Input<'_>], model: &Model, sources: &mut Sources, found: &mut Found) -> Facts {
    let facts = Facts {
        pool: model.pool.clone(),
        context: model.context.iter().map(constant).collect(),
        ..Facts::default()
    };
    let mut tables = Tables {
        model,
        names: Names::of(&facts, model),
        facts,
        told: Told::new(sources, found),
        left_out: HashSet::new(),
        outside: Vec::new(),
        given: HashSet::new(),
        roles: HashMap::new(),
    };
    tables.everyone();
    for kind in Kind::ALL {
        for input in inputs.iter().filter(|input| input.kind == kind) {
            tables.table(input);
        }
        if kind == Kind::Nodes {
            tables.contain();
        }
    }
    tables.finish(inputs)
}

/// The state of a reading.
struct Tables<'m, 't> {
    model: &'m Model,
    facts: Facts,
    names: Names<'m>,
    told: Told<'t>,
    /// Ids of rows that were left out: what refers to them is not reported again.
    left_out: HashSet<Box<str>>,
    /// Nodes whose container was not known yet when they were read.
    outside: Vec<(NodeId, Span, Box<str>)>,
    /// Attributes that fall back on a path, and were given.
    given: HashSet<(Thing, usize)>,
    /// The roles of a name, looked up once.
    roles: HashMap<Box<str>, Vec<RoleId>>,
}

/// A mistake in a cell of a row.
type Wrong = (&'static str, Diagnostic);

impl Tables<'_, '_> {
    fn everyone(&mut self) {
        self.names.add_group("everyone", EVERYONE);
        let file = self.told.nowhere();
        self.facts.groups.push(Group {
            id: "everyone".to_owned(),
            place: None,
            members: Vec::new(),
            span: Span::new(file, 0, 0),
        });
    }

    /// Reads the ids of a table, or what refers to them.
    fn table(&mut self, input: &Input<'_>) {
        self.pass(input, |tables, rows, span| match input.kind {
            Kind::Nodes => tables.node(rows, span),
            Kind::Users => tables.user(rows, span),
            Kind::Groups => tables.group(rows, span),
            Kind::Members => tables.member(rows),
            Kind::Holdings => tables.holding(rows, span),
            Kind::Attributes => Ok(()),
        });
    }

    /// Goes through a table once.
    fn pass(&mut self, input: &Input<'_>, mut each: impl FnMut(&mut Self, &Rows, Span) -> Result<(), Wrong>) {
        let file = self.told.file(&input.name);
        let mut faults = Vec::new();
        let mut rows = match Rows::open(input) {
            Ok(rows) => rows,
            Err(fault) => return self.told.tell(input, vec![fault], 0),
        };
        let mut more = 0;
        loop {
            let fault = match rows.advance() {
                Ok(false) => break,
                Ok(true) => {
                    let line = usize::try_from(rows.line).unwrap_or(usize::MAX);
                    match each(self, &rows, Span::new(file, line, line)) {
                        Ok(()) => continue,
                        Err((column, diagnostic)) => Fault {
                            line: rows.line,
                            column: Some(column.to_owned()),
                            diagnostic,
                        },
                    }
                }
                Err(fault) => fault,
            };
            let is_over = fault.diagnostic.code == "project/unreadable";
            match faults.len() < SHOWN {
                true => faults.push(fault),
                false => more += 1,
            }
            if is_over {
                break;
            }
        }
        self.told.tell(input, faults, more);
    }

    /// A cell that must be there.
    fn need<'r>(rows: &'r Rows, column: usize, name: &'static str) -> Result<&'r str, Wrong> {
        rows.get(column).ok_or_else(|| (name, rows.lacks(name).diagnostic))
    }

    fn node(&mut self, rows: &Rows, span: Span) -> Result<(), Wrong> {
        let id = Self::need(rows, 0, "id")?;
        let ty = self.place_type(Self::need(rows, 1, "type")?);
        let ty = ty
            .inspect_err(|_| self.leave_out(id))
            .map_err(|fault| ("type", fault))?;
        let node = NodeId(count(self.facts.nodes.len()));
        if let Some(first) = self.names.add_node(id, ty, node) {
            return Err(("id", twice(id).at(self.facts.node(first).span, "first here")));
        }
        self.facts.nodes.push(Node {
            id: id.to_owned(),
            ty,
            container: None,
            values: Vec::new(),
            span,
        });
        match rows.get(2) {
            Some(container) => self.lies_in(node, container, span),
            None if self.model.ty(ty).kind == TypeKind::Account => Ok(()),
            None => {
                let message = format!("`{id}` lies in nothing: only accounts may stand alone");
                let list = type_list(self.model, &self.model.ty(ty).containers);
                let fault = Diagnostic::error("containment/no-container", message);
                Err(("id", fault.help(format!("it may lie in: {list}"))))
            }
        }
    }

    fn place_type(&self, name: &str) -> Result<TypeId, Diagnostic> {
        let fits = |ty: &TypeId| self.model.ty(*ty).kind != TypeKind::Principal;
        self.names.ty(name).filter(fits).ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-type", format!("unknown type `{name}`"));
            let known = self.model.type_ids().filter(fits);
            fault.did_you_mean(name, known.map(|ty| self.model.ty(ty).name.as_str()))
        })
    }

    /// Puts a node into its container, now or when all nodes are known.
    fn lies_in(&mut self, node: NodeId, container: &str, span: Span) -> Result<(), Wrong> {
        let ty = self.facts.node(node).ty;
        let allowed: &[TypeId] = &self.model.ty(ty).containers;
        match self.names.node_of(container, |ty| allowed.contains(&ty)) {
            Some(found) => self.facts.nodes[node.0 as usize].container = Some(found),
            None => self.outside.push((node, span, container.into())),
        }
        Ok(())
    }

    /// Puts the rest of the nodes into their containers, and looks for circles.
    fn contain(&mut self) {
        let mut wrong = 0;
        for (node, span, container) in std::mem::take(&mut self.outside) {
            let allowed: &[TypeId] = &self.model.ty(self.facts.node(node).ty).containers;
            match self.names.node(&container, Some(allowed)) {
                Ok(found) => self.facts.nodes[node.0 as usize].container = Some(found),
                Err(_) if self.left_out.contains(&container) => {}
                Err(fault) if wrong < SHOWN => {
                    wrong += 1;
                    self.told.found.push(fault.at(span, "in this row"));
                }
                Err(_) => self.told.more += 1,
            }
        }
        contain_circles(&mut self.facts, self.told.found);
    }

    fn user(&mut self, rows: &Rows, span: Span) -> Result<(), Wrong> {
        let id = Self::need(rows, 0, "id")?;
        if ["anyone", "everyone"].contains(&id) {
            let message = format!("no user can be called `{id}`");
            return Err(("id", Diagnostic::error("facts/reserved-id", message)));
        }
        let ty = rows.get(1).map_or(Ok(USER), |name| self.principal(name));
        let ty = ty
            .inspect_err(|_| self.leave_out(id))
            .map_err(|fault| ("type", fault))?;
        let user = UserId(count(self.facts.users.len()));
        if let Some(first) = self.names.add_user(id, ty, user) {
            return Err(("id", twice(id).at(self.facts.user(first).span, "first here")));
        }
        self.facts.users.push(User {
            id: id.to_owned(),
            ty,
            places: Vec::new(),
            values: Vec::new(),
            span,
        });
        let Some(listed) = rows.get(2) else { return Ok(()) };
        let mut places = Vec::with_capacity(1);
        for place in listed.split(SEPARATOR) {
            places.extend(self.place(place.trim()).map_err(|fault| ("in", fault))?);
        }
        places.sort_unstable();
        places.dedup();
        self.facts.users[user.0 as usize].places = places;
        Ok(())
    }

    fn principal(&self, name: &str) -> Result<TypeId, Diagnostic> {
        let fits = |ty: &TypeId| self.model.ty(*ty).kind == TypeKind::Principal;
        self.names.ty(name).filter(fits).ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-type", format!("unknown kind of user `{name}`"));
            let known = self.model.type_ids().filter(fits);
            fault.did_you_mean(name, known.map(|ty| self.model.ty(ty).name.as_str()))
        })
    }

    /// The account or unit of an id; nothing if it was left out.
    fn place(&self, text: &str) -> Result<Option<NodeId>, Diagnostic> {
        let fits = |ty: TypeId| self.model.ty(ty).kind.is_place();
        if let Some(found) = self.names.node_of(text, fits) {
            return Ok(Some(found));
        }
        if self.left_out.contains(text) {
            return Ok(None);
        }
        let places: Vec<TypeId> = self.model.type_ids().filter(|&ty| fits(ty)).collect();
        self.names.node(text, Some(&places)).map(Some)
    }

    fn group(&mut self, rows: &Rows, span: Span) -> Result<(), Wrong> {
        let id = Self::need(rows, 0, "id")?;
        let group = GroupId(count(self.facts.groups.len()));
        if self.names.add_group(id, group).is_some() {
            return Err(("id", twice(id)));
        }
        self.facts.groups.push(Group {
            id: id.to_owned(),
            place: None,
            members: Vec::new(),
            span,
        });
        if let Some(place) = rows.get(1) {
            let place = self.place(place).map_err(|fault| ("in", fault))?;
            self.facts.groups[group.0 as usize].place = place;
        }
        Ok(())
    }

    fn member(&mut self, rows: &Rows) -> Result<(), Wrong> {
        let group = Self::need(rows, 0, "group")?;
        let group = self.names.group(group).map_err(|fault| ("group", fault))?;
        if group == EVERYONE {
            let message = "`everyone` is all users; nobody need be put into it";
            return Err(("group", Diagnostic::error("facts/reserved-id", message)));
        }
        let member = match self
            .subject(Self::need(rows, 1, "member")?)
            .map_err(|fault| ("member", fault))?
        {
            Some(Subject::User(user)) => Member::User(user),
            Some(Subject::Group(inner)) => Member::Group(inner),
            None => return Ok(()),
        };
        self.facts.groups[group.0 as usize].members.push(member);
        Ok(())
    }

    /// `oz`, `group:interns`; nothing if it was left out.
    fn subject(&self, text: &str) -> Result<Option<Subject>, Diagnostic> {
        let found = match text.starts_with("group:") {
            true => self.names.group(text).map(Subject::Group),
            false => self.names.user(text, None).map(Subject::User),
        };
        match found {
            Err(_) if self.left_out.contains(text) => Ok(None),
            found => found.map(Some),
        }
    }

    fn holding(&mut self, rows: &Rows, span: Span) -> Result<(), Wrong> {
        let subject = self
            .subject(Self::need(rows, 0, "to")?)
            .map_err(|fault| ("to", fault))?;
        let name = Self::need(rows, 1, "role")?;
        let (role, node) = match self.role_at(name, Self::need(rows, 2, "at")?)? {
            Some(found) => found,
            None => return Ok(()),
        };
        let window = window(rows)?;
        let parameters = self.parameters(rows, role)?;
        self.facts.holdings.extend(subject.map(|subject| Holding {
            subject,
            role,
            node,
            window,
            parameters,
            span,
        }));
        Ok(())
    }

    /// The role of a name at a node of its type; nothing if the node was left out.
    fn role_at(&mut self, name: &str, at: &str) -> Result<Option<(RoleId, NodeId)>, Wrong> {
        if !self.roles.contains_key(name) {
            self.roles.insert(name.into(), self.names.roles(name));
        }
        let (model, roles) = (self.model, self.roles[name].as_slice());
        if roles.is_empty() {
            return Err(("role", self.names.unknown_role(name)));
        }
        let of = |ty: TypeId| roles.iter().copied().find(|&role| model.role(role).ty == ty);
        let node = match self.names.node_of(at, |ty| of(ty).is_some()) {
            Some(node) => node,
            None if self.left_out.contains(at) => return Ok(None),
            None => {
                let types: Vec<TypeId> = roles.iter().map(|&role| model.role(role).ty).collect();
                self.names.node(at, Some(&types)).map_err(|fault| ("at", fault))?
            }
        };
        match of(self.facts.node(node).ty) {
            Some(role) if model.role(role).is_derived() => {
                let message = format!("`{name}` is derived and cannot be given by hand");
                Err(("role", Diagnostic::error("role/derived-by-hand", message)))
            }
            role => Ok(role.map(|role| (role, node))),
        }
    }

    /// The values of a role's parameters, given or by default, sorted by name.
    fn parameters(&mut self, rows: &Rows, role: RoleId) -> Result<Vec<(crate::model::AttrName, Value)>, Wrong> {
        let known: &[Attribute] = &self.model.role(role).parameters;
        let mut values = Vec::new();
        for (at, name) in &rows.extra {
            let Some(text) = rows.cell(*at) else { continue };
            let Some(parameter) = known.iter().find(|parameter| parameter.name == *name) else {
                let message = format!("`{}` has no parameter `{name}`", self.model.role(role).name);
                let fault = Diagnostic::error("name/unknown-parameter", message);
                return Err(("role", fault.did_you_mean(name, attribute_names(known))));
            };
            values.push((
                parameter.key,
                self.value(text, parameter).map_err(|fault| ("role", fault))?,
            ));
        }
        for parameter in known {
            let given = values.iter().any(|(key, _)| *key == parameter.key);
            if let (false, Default::Value(value)) = (given, &parameter.default) {
                values.push((parameter.key, *value));
            }
        }
        values.sort_unstable_by_key(|(key, _)| *key);
        Ok(values)
    }

    fn value(&mut self, text: &str, attribute: &Attribute) -> Result<Value, Diagnostic> {
        let texts: Vec<&str> = match attribute.ty.many {
            true => text.split(SEPARATOR).map(str::trim).collect(),
            false => vec![text],
        };
        parse_value(&texts, attribute.ty, &self.names, &mut self.facts.pool)
    }

    /// Attributes, what they fall back on, and what must stand once only.
    fn finish(mut self, inputs: &[Input<'_>]) -> Facts {
        self.blank();
        for input in inputs {
            match input.kind {
                Kind::Nodes | Kind::Users => self.columns(input),
                Kind::Attributes => self.pass(input, |tables, rows, _| tables.attribute(rows)),
                _ => {}
            }
        }
        self.fall_back();
        defaults::fill(&mut self.facts, self.model);
        relation_circles(&self.facts, self.model, self.told.found);
        self.once();
        self.told.end();
        self.facts
    }

    /// Every attribute as it is where nothing is given.
    fn blank(&mut self) {
        let blank: Vec<Vec<Value>> = self
            .model
            .types
            .iter()
            .map(|ty| ty.attributes.iter().map(constant).collect())
            .collect();
        for node in &mut self.facts.nodes {
            node.values.clone_from(&blank[node.ty.ix()]);
        }
        for user in &mut self.facts.users {
            user.values.clone_from(&blank[user.ty.ix()]);
        }
    }

    /// The attributes that stand in further columns of nodes or users.
    fn columns(&mut self, input: &Input<'_>) {
        let has_extra = |rows: Rows| input.format == Format::JsonLines || !rows.extra.is_empty();
        if !Rows::open(input).is_ok_and(has_extra) {
            return;
        }
        let mut slots: HashMap<(usize, TypeId), Option<usize>> = HashMap::new();
        self.pass(input, |tables, rows, span| {
            let Some(thing) = tables.thing_of(input.kind, rows, span) else {
                return Ok(());
            };
            let ty = tables.facts.type_of(thing);
            for (at, name) in &rows.extra {
                let Some(text) = rows.cell(*at) else { continue };
                let slot = *slots.entry((*at, ty)).or_insert_with(|| tables.names.slot(ty, name));
                tables.set(thing, slot, name, text)?;
            }
            Ok(())
        });
    }

    /// What the first pass made of a row: nothing, if it left it out.
    fn thing_of(&self, kind: Kind, rows: &Rows, span: Span) -> Option<Thing> {
        let id = rows.get(0)?;
        match kind {
            Kind::Users => {
                let user = self.names.user(id, None).ok()?;
                (self.facts.user(user).span == span).then_some(Thing::User(user))
            }
            _ => {
                let ty = self.names.ty(rows.get(1)?)?;
                let node = self.names.node_of(id, |of| of == ty)?;
                (self.facts.node(node).span == span).then_some(Thing::Node(node))
            }
        }
    }

    fn attribute(&mut self, rows: &Rows) -> Result<(), Wrong> {
        let of = Self::need(rows, 0, "of")?;
        let name = Self::need(rows, 1, "attribute")?;
        let text = Self::need(rows, 2, "value")?;
        let thing = match (self.names.node_of(of, |_| true), self.names.user(of, None)) {
            (Some(node), Err(_)) => Thing::Node(node),
            (None, Ok(user)) => Thing::User(user),
            (None, Err(_)) if self.left_out.contains(of) => return Ok(()),
            (None, Err(_)) => {
                let node = self.names.node(of, None).map_err(|fault| ("of", fault))?;
                Thing::Node(node)
            }
            (Some(_), Ok(_)) => {
                let message = format!("`{of}` is a node and a user");
                let fault = Diagnostic::error("name/ambiguous", message);
                return Err(("of", fault.help("give the attribute in a column of `nodes` or `users`")));
            }
        };
        let slot = self.names.slot(self.facts.type_of(thing), name);
        self.set(thing, slot, name, text)
    }

    fn set(&mut self, thing: Thing, slot: Option<usize>, name: &str, text: &str) -> Result<(), Wrong> {
        let ty = self.model.ty(self.facts.type_of(thing));
        let Some(slot) = slot else {
            let fault = Diagnostic::error(
                "name/unknown-attribute",
                format!("`{}` has no attribute `{name}`", ty.name),
            );
            return Err(("attribute", fault.did_you_mean(name, attribute_names(&ty.attributes))));
        };
        let attribute = &ty.attributes[slot];
        // What cannot be read counts as missing, and does not fall back.
        let value = self.value(text, attribute);
        self.facts.values_mut(thing)[slot] = *value.as_ref().unwrap_or(&Value::Missing);
        if matches!(attribute.default, Default::Path(..)) {
            self.given.insert((thing, slot));
        }
        value.map(|_| ()).map_err(|fault| ("value", fault))
    }

    /// Notes the attributes that were not given and fall back on a path.
    fn fall_back(&mut self) {
        let falls: Vec<Vec<usize>> = self.model.types.iter().map(falling).collect();
        if falls.iter().all(Vec::is_empty) {
            return;
        }
        let nodes = super::read::outside_in(&self.facts.nodes).into_iter().map(Thing::Node);
        let things = nodes.chain(self.facts.user_ids().map(Thing::User));
        let slots = things.flat_map(|thing| {
            let falls = &falls[self.facts.type_of(thing).ix()];
            falls.iter().map(move |&slot| (thing, slot))
        });
        self.facts.fallbacks = slots.filter(|slot| !self.given.contains(slot)).collect();
    }

    /// Takes out holdings that are stated twice.
    fn once(&mut self) {
        let holdings = &self.facts.holdings;
        let key = |ix: &u32| {
            let it = &holdings[*ix as usize];
            (it.node, it.role, it.subject, it.window.from, it.window.until)
        };
        let mut order: Vec<u32> = (0..count(holdings.len())).collect();
        order.sort_unstable_by_key(|ix| (key(ix), *ix));
        let same = |pair: &&[u32]| {
            let parameters = |ix: u32| &holdings[ix as usize].parameters;
            key(&pair[0]) == key(&pair[1]) && parameters(pair[0]) == parameters(pair[1])
        };
        let mut again: Vec<u32> = order.windows(2).filter(same).map(|pair| pair[1]).collect();
        again.sort_unstable();
        for &ix in again.iter().take(SHOWN) {
            let it = &holdings[ix as usize];
            let (name, at) = (self.facts.role_name(self.model, it.role), &self.facts.node(it.node).id);
            let message = format!("`{name}` at `{at}` is given twice");
            let fault = Diagnostic::warning("facts/duplicate-holding", message);
            self.told.found.push(fault.at(it.span, "again here"));
        }
        self.told.more_warnings += again.len().saturating_sub(SHOWN);
        let mut next = 0;
        self.facts.holdings.retain(|_| {
            next += 1;
            again.binary_search(&(next - 1)).is_err()
        });
    }

    fn leave_out(&mut self, id: &str) {
        self.left_out.insert(id.into());
    }
}

/// Attributes of a type that fall back on a path.
fn falling(ty: &crate::model::Type) -> Vec<usize> {
    let slots = ty.attributes.iter().enumerate();
    let falls = slots.filter(|(_, attribute)| matches!(attribute.default, Default::Path(..)));
    falls.map(|(slot, _)| slot).collect()
}

fn twice(id: &str) -> Diagnostic {
    Diagnostic::error("name/duplicate", format!("`{id}` is declared twice"))
}

fn window(rows: &Rows) -> Result<Window, Wrong> {
    let bound = |column: usize, name: &'static str, day: i64| match rows.get(column) {
        None => Ok(None),
        Some(text) => moment(text, day).map(Some).map_err(|fault| (name, fault)),
    };
    let window = Window {
        from: bound(3, "from", 0)?.unwrap_or(Window::ALWAYS.from),
        until: bound(4, "until", DAY)?.unwrap_or(Window::ALWAYS.until),
    };
    match window.is_empty() {
        true => Err((
            "until",
            Diagnostic::error("facts/empty-window", "`until` is not after `from`"),
        )),
        false => Ok(window),
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
