//! Rolebook: everything about how it is called.
//!
//! 1. [`load`] compiles a policy and reads facts, both from text.
//! 2. [`Rolebook`] finds users and nodes by [`Names`]; permissions it keeps, as an application does, by type and action.
//! 3. A handle is a prepared [`Request`].
//!
//! The facts of each application are written in [`facts`].

mod facts;

use ::rolebook::diagnostic::Found;
use ::rolebook::eval::org::Org;
use ::rolebook::eval::{Request, Target, decide};
use ::rolebook::facts::read::{self, Names};
use ::rolebook::model::permission::{PermId, Permission};
use ::rolebook::model::{self, resolve};
use ::rolebook::source::Sources;
use ::rolebook::syntax::parse;
use ::rolebook::table::{self, Table};
use ::rolebook::yaml;
use hashbrown::HashMap;

use crate::apps::{App, Ask};
use crate::engine::Engine;

/// A policy and an organisation, ready to decide. What is borrowed lives until the process ends.
pub struct Rolebook {
    table: &'static Table,
    org: Org<'static>,
    names: Names<'static>,
    /// By type and action.
    permissions: HashMap<(&'static str, &'static str), PermId>,
}

/// The policy of an application with its organisation.
pub fn new(app: &App) -> Rolebook {
    let policy = match app {
        App::Gdrive(_) => include_str!("../policies/gdrive.roles"),
        App::Github(_) => include_str!("../policies/github.roles"),
        App::Tinytodo(_) => include_str!("../policies/tinytodo.roles"),
    };
    load(policy, &facts::of(app))
}

/// Compiles a policy and reads facts.
pub fn load(policy: &str, facts: &str) -> Rolebook {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let file = sources.add("policy.roles", policy);
    let tree = parse::policy(file, policy, &mut found);
    let model = resolve::resolve(&[tree], &mut found);
    let checked = model::check(&model, &found).unwrap_or_else(|_| panic!("{found:?}"));
    let table: &'static Table = Box::leak(Box::new(table::compile(checked)));
    let file = sources.add("facts.yaml", facts);
    let yaml = yaml::read(file, facts, &mut found).expect("the facts are YAML");
    let facts = Box::leak(Box::new(read::read(&yaml, table.model(), &mut found)));
    assert!(!found.has_errors(), "{:?}", found.iter().next());
    let facts = &*facts;
    Rolebook {
        table,
        org: Org::new(table, facts),
        names: Names::of(facts, table.model()),
        permissions: permissions(table),
    }
}

/// The ordinary permissions by type and action.
fn permissions(table: &'static Table) -> HashMap<(&'static str, &'static str), PermId> {
    let model = table.model();
    let mut named = HashMap::new();
    for (id, what) in model.permissions.iter() {
        if let Permission::Act {
            ty,
            action,
            field: None,
        } = what
        {
            let ty = model.ty(ty);
            named.insert((ty.name.as_str(), ty.actions[action].name.as_str()), id);
        }
    }
    named
}

impl Engine for Rolebook {
    type Handle = Request<'static>;

    fn prepare(&self, ask: &Ask) -> Self::Handle {
        Request {
            user: self.names.user_of(&ask.user),
            permission: self.permissions[&(ask.kind, ask.action)],
            target: Target::node(self.names.node_of(&ask.resource, |_| true).expect("it is listed")),
            recipient: None,
            context: &[],
            given: &[],
            pool: &self.org.facts.pool,
        }
    }

    fn interned(&mut self, handle: &Self::Handle) -> bool {
        decide(self.table, &self.org, handle)
    }

    fn strings(&mut self, ask: &Ask) -> bool {
        decide(self.table, &self.org, &self.prepare(ask))
    }
}
