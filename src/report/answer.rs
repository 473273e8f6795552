//! Answers for programs. The names and their order are part of the interface: they only ever grow.
//!
//! ```text
//! kind         decision|fact|list|reach|how-could
//! answer       true, false, or null: not known, or no question of yes or no
//! names        [text]: those that answer who and which, null elsewhere
//!
//! decision     user, permission, on: target, taking, recipient, for_example, reasons: [reason]
//! fact         statement, items: [item]
//! list         title, items: [item]
//! reach        statement, steps: [{ text, rules: [place] }], because: [{ stop, roles: [text], rule: place }],
//!              at_most: [item], states, makes_nodes
//! how-could    now: decision, changes: [{ name, by: [[user]] }], otherwise: [text], supposing, barred: [text],
//!              complete, tried
//!
//! target       { type, id, within, user }: a node, something in a node, or a user at one; what is not there is null
//! reason       { cause, rule: place, doc, roles: [text], node, held, values: [text] }; `roles` leads from the role that is
//!              held to the one that states the rule; `values` are those that are missing, or the test that fails
//! item         { name, note }
//! place        { file, line, column, end_line, end_column, text }, counted from 1
//! ```

use serde_json::{Value, json};

use super::json::printable;
use super::places::Places;
use crate::eval::explain::{Cause, Reason};
use crate::eval::{Resource, Target};
use crate::model::value::NodeId;
use crate::query::escalation::Stop;
use crate::query::how_could::{End, HowCould};
use crate::query::{Answer, Decided, Ground, Item, Reached, held_in_words};
use crate::source::{Sources, Span};

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum AnswerFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// An answer as one document.
#[must_use]
pub fn json(answer: &Answer, ground: &Ground<'_>, sources: &Sources) -> String {
    printable(&format!("{:#}", value(answer, ground, sources))) + "\n"
}

/// The same, not written out.
#[must_use]
pub fn value(answer: &Answer, ground: &Ground<'_>, sources: &Sources) -> Value {
    let mut told = Told {
        ground,
        places: Places::new(sources),
    };
    let (kind, told) = match answer {
        Answer::Decision(decided) => ("decision", told.decision(decided)),
        Answer::Fact { statement, items, .. } => ("fact", json!({ "statement": statement, "items": listed(items) })),
        Answer::List { title, items } => ("list", json!({ "title": title, "items": listed(items) })),
        Answer::Reach(reached) => ("reach", told.reached(reached)),
        Answer::HowCould(answer) => ("how-could", told.how_could(answer)),
    };
    let mut document = json!({ "kind": kind, "answer": answer.is_yes(), "names": answer.names() });
    if let (Value::Object(all), Value::Object(told)) = (&mut document, told) {
        all.extend(told);
    }
    document
}

fn listed(items: &[Item]) -> Vec<Value> {
    let item = |item: &Item| json!({ "name": item.name, "note": item.note });
    items.iter().map(item).collect()
}

/// What an answer speaks of.
struct Told<'t> {
    ground: &'t Ground<'t>,
    places: Places<'t>,
}

impl Told<'_> {
    fn decision(&mut self, decided: &Decided) -> Value {
        let model = self.ground.table.model();
        let reasons = &decided.explanation.reasons;
        let reasons: Vec<Value> = reasons.iter().map(|reason| self.reason(reason)).collect();
        let facts = self.ground.org.map(|org| &org.facts);
        json!({
            "user": decided.who,
            "permission": model.show_permission(decided.permission),
            "on": decided.target.map(|target| self.target(target)),
            "taking": decided.taking,
            "recipient": decided.recipient.and_then(|user| Some(facts?.user(user).id.as_str())),
            "for_example": decided.for_example,
            "reasons": reasons,
        })
    }

    fn target(&self, target: Target) -> Value {
        let model = self.ground.table.model();
        let Some(org) = self.ground.org else { return Value::Null };
        let id = |node: NodeId| org.facts.node(node).id.as_str();
        let of = |node: NodeId| model.ty(org.ty(node)).name.as_str();
        let within = json!({ "type": of(target.start), "id": id(target.start) });
        match target.resource {
            Resource::Node(node) => json!({ "type": of(node), "id": id(node), "within": null, "user": null }),
            Resource::Unlisted(ty) => json!({ "type": model.ty(ty).name, "id": null, "within": within, "user": null }),
            Resource::User(user) => {
                let user = org.facts.user(user);
                let ty = &model.ty(user.ty).name;
                json!({ "type": ty, "id": null, "within": within, "user": user.id.as_str() })
            }
        }
    }

    fn reason(&mut self, reason: &Reason) -> Value {
        let (model, org) = (self.ground.table.model(), self.ground.org);
        let role = |&role| match org {
            Some(org) => org.facts.role_name(model, role),
            None => model.show_role(role),
        };
        let values = values(&reason.cause).iter();
        let values: Vec<&str> = values.map(|&span| self.places.sources().snippet(span)).collect();
        json!({
            "cause": cause(&reason.cause),
            "rule": self.places.quoted(reason.rule),
            "doc": reason.doc,
            "roles": reason.path.iter().map(role).collect::<Vec<_>>(),
            "node": reason.node.and_then(|node| Some(org?.facts.node_name(model, node))),
            "held": reason.entry.as_ref().and_then(|entry| Some(held_in_words(entry, org?, model))),
            "values": values,
        })
    }

    fn reached(&mut self, reached: &Reached) -> Value {
        let mut steps = Vec::new();
        for step in &reached.steps {
            steps.push(json!({ "text": step.text, "rules": self.rules(&step.rules) }));
        }
        let mut because = Vec::new();
        for barrier in &reached.because {
            let rule = self.places.quoted(barrier.rule);
            because.push(json!({ "stop": stop(barrier.stop), "roles": barrier.roles, "rule": rule }));
        }
        json!({
            "statement": reached.statement,
            "steps": steps,
            "because": because,
            "at_most": listed(&reached.at_most),
            "states": reached.states,
            "makes_nodes": reached.makes_nodes,
        })
    }

    fn rules(&mut self, rules: &[Span]) -> Vec<Value> {
        rules.iter().map(|&rule| self.places.quoted(rule)).collect()
    }

    fn how_could(&mut self, answer: &HowCould) -> Value {
        let groups = answer.groups.iter();
        let changes = groups.map(|group| json!({ "name": group.name, "by": group.makers }));
        json!({
            "now": self.decision(&answer.now),
            "changes": changes.collect::<Vec<_>>(),
            "otherwise": answer.otherwise,
            "supposing": answer.supposing,
            "barred": answer.barred,
            "complete": answer.alternatives.end == End::Complete,
            "tried": answer.alternatives.tried,
        })
    }
}

/// What in the source a cause hangs on.
fn values(cause: &Cause) -> &[Span] {
    match cause {
        Cause::Unknown(spans) | Cause::PerhapsProhibited(spans) => spans,
        Cause::Condition(span) | Cause::Relation(span) => std::slice::from_ref(span),
        _ => &[],
    }
}

const fn cause(cause: &Cause) -> &'static str {
    match cause {
        Cause::Granted => "granted",
        Cause::Prohibited => "prohibited",
        Cause::PerhapsProhibited(_) => "perhaps-prohibited",
        Cause::Limited => "limited",
        Cause::Excepted => "excepted",
        Cause::Unknown(_) => "unknown",
        Cause::Condition(_) => "condition",
        Cause::Relation(_) => "relation",
        Cause::Recipient => "recipient",
        Cause::NotRunning => "not-running",
        Cause::PerhapsRunning => "perhaps-running",
        Cause::NotThere(false) => "no-member",
        Cause::NotThere(true) => "perhaps-no-member",
        Cause::OutOfReach => "out-of-reach",
        Cause::NothingToTake => "nothing-to-take",
        Cause::NotHeld => "not-held",
    }
}

const fn stop(stop: Stop) -> &'static str {
    match stop {
        Stop::NotHeld => "not-held",
        Stop::OutOfReach => "out-of-reach",
        Stop::Recipient => "recipient",
        Stop::Condition => "condition",
        Stop::Prohibited => "prohibited",
    }
}
