//! Names to meanings: from the trees of a policy's files to one [`Model`].
//!
//! 1. [`types`] declares node types, kinds of principals and the request; then attributes, actions, implications.
//! 2. [`roles`] declares roles and role sets; [`areas`] names sets of permissions.
//! 3. [`rules`] resolves each rule once per node type at which it lands; [`powers`] finds the permissions that it
//!    concerns, [`relations`] and [`conditions`] type what it asks.
//! 4. [`inherit`] copies rules along `extends`; [`derive`] looks for circles of derivation.
//! 5. [`statements`] resolves constraints and promises.
//!
//! Every step goes on after an error, so that all mistakes of a run are shown and editors always have a model.

mod areas;
mod attributes;
mod conditions;
mod cycles;
mod derive;
mod inherit;
mod loose;
mod names;
mod operands;
mod powers;
mod relations;
mod roles;
mod rules;
mod statements;
mod types;

use std::collections::HashMap;
use std::rc::Rc;

use super::containment::Containment;
use super::permission::Permissions;
use super::value::Pool;
use super::{AttrName, Enumeration, Model, Reach, RuleId, TypeId};
use crate::diagnostic::Found;
use crate::syntax::ast;

pub use loose::Loose;
pub(in crate::model) use names::Index;

/// Resolves the trees of one policy's files. Always gives a model; what is wrong stands in `found`.
#[must_use]
pub fn resolve(files: &[ast::File], found: &mut Found) -> Model {
    let mut resolver = Resolver::new(files, found);
    resolver.declare_types();
    resolver.declare_roles();
    resolver.declare_attributes();
    resolver.number_permissions();
    resolver.resolve_areas();
    resolver.resolve_heads();
    resolver.resolve_rules();
    resolver.inherit_rules();
    resolver.resolve_statements();
    resolver.check_derivations();
    resolver.model
}

/// A block of a role's rules, or a rule without a role, by its place in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct BlockId(u32);

/// The state of a resolution.
pub(crate) struct Resolver<'a> {
    items: Vec<&'a ast::Item>,
    blocks: Vec<&'a ast::RoleDecl>,
    model: Model,
    containment: Containment,
    found: &'a mut Found,
    names: names::Index,
    enums: HashMap<Enumeration, u32>,
    attr_keys: HashMap<String, AttrName>,
    /// Own rules of each role: block and position in it.
    own: Vec<Vec<(BlockId, usize)>>,
    /// Each rule of a block as resolved for a node type.
    resolved: HashMap<(BlockId, usize, TypeId), RuleId>,
    /// Where a resolved rule of a block came from.
    origin: HashMap<RuleId, (BlockId, usize)>,
    /// Types within a reach, by where the role is held, the reach, and whether borders count.
    within: HashMap<(Option<TypeId>, Reach, bool), Rc<[TypeId]>>,
}

impl<'a> Resolver<'a> {
    fn new(files: &'a [ast::File], found: &'a mut Found) -> Self {
        let model = Model {
            title: Vec::new(),
            types: Vec::new(),
            context: Vec::new(),
            enums: Vec::new(),
            permissions: Permissions::default(),
            areas: Vec::new(),
            bundles: Vec::new(),
            roles: Vec::new(),
            rules: Vec::new(),
            public: Vec::new(),
            constraints: Vec::new(),
            promises: Vec::new(),
            pool: Pool::default(),
            attr_names: Vec::new(),
            slots: Vec::new(),
            index: Index::default(),
        };
        Self {
            items: files.iter().flat_map(|file| &file.items).collect(),
            blocks: Vec::new(),
            model,
            containment: Containment::default(),
            found,
            names: names::Index::default(),
            enums: HashMap::new(),
            attr_keys: HashMap::new(),
            own: Vec::new(),
            resolved: HashMap::new(),
            origin: HashMap::new(),
            within: HashMap::new(),
        }
    }

    /// The shared key of an attribute's name.
    fn attr_key(&mut self, name: &str) -> AttrName {
        if let Some(&key) = self.attr_keys.get(name) {
            return key;
        }
        let key = AttrName(u32::try_from(self.model.attr_names.len()).unwrap_or(u32::MAX));
        self.model.attr_names.push(name.to_owned());
        self.attr_keys.insert(name.to_owned(), key);
        key
    }

    fn type_name(&self, ty: TypeId) -> &str {
        &self.model.ty(ty).name
    }
}
