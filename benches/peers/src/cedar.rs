//! Cedar: policies as written, entities with their ancestors computed beforehand.
//!
//! A handle is a prepared `Request`; from strings, ids and request are built anew, type names are not.

pub mod entities;

use std::collections::HashMap;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
};

use crate::apps::{App, Ask};
use crate::engine::Engine;

/// Policies and entities.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    kinds: HashMap<&'static str, EntityTypeName>,
}

/// The policies of an application with its entities.
pub fn new(app: &App) -> Cedar {
    let policies = match app {
        App::Gdrive(_) => include_str!("../policies/gdrive.cedar"),
        App::Github(_) => include_str!("../policies/github.cedar"),
        App::Tinytodo(_) => include_str!("../policies/tinytodo.cedar"),
    };
    let kinds = ["User", "Action", "Document", "Repository", "List", "Application"];
    load(policies, entities::of(app), &kinds)
}

/// Parses policies and computes the ancestors of entities.
pub fn load(policies: &str, entities: Vec<Entity>, kinds: &[&'static str]) -> Cedar {
    Cedar {
        authorizer: Authorizer::new(),
        policies: policies.parse().expect("the policies are written for Cedar"),
        entities: Entities::from_entities(entities, None).expect("the entities have no circles"),
        kinds: kinds.iter().map(|&kind| (kind, type_name(kind))).collect(),
    }
}

/// The name of a type.
pub fn type_name(kind: &str) -> EntityTypeName {
    kind.parse().expect("a name")
}

impl Cedar {
    fn uid(&self, kind: &str, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.kinds[kind].clone(), EntityId::new(id))
    }
}

impl Engine for Cedar {
    type Handle = Request;

    fn prepare(&self, ask: &Ask) -> Request {
        let principal = self.uid("User", &ask.user);
        let action = self.uid("Action", ask.action);
        let resource = self.uid(ask.kind, &ask.resource);
        Request::new(principal, action, resource, Context::empty(), None).expect("there is no schema to violate")
    }

    fn interned(&mut self, handle: &Request) -> bool {
        let response = self.authorizer.is_authorized(handle, &self.policies, &self.entities);
        response.decision() == Decision::Allow
    }

    fn strings(&mut self, ask: &Ask) -> bool {
        self.interned(&self.prepare(ask))
    }
}
