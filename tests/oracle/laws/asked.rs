//! A request by names, which policies and organisations that know them can be asked.

use std::fmt;

use rolebook::eval::{Request, Resource, Target};
use rolebook::facts::Facts;
use rolebook::facts::read::{Names, parse_value};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{NodeId, Pool, UserId, Value};
use rolebook::model::{Attribute, Model, TypeKind};
use rolebook::syntax::ast::{Deed, Sentence, SentenceKind, Setting};

use super::compared::Reading;
use super::paper::Pen;

/// An attribute and the texts of its value.
type Said = (String, Vec<String>);

/// What is acted upon, besides the node that it starts at.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Own {
    Nothing,
    /// A node of this type that nobody lists; it is being created.
    Fresh(String, bool),
    /// A user of this kind.
    User(String, String),
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) caller: Option<String>,
    permission: String,
    at: String,
    at_type: String,
    own: Own,
    recipient: Option<String>,
    pub(super) context: Vec<Said>,
    pub(super) given: Vec<Said>,
}

/// A request that owns what it refers to.
pub(super) struct Question {
    user: Option<UserId>,
    pub(super) permission: PermId,
    target: Target,
    recipient: Option<UserId>,
    context: Vec<Value>,
    given: Vec<(usize, Value)>,
    pool: Pool,
}

impl Question {
    pub(super) fn request(&self) -> Request<'_> {
        Request {
            user: self.user,
            permission: self.permission,
            target: self.target,
            recipient: self.recipient,
            context: &self.context,
            given: &self.given,
            pool: &self.pool,
        }
    }
}

/// A permission by a name that is the same in every policy.
pub(super) fn name(model: &Model, id: PermId) -> String {
    match model.permissions.get(id) {
        Permission::Act { ty, action, .. } => {
            let creating = model.ty(ty).actions[action].creating;
            let kind = model.ty(ty).kind == TypeKind::Principal;
            let how = if creating { " (creating)" } else { "" };
            let whom = if kind { " (principal)" } else { "" };
            format!("{}{how}{whom}", model.show_permission(id))
        }
        Permission::Grant(inner) => format!("grant {}", name(model, inner)),
        Permission::Give(role) => format!("give {}", model.full_role(role)),
        Permission::Take(role) => format!("take {}", model.full_role(role)),
        Permission::AddMember(ty) => format!("give member at {}", model.ty(ty).name),
        Permission::RemoveMember(ty) => format!("take member at {}", model.ty(ty).name),
    }
}

impl Asked {
    /// A request put into names. The pool is the request's.
    pub(super) fn of(model: &Model, facts: &Facts, request: &Request<'_>) -> Self {
        let facts = &Facts {
            pool: request.pool.clone(),
            ..facts.clone()
        };
        let pen = Pen { model, facts };
        let user = |user: UserId| facts.user(user).id.to_string();
        let said =
            |(attribute, value): (&Attribute, Value)| Some((attribute.name.clone(), pen.texts(attribute, value)?));
        let start = facts.node(request.target.start);
        let context = model.context.iter().zip(request.context.iter().copied());
        let (own, given) = match request.target.resource {
            Resource::Node(_) => (Own::Nothing, Vec::new()),
            Resource::Unlisted(ty) => {
                let attributes = &model.ty(ty).attributes;
                let given = request.given.iter().map(|&(slot, value)| (&attributes[slot], value));
                let own = Own::Fresh(model.ty(ty).name.clone(), request.target.own.is_none());
                (own, given.filter_map(said).collect())
            }
            Resource::User(whom) => {
                let kind = model.ty(facts.user(whom).ty).name.clone();
                (Own::User(user(whom), kind), Vec::new())
            }
        };
        Self {
            caller: request.user.map(user),
            permission: name(model, request.permission),
            at: start.id.to_string(),
            at_type: model.ty(start.ty).name.clone(),
            own,
            recipient: request.recipient.map(user),
            context: context.filter_map(said).collect(),
            given,
        }
    }

    /// The request of a sentence of the form `can U …` that is known to be of this permission.
    pub(super) fn of_sentence(model: &Model, facts: &Facts, id: PermId, sentence: &Sentence) -> Option<Self> {
        let SentenceKind::Can { who, deed, .. } = &sentence.kind else {
            return None;
        };
        let (at, within, thing, other) = match deed {
            Deed::Act { thing, at, other, .. } => (at.as_ref(), thing.within.as_ref(), Some(&thing.node), other),
            Deed::Grant { at, other, .. } => (at.as_ref(), None, None, other),
            Deed::Become { .. } => return None,
        };
        let start = at.or(within).or(thing)?;
        let start = facts.nodes.iter().find(|node| node.id == start.id.text[..])?;
        let own = match model.permissions.get(id) {
            Permission::Act { ty, .. } if model.ty(ty).kind == TypeKind::Principal => {
                Own::User(thing?.id.text.clone(), model.ty(ty).name.clone())
            }
            Permission::Act { ty, action, .. } if within.is_some() => {
                Own::Fresh(model.ty(ty).name.clone(), model.ty(ty).actions[action].creating)
            }
            _ => Own::Nothing,
        };
        let said = |setting: &Setting| {
            let values = setting.values.iter().map(|value| value.text.clone()).collect();
            (setting.key.text.clone(), values)
        };
        let (context, given): (Vec<Said>, Vec<Said>) = sentence
            .with
            .iter()
            .map(said)
            .partition(|(key, _)| key.starts_with("context."));
        let bare = |(key, values): Said| (key.replacen("context.", "", 1), values);
        Some(Self {
            caller: (who.text != "anyone").then(|| who.text.clone()),
            permission: name(model, id),
            at: start.id.to_string(),
            at_type: model.ty(start.ty).name.clone(),
            own,
            recipient: other.as_ref().map(|id| id.text.clone()),
            context: context.into_iter().map(bare).collect(),
            given,
        })
    }

    /// The same of users and nodes whose ids have other letters at the end.
    pub(super) fn respelled(&self, ids: &[String], end: &str) -> Self {
        let id = |id: &String| {
            if ids.contains(id) {
                format!("{id}{end}")
            } else {
                id.clone()
            }
        };
        let said = |(name, texts): &Said| (name.clone(), texts.iter().map(id).collect());
        Self {
            caller: self.caller.as_ref().map(id),
            at: id(&self.at),
            own: match &self.own {
                Own::User(user, kind) => Own::User(id(user), kind.clone()),
                other => other.clone(),
            },
            recipient: self.recipient.as_ref().map(id),
            context: self.context.iter().map(said).collect(),
            given: self.given.iter().map(said).collect(),
            ..self.clone()
        }
    }

    /// The same by another name of its permission.
    pub(super) fn called(self, name: &str) -> Self {
        Self {
            permission: name.to_owned(),
            ..self
        }
    }

    pub(super) fn permission(&self) -> &str {
        &self.permission
    }

    /// The same for one policy and its reading of an organisation, if it has all that is named; attributes that it does not
    /// have are not told to it.
    pub(super) fn question(&self, reading: &Reading<'_>) -> Option<Question> {
        let permission = reading.permission(&self.permission)?;
        self.resolved(permission, reading.policy.model(), reading.facts, &reading.names)
    }

    /// The same for a permission that is known.
    pub(super) fn asked(&self, permission: PermId, model: &Model, facts: &Facts) -> Option<Question> {
        self.resolved(permission, model, facts, &Names::of(facts, model))
    }

    fn resolved(&self, permission: PermId, model: &Model, facts: &Facts, names: &Names<'_>) -> Option<Question> {
        let mut pool = facts.pool.clone();
        let mut context = facts.context.clone();
        context.resize(model.context.len(), Value::Missing);
        for (name, texts) in &self.context {
            if let Some(slot) = model.context.iter().position(|it| it.name == *name) {
                context[slot] = parsed(texts, &model.context[slot], names, &mut pool)?;
            }
        }
        let at = self.node(model, facts)?;
        let mut given = Vec::new();
        let target = match &self.own {
            Own::Nothing => Target::node(at),
            Own::Fresh(ty, created) => {
                let ty = model.type_named(ty)?;
                let attributes = &model.ty(ty).attributes;
                for (name, texts) in &self.given {
                    if let Some(slot) = attributes.iter().position(|it| it.name == *name) {
                        given.push((slot, parsed(texts, &attributes[slot], names, &mut pool)?));
                    }
                }
                match created {
                    true => Target::created(ty, at),
                    false => Target::unlisted(ty, at),
                }
            }
            Own::User(id, kind) => Target::user(facts.user_named(id)?, model.type_named(kind)?, at),
        };
        let user = |id: &Option<String>| match id {
            Some(id) => facts.user_named(id).map(Some),
            None => Some(None),
        };
        Some(Question {
            user: user(&self.caller)?,
            permission,
            target,
            recipient: user(&self.recipient)?,
            context,
            given,
            pool,
        })
    }

    fn node(&self, model: &Model, facts: &Facts) -> Option<NodeId> {
        let ty = model.type_named(&self.at_type)?;
        facts
            .node_ids()
            .find(|&node| facts.node(node).id == self.at[..] && facts.node(node).ty == ty)
    }
}

fn parsed(texts: &[String], attribute: &Attribute, names: &Names<'_>, pool: &mut Pool) -> Option<Value> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    parse_value(&texts, attribute.ty, names, pool).ok()
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let caller = self.caller.as_deref().unwrap_or("anyone");
        let own = match &self.own {
            Own::Nothing => String::new(),
            Own::Fresh(ty, true) => format!("a new {ty} in "),
            Own::Fresh(ty, false) => format!("the {ty} in "),
            Own::User(id, kind) => format!("{kind} {id} in "),
        };
        write!(
            f,
            "can {caller} {} · {own}{} {}",
            self.permission, self.at_type, self.at
        )?;
        if let Some(recipient) = &self.recipient {
            write!(f, " · recipient {recipient}")?;
        }
        for (name, texts) in &self.context {
            write!(f, " · context.{name} = {}", texts.join(", "))?;
        }
        for (name, texts) in &self.given {
            write!(f, " · {name} = {}", texts.join(", "))?;
        }
        Ok(())
    }
}
