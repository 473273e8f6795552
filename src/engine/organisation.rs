//! An organisation made ready, with questions by names.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::object::Kind;
use super::{Error, Object, Policy, Prepared};
use crate::diagnostic::{Diagnostic, Found};
use crate::eval::Target;
use crate::eval::org::{self, Org};
use crate::facts::Facts;
use crate::model::value::{NodeId, Tri, UserId, Value, clock};
use crate::model::{Model, NOW, Root, Rule, TypeId};
use crate::query::{Answer, Ground, ask, render};
use crate::source::{Sources, nfc};
use crate::syntax::parse;

/// A user, looked up: [`Organisation::user`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct User {
    pub(super) id: UserId,
    /// Whose.
    pub(super) of: Mark,
}

/// A node, looked up: [`Organisation::node`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    pub(super) id: NodeId,
    /// Whose.
    pub(super) of: Mark,
}

/// What tells organisations apart: the numbers of users and nodes are those of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Mark(u64);

impl Mark {
    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// An organisation that a policy is asked about; a clone is the same one. It may be shared between threads.
#[derive(Clone)]
pub struct Organisation(Arc<Ready>);

struct Ready {
    mark: Mark,
    policy: Policy,
    org: Org<'static>,
    sources: Sources,
    /// The moment plays a part in some answer.
    is_timed: bool,
    names: OnceLock<Names>,
}

/// Users and nodes by their ids.
struct Names {
    users: HashMap<Box<str>, UserId>,
    nodes: HashMap<(TypeId, Box<str>), NodeId>,
}

impl Names {
    fn of(facts: &Facts) -> Self {
        let users = facts.user_ids().map(|id| (facts.user(id).id.as_str().into(), id));
        let nodes = facts.node_ids().map(|id| {
            let node = facts.node(id);
            ((node.ty, node.id.as_str().into()), id)
        });
        Self {
            users: users.collect(),
            nodes: nodes.collect(),
        }
    }
}

impl Organisation {
    pub(super) fn new(policy: Policy, facts: Facts, sources: Sources) -> Self {
        let org = Org::shared(policy.table(), Arc::new(facts));
        Self(Arc::new(Ready {
            mark: Mark::next(),
            is_timed: org.has_windows() || reads_now(policy.table().model()) || org.facts.rules().any(reads_moment),
            policy,
            org,
            sources,
            names: OnceLock::new(),
        }))
    }

    pub(super) fn mark(&self) -> Mark {
        self.0.mark
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.0.policy
    }

    pub(super) fn org(&self) -> &Org<'static> {
        &self.0.org
    }

    fn model(&self) -> &Model {
        self.policy().table().model()
    }

    fn names(&self) -> &Names {
        self.0.names.get_or_init(|| Names::of(&self.org().facts))
    }

    /// What a request carries by itself: what the facts say of every request, and the moment.
    pub(super) fn context(&self) -> Vec<Value> {
        let mut context = self.org().facts.context.clone();
        context.resize(self.model().context.len(), Value::Missing);
        context[NOW] = self.now();
        context
    }

    /// The moment of a request that is made now; not looked up where nothing hangs on it.
    pub(super) fn now(&self) -> Value {
        match org::now(&self.org().facts.context) {
            Value::Missing if self.0.is_timed => clock(),
            named => named,
        }
    }

    /// A user of this id.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn user(&self, id: &str) -> Result<User, Error> {
        let users = &self.names().users;
        let known = users.get(nfc(id).as_ref());
        known.map(|&id| User { id, of: self.mark() }).ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-user", format!("unknown user `{id}`"));
            fault.did_you_mean(id, users.keys().map(AsRef::as_ref)).into()
        })
    }

    /// A node of this type and id.
    ///
    /// # Errors
    ///
    /// There is no such type, or no node of it with this id.
    pub fn node(&self, ty: &str, id: &str) -> Result<Node, Error> {
        let (ty, nodes) = (self.type_named(ty)?, &self.names().nodes);
        let known = nodes.get(&(ty, nfc(id).as_ref().into()));
        known.map(|&id| Node { id, of: self.mark() }).ok_or_else(|| {
            let name = &self.model().ty(ty).name;
            let fault = Diagnostic::error("name/unknown-node", format!("unknown `{name}` `{id}`"));
            let others = nodes
                .keys()
                .filter(|(other, _)| *other == ty)
                .map(|(_, id)| id.as_ref());
            fault.did_you_mean(id, others).into()
        })
    }

    pub(super) fn type_named(&self, name: &str) -> Result<TypeId, Error> {
        let model = self.model();
        model.type_named(name).ok_or_else(|| {
            let fault = Diagnostic::error("name/unknown-type", format!("unknown type `{name}`"));
            fault
                .did_you_mean(name, model.types.iter().map(|ty| ty.name.as_str()))
                .into()
        })
    }

    /// What is acted upon, looked up; the name of a field is no part of it.
    pub(super) fn target(&self, object: &Object<'_>, creating: bool) -> Result<Target, Error> {
        let name = object.ty.split_once('.').map_or(object.ty, |(ty, _)| ty);
        Ok(match object.kind {
            Kind::Listed(id) => Target::node(self.node(name, id)?.id),
            Kind::In((ty, id)) => {
                let (own, container) = (self.type_named(name)?, self.node(ty, id)?.id);
                match creating {
                    true => Target::created(own, container),
                    false => Target::unlisted(own, container),
                }
            }
            Kind::Member(id, (ty, place)) => {
                let (own, place) = (self.type_named(name)?, self.node(ty, place)?.id);
                Target::user(self.user(id)?.id, own, place)
            }
        })
    }

    /// Whether a user may do this to that, now.
    ///
    /// # Errors
    ///
    /// A name is unknown, or the deed is not one that can be done to such an object.
    pub fn can<'n>(&self, user: &str, action: &str, object: impl Into<Object<'n>>) -> Result<bool, Error> {
        let object = object.into();
        let deed = self.prepare(action, object.ty)?;
        let target = self.target(&object, deed.is_creating())?;
        deed.decide(self.user(user)?.id, target)
    }

    /// An action on a type, or on a field of it (`Order.cost`), looked up once to be decided again and again.
    ///
    /// # Errors
    ///
    /// The type is unknown, or has no such action or field.
    pub fn prepare(&self, action: &str, ty: &str) -> Result<Prepared, Error> {
        Prepared::new(self, action, ty)
    }

    /// The answer to a sentence, as `rolebook ask` gives it: `why cannot oz edit tender-18`, `who can view Order in paris`.
    ///
    /// # Errors
    ///
    /// It is no sentence, or names what is not known.
    pub fn ask(&self, sentence: &str) -> Result<Reply, Error> {
        let (mut sources, mut found) = (self.0.sources.clone(), Found::default());
        let file = sources.add("sentence", sentence);
        let ground = Ground {
            table: self.policy().table(),
            org: Some(self.org()),
            now: clock(),
        };
        let answer = parse::sentence(file, sentence, &mut found).and_then(|it| ask(&ground, &it, &mut found));
        match answer.filter(|_| !found.has_errors()) {
            Some(answer) => Ok(Reply {
                text: render::text(&answer, &ground, &sources),
                answer,
            }),
            None => Err(Error::new(found, &sources)),
        }
    }
}

/// A rule of the policy asks for the moment.
fn reads_now(model: &Model) -> bool {
    model.rules.iter().any(reads_moment)
}

fn reads_moment(rule: &Rule) -> bool {
    rule.paths().any(|path| path.root == Root::Context(NOW))
}

/// The answer to a sentence; shown, it is what `rolebook ask` prints.
#[derive(Debug, Clone)]
pub struct Reply {
    answer: Answer,
    text: String,
}

impl Reply {
    /// Yes or no, allowed or denied; none for what is answered by a list, or is not known.
    #[must_use]
    pub fn is_yes(&self) -> Option<bool> {
        match self.answer.truth()? {
            Tri::True => Some(true),
            Tri::False => Some(false),
            Tri::Unknown => None,
        }
    }

    /// The names that answer *who* and *which*.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.answer.names().unwrap_or_default()
    }

    /// All that was found out.
    #[must_use]
    pub const fn answer(&self) -> &Answer {
        &self.answer
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text.trim_end())
    }
}
