//! A witness put to the evaluator: its facts read as a user's would be, its request asked.

use super::Writer;
use crate::analyze::picture::Given;
use crate::analyze::world::{Aim, Owner};
use crate::diagnostic::Found;
use crate::eval::org::Org;
use crate::eval::{Resource, Target, degree};
use crate::facts::Facts;
use crate::facts::read::{Names, parse_value, read};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, Pool, Tri, Value};
use crate::model::{Model, TypeId};
use crate::source::FileId;
use crate::table::Table;
use crate::yaml;

/// What the evaluator is asked, by names.
#[derive(Debug, Clone)]
pub(super) struct Request {
    permission: String,
    caller: Option<String>,
    start: String,
    start_type: String,
    /// A target that is no listed node, with its type.
    own: Option<(Own, String)>,
    other: String,
    /// Name and texts.
    context: Vec<(String, Vec<String>)>,
    given: Vec<(String, Vec<String>)>,
}

/// What is asked about where it is no listed node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    /// A node that is to be made.
    Fresh,
    /// A node that nobody lists.
    Unlisted,
    User,
}

impl Writer<'_, '_> {
    pub(super) fn request(&self, permission: PermId) -> Request {
        let start = self.start_node();
        Request {
            permission: key(self.model(), permission),
            caller: self.picture.signed_in.then(|| self.names.user(0).to_owned()),
            start: self.start().to_owned(),
            start_type: self.model().ty(self.world.nodes[start.0 as usize].ty).name.clone(),
            own: self.own().map(|(own, ty)| (own, self.model().ty(ty).name.clone())),
            other: self.names.user(self.other()).to_owned(),
            context: self.slots(Owner::Context),
            given: self.slots(Owner::Fresh(self.second)),
        }
    }

    fn own(&self) -> Option<(Own, TypeId)> {
        match self.aim() {
            Aim::Node => self.unlisted().map(|ty| (Own::Unlisted, ty)),
            Aim::Fresh(ty) => Some((Own::Fresh, ty)),
            Aim::User(ty) => Some((Own::User, ty)),
        }
    }

    fn slots(&self, owner: Owner) -> Vec<(String, Vec<String>)> {
        let model = self.model();
        let terms = self.world.terms.iter().zip(&self.picture.values).enumerate();
        terms
            .filter(|(ix, (term, _))| term.owner == owner && self.knows(*ix))
            .filter_map(|(_, (term, given))| {
                let values = match given {
                    Given::Not => return None,
                    Given::One(value) => vec![*value],
                    Given::Set(values) => values.clone(),
                };
                let texts = values
                    .into_iter()
                    .map(|value| plain(self.names.value(value, model, term.ty.of)));
                Some((model.attr_names[term.name.0 as usize].clone(), texts.collect()))
            })
            .collect()
    }
}

/// A permission by a name that is no other's: of two policies one may have a second role or place of the same name.
fn key(model: &Model, id: PermId) -> String {
    let shown = model.show_permission(id);
    match model.permissions.get(id) {
        Permission::Give(role) => format!("give {}", model.full_role(role)),
        Permission::Take(role) => format!("take {}", model.full_role(role)),
        Permission::Grant(inner) => format!("grant {}", key(model, inner)),
        Permission::AddMember(ty) | Permission::RemoveMember(ty) => format!("{shown} {}", model.ty(ty).name),
        Permission::Act { .. } => shown,
    }
}

/// A string without the quotes that YAML wants.
fn plain(text: String) -> String {
    match text.strip_prefix('"') {
        Some(_) => serde_json::from_str(&text).unwrap_or(text),
        None => text,
    }
}

impl super::Witness {
    /// What the evaluator says; none if the policy does not take these facts.
    #[must_use]
    pub fn replay(&self, table: &Table, file: FileId) -> Option<bool> {
        self.degree(table, file).map(|degree| degree == Tri::True)
    }

    /// The same, with unknown told from false.
    #[must_use]
    pub fn degree(&self, table: &Table, file: FileId) -> Option<Tri> {
        self.ask(&self.request, table, file)
    }

    /// What the evaluator says of the second request.
    #[must_use]
    pub fn replay_second(&self, table: &Table, file: FileId) -> Option<bool> {
        let degree = self.ask(&self.second.as_ref()?.1, table, file);
        degree.map(|degree| degree == Tri::True)
    }

    fn ask(&self, request: &Request, table: &Table, file: FileId) -> Option<Tri> {
        let mut found = Found::default();
        let yaml = yaml::read(file, &self.facts, &mut found)?;
        let mut facts = read(&yaml, table.model(), &mut found);
        if found.has_errors() {
            return None;
        }
        let (context, given) = request.values(table, &mut facts)?;
        let org = Org::new(table, &facts);
        let user = |name: &str| facts.user_named(name);
        let node = request.node(table, &facts)?;
        let model = table.model();
        let target = match &request.own {
            None => Target::node(node),
            Some((Own::Fresh, ty)) => Target::created(model.type_named(ty)?, node),
            Some((Own::Unlisted, ty)) => Target::unlisted(model.type_named(ty)?, node),
            Some((Own::User, ty)) => {
                let (other, ty) = (user(&request.other)?, model.type_named(ty)?);
                (facts.user(other).ty == ty).then_some(Target::user(other, ty, node))?
            }
        };
        let named = |(id, _): &(PermId, _)| key(model, *id) == request.permission;
        let (permission, what) = model.permissions.iter().find(named)?;
        let handed = what.is_administrative();
        let caller = match &request.caller {
            Some(name) => Some(user(name)?),
            None => None,
        };
        let recipient = match (handed, target.resource) {
            (true, Resource::Node(_)) => Some(user(&request.other)?),
            _ => None,
        };
        let request = crate::eval::Request {
            user: caller,
            permission,
            target,
            recipient,
            context: &context,
            given: &given,
            pool: &facts.pool,
        };
        Some(degree(table, &org, &request))
    }
}

/// Values supposed of a fresh target, by slot.
type Supposed = Vec<(usize, Value)>;

impl Request {
    fn node(&self, table: &Table, facts: &Facts) -> Option<NodeId> {
        let ty = table.model().type_named(&self.start_type)?;
        facts
            .node_ids()
            .find(|&id| facts.node(id).id == self.start && facts.node(id).ty == ty)
    }

    /// The request's context, and what it supposes of a fresh target.
    fn values(&self, table: &Table, facts: &mut Facts) -> Option<(Vec<Value>, Supposed)> {
        let model = table.model();
        let mut pool: Pool = facts.pool.clone();
        let names = Names::of(facts, model);
        let mut context = vec![Value::Missing; model.context.len()];
        for (ix, attribute) in model.context.iter().enumerate() {
            context[ix] = attribute.unset();
        }
        for (name, texts) in &self.context {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let slot = model.context.iter().position(|it| it.name == *name)?;
            context[slot] = parse_value(&texts, model.context[slot].ty, &names, &mut pool).ok()?;
        }
        let mut given = Vec::new();
        if let Some((Own::Fresh | Own::Unlisted, ty)) = &self.own {
            let attributes = &model.ty(model.type_named(ty)?).attributes;
            for (name, texts) in &self.given {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                let slot = attributes.iter().position(|it| it.name == *name)?;
                given.push((slot, parse_value(&texts, attributes[slot].ty, &names, &mut pool).ok()?));
            }
        }
        facts.pool = pool;
        Some((context, given))
    }
}
