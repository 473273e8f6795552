//! An organisation made ready, with questions by names.

use std::sync::{Arc, OnceLock};

use super::change::{Changed, Changes};
use super::names::{Mark, Names};
use super::{Datum, Error, Object, Policy, Prepared, Reply};
use crate::diagnostic::{Diagnostic, Found};
use crate::eval::org::{self, Index, Org};
use crate::facts::{Facts, Thing, read};
use crate::model::value::{AttributeType, Pool, Scalar, Value, clock};
use crate::model::{Model, NOW, Root, Rule};
use crate::query::how_could::Budget;
use crate::query::{Answer, Carried, Ground, LookedUp, ask_carrying};
use crate::source::{FileId, Sources, Span};
use crate::syntax::parse;

/// An organisation that a policy is asked about; a clone is the same one. It may be shared between threads.
#[derive(Clone)]
pub struct Organisation {
    ready: Arc<Ready>,
    /// What its requests carry, where that is not what the facts say of every request.
    said: Option<Arc<Said>>,
}

/// Attributes of requests, with the texts and lists that they refer to.
struct Said {
    context: Vec<Value>,
    pool: Pool,
}

struct Ready {
    mark: Mark,
    policy: Policy,
    org: Org<'static>,
    sources: Sources,
    /// The moment plays a part in some answer.
    is_timed: bool,
    /// Nodes and users are the same after a change.
    names: Arc<OnceLock<Names>>,
    /// Where the last change stands that led here.
    changed: Option<Span>,
}

impl Ready {
    fn of(policy: Policy, org: Org<'static>, sources: Sources) -> Self {
        Self {
            mark: Mark::next(),
            is_timed: is_timed(&org, policy.table().model()),
            policy,
            org,
            sources,
            names: Arc::default(),
            changed: None,
        }
    }
}

impl Organisation {
    /// An organisation made ready; `index` is one that a snapshot kept for just this policy and these facts.
    pub(super) fn new(policy: Policy, facts: Facts, index: Option<Index>, sources: Sources) -> Self {
        let (table, facts) = (policy.table(), Arc::new(facts));
        let org = match index {
            Some(index) => Org::shared_with(table, facts, index),
            None => Org::shared(table, facts),
        };
        let ready = Ready::of(policy, org, sources);
        Self {
            ready: Arc::new(ready),
            said: None,
        }
    }

    /// Another organisation, in which something is changed: `org.change(|c| c.give("ann", "Manager", "paris"))?`. This one
    /// stays as it is, for all who hold it. Each change is checked as facts are when they are read; what requests carry
    /// ([`with`](Self::with)) stays, and so do users and nodes that were looked up.
    ///
    /// The facts are copied and made ready again, which costs what their size does, not that of the changes: make many
    /// changes at once.
    ///
    /// # Errors
    ///
    /// What the changes give, or that the organisation would be one which the policy does not take.
    pub fn change(&self, edit: impl FnOnce(&mut Changes<'_>) -> Result<(), Error>) -> Result<Self, Error> {
        let mut changes = Changes::of(self, self.ready.changed);
        edit(&mut changes)?;
        let Changed { facts, sources, at } = changes.done()?;
        let said = self.said.as_ref().map(|said| Said {
            context: said.context.clone(),
            pool: facts.pool.clone(),
        });
        let policy = self.policy().clone();
        let org = Org::shared(policy.table(), Arc::new(facts));
        let ready = Ready {
            mark: self.mark(),
            names: self.ready.names.clone(),
            changed: Some(at),
            ..Ready::of(policy, org, sources)
        };
        Ok(Self {
            ready: Arc::new(ready),
            said: said.map(Arc::new),
        })
    }

    pub(super) fn mark(&self) -> Mark {
        self.ready.mark
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.ready.policy
    }

    pub(super) fn org(&self) -> &Org<'static> {
        &self.ready.org
    }

    pub(super) fn sources(&self) -> &Sources {
        &self.ready.sources
    }

    pub(super) fn model(&self) -> &Model {
        self.policy().table().model()
    }

    pub(super) fn names(&self) -> &Names {
        self.ready.names.get_or_init(|| Names::of(&self.org().facts))
    }

    /// Texts and lists of the organisation, and of what its requests carry.
    pub(super) fn pool(&self) -> &Pool {
        self.said.as_ref().map_or(&self.org().facts.pool, |said| &said.pool)
    }

    /// What a request carries by itself, but for the clock.
    fn carried(&self) -> &[Value] {
        self.said
            .as_ref()
            .map_or(&self.org().facts.context, |said| &said.context)
    }

    /// What a request carries by itself, and the moment.
    pub(super) fn context(&self) -> Vec<Value> {
        let mut context = self.carried().to_vec();
        context.resize(self.model().context.len(), Value::Missing);
        context[NOW] = self.now();
        context
    }

    /// The moment of a request that is made now; not looked up where nothing hangs on it.
    pub(super) fn now(&self) -> Value {
        match org::now(self.carried()) {
            Value::Missing if self.ready.is_timed => clock(),
            named => named,
        }
    }

    /// The same organisation, whose requests carry this value for an attribute of `context`, whatever the facts say of every
    /// request: `org.with("ip", "10.0.0.1")?.can(…)`. Users and nodes that were looked up are those of both.
    ///
    /// # Errors
    ///
    /// The policy declares no such attribute, or it can have no such value.
    pub fn with<'v>(&self, attribute: &str, value: impl Into<Datum<'v>>) -> Result<Self, Error> {
        let known = &self.model().context;
        let slot = known.iter().position(|it| it.name == attribute).ok_or_else(|| {
            let message = format!("unknown attribute of the request `{attribute}`");
            let fault = Diagnostic::error("name/unknown-attribute", message);
            fault.did_you_mean(attribute, known.iter().map(|it| it.name.as_str()))
        })?;
        let mut said = Said {
            context: self.carried().to_vec(),
            pool: self.pool().clone(),
        };
        said.context.resize(known.len(), Value::Missing);
        said.context[slot] = self.value(&value.into(), known[slot].ty, &mut said.pool)?;
        Ok(Self {
            ready: self.ready.clone(),
            said: Some(Arc::new(said)),
        })
    }

    /// The same organisation, whose requests are made at this moment (`2026-12-31T08:00Z`), and not at that of the clock.
    ///
    /// # Errors
    ///
    /// It is no moment.
    pub fn at(&self, moment: &str) -> Result<Self, Error> {
        self.with("now", moment)
    }

    /// A value for an attribute; ids are looked up only where its type asks for one, as that goes through all of them.
    pub(super) fn value(&self, datum: &Datum<'_>, ty: AttributeType, pool: &mut Pool) -> Result<Value, Error> {
        let nothing = Facts::default();
        let facts = match ty.of {
            Scalar::User(_) | Scalar::Group | Scalar::Node(_) => &*self.org().facts,
            _ => &nothing,
        };
        let names = read::Names::of(facts, self.model());
        Ok(datum.as_type(ty, &names, pool)?)
    }

    /// Whether a user may do this to that, now. The user `anyone` is a caller who is not signed in, here and below.
    ///
    /// # Errors
    ///
    /// A name is unknown, or the deed is not one that can be done to such an object.
    pub fn can<'n>(&self, user: &str, action: &str, object: impl Into<Object<'n>>) -> Result<bool, Error> {
        let asked = self.asked(action, &object.into())?;
        let caller = self.caller(user)?;
        Ok(self.questions(&asked.pool, |questions| questions.is_allowed(caller, &asked.act)))
    }

    /// Whether a user may do this to that, now, and why: all that grants it, or what stands in the way. Shown, it is what
    /// `rolebook ask "why …"` prints.
    ///
    /// # Errors
    ///
    /// A name is unknown, or the deed is not one that can be done to such an object.
    pub fn why<'n>(&self, user: &str, action: &str, object: impl Into<Object<'n>>) -> Result<Reply, Error> {
        let asked = self.asked(action, &object.into())?;
        let caller = self.caller(user)?;
        let answer = self.questions(&asked.pool, |questions| questions.decided(caller, user, &asked.act));
        Ok(Reply::new(self, answer))
    }

    /// The ids of all users who may do this to that, now, sorted. Whether somebody may who is not signed in is another
    /// question: [`can`](Self::can) of `anyone`.
    ///
    /// Only those are decided for whom the answer may be yes, as far as roles tell.
    ///
    /// # Errors
    ///
    /// A name is unknown, or the deed is not one that can be done to such an object.
    pub fn who_can<'n>(&self, action: &str, object: impl Into<Object<'n>>) -> Result<Vec<&str>, Error> {
        let asked = self.asked(action, &object.into())?;
        let users = self.questions(&asked.pool, |questions| questions.who_can(&asked.act));
        let facts = &self.org().facts;
        let mut ids: Vec<&str> = users.into_iter().map(|user| facts.user(user).id.as_str()).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// All of a type to which a user may do this, now: type and id of each, sorted; nodes as [`Object`] takes them. For an
    /// action that creates, the nodes in which.
    ///
    /// # Errors
    ///
    /// A name is unknown, or the type has no such action.
    pub fn which(&self, user: &str, action: &str, ty: &str) -> Result<Vec<(&str, &str)>, Error> {
        let (of, permission) = self.permission(action, ty)?;
        let caller = self.caller(user)?;
        let found = self.questions(self.pool(), |questions| questions.which(caller, of, permission, &[]));
        let mut named: Vec<(&str, &str)> = found.into_iter().map(|thing| self.named(thing)).collect();
        named.sort_unstable();
        Ok(named)
    }

    /// Type and id.
    fn named(&self, thing: Thing) -> (&str, &str) {
        let facts = &self.org().facts;
        let id = match thing {
            Thing::Node(node) => &facts.node(node).id,
            Thing::User(user) => &facts.user(user).id,
        };
        (&self.model().ty(facts.type_of(thing)).name, id)
    }

    /// Asks what was looked up, of a request that is made now.
    fn questions<T>(&self, pool: &Pool, ask: impl FnOnce(&LookedUp<'_>) -> T) -> T {
        ask(&LookedUp {
            table: self.policy().table(),
            org: self.org(),
            carried: Carried {
                context: &self.context(),
                pool,
            },
        })
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
        let mut found = Found::default();
        let answer = self.answer(FileId::GENERATED, sentence, &mut found);
        if let (Some(answer), false) = (answer, found.has_errors()) {
            return Ok(Reply::new(self, answer));
        }
        // Only a mistake points into the sentence, which then stands among all other texts.
        let (mut sources, mut found) = (self.sources().clone(), Found::default());
        let file = sources.add("sentence", sentence);
        self.answer(file, sentence, &mut found);
        Err(Error::new(found, &sources))
    }

    fn answer(&self, file: FileId, sentence: &str, found: &mut Found) -> Option<Answer> {
        let ground = Ground {
            table: self.policy().table(),
            org: Some(self.org()),
            now: clock(),
        };
        let carried = Carried {
            context: self.carried(),
            pool: self.pool(),
        };
        let sentence = parse::sentence(file, sentence, found)?;
        ask_carrying(&ground, &carried, &sentence, Budget::default(), found)
    }
}

/// The moment plays a part in some answer.
fn is_timed(org: &Org<'_>, model: &Model) -> bool {
    org.has_windows() || reads_now(model) || org.facts.rules().any(reads_moment)
}

/// A rule of the policy asks for the moment.
fn reads_now(model: &Model) -> bool {
    model.rules.iter().any(reads_moment)
}

fn reads_moment(rule: &Rule) -> bool {
    rule.paths().any(|path| path.root == Root::Context(NOW))
}
