//! The comparison for programs. The names and their order are part of the interface: they only ever grow.
//!
//! ```text
//! old, new     what the two policies are called
//! changes      [{ cause, cells: [{ role, permission, change }], witness }]
//! cause        { kind, title, words: [text], old: place, new: place }
//! change       gained|lost|wider|narrower|both
//! witness      { change: wider|narrower, sentence, facts }
//! beyond       [{ permission, by_data, causes: [cause], witness }]: what only several roles together show, or only what data
//!              hands out (by_data)
//! paths        [[role]]: new chains of roles, each giving the next
//! declared     [cause]: declarations that were edited, and change no cell
//! same         [cause]: rules written differently, with the same meaning
//! people       [{ user, gains: [{ permission, at, to: [user] }], loses }], null without an organisation
//! proven       { by: query|nothing, why, permissions, roles, changed }
//! summary      { wider, escalates, changed }
//! place        { file, line, column, end_line, end_column, text }, counted from 1
//! ```

use serde_json::{Value, json};

use super::Document;
use crate::analyze::compare::{Change, Closed};
use crate::diff::people::{Deed, Person};
use crate::diff::{Beyond, Cause, Diff, Group, Kind, Witness};
use crate::report::json::printable;
use crate::report::places::Places;

/// The whole comparison as one document.
#[must_use]
pub fn json(document: &Document<'_>) -> String {
    printable(&format!("{:#}", value(document))) + "\n"
}

/// The same, not written out.
#[must_use]
pub fn value(document: &Document<'_>) -> Value {
    let diff = document.diff;
    let places = &mut Places::new(document.sources);
    let groups: Vec<Value> = diff.groups.iter().map(|group| group_json(group, places)).collect();
    let declared: Vec<Value> = diff.aside.iter().map(|it| cause(it, places)).collect();
    let same: Vec<Value> = diff.same.iter().map(|it| cause(it, places)).collect();
    let beyonds: Vec<Value> = diff.beyond.iter().map(|it| beyond(it, places)).collect();
    let paths: Vec<&Vec<String>> = diff.paths.iter().map(|path| &path.roles).collect();
    json!({
        "old": document.old,
        "new": document.new,
        "changes": groups,
        "beyond": beyonds,
        "paths": paths,
        "declared": declared,
        "same": same,
        "people": document.people.map(|persons| persons.iter().map(person).collect::<Vec<_>>()),
        "proven": proven(diff),
        "summary": { "wider": diff.is_wider(), "escalates": diff.escalates(), "changed": diff.is_changed() },
    })
}

fn group_json(group: &Group, places: &mut Places<'_>) -> Value {
    let cells = group
        .cells
        .iter()
        .map(|cell| json!({ "role": cell.role, "permission": cell.permission, "change": change(cell.change) }));
    json!({
        "cause": cause(&group.cause, places),
        "cells": cells.collect::<Vec<_>>(),
        "witness": group.witness.as_ref().map(witness),
    })
}

fn cause(cause: &Cause, places: &mut Places<'_>) -> Value {
    let old = cause.old.map(|span| places.quoted(span));
    let new = cause.new.map(|span| places.quoted(span));
    json!({ "kind": kind(cause.kind), "title": cause.title, "words": cause.words, "old": old, "new": new })
}

fn beyond(beyond: &Beyond, places: &mut Places<'_>) -> Value {
    let causes: Vec<Value> = beyond.causes.iter().map(|it| cause(it, places)).collect();
    json!({
        "permission": beyond.permission,
        "by_data": beyond.by_data,
        "causes": causes,
        "witness": witness(&beyond.witness),
    })
}

fn witness(witness: &Witness) -> Value {
    let change = if witness.wider { "wider" } else { "narrower" };
    let shown = &witness.shown;
    let mut told = json!({ "change": change, "sentence": shown.sentence, "facts": shown.facts });
    if let Some(also) = &shown.also {
        told["facts_of_the_other"] = json!(also);
    }
    told
}

fn person(person: &Person) -> Value {
    let deeds = |deeds: &[Deed]| -> Vec<Value> {
        let one = |deed: &Deed| json!({ "permission": deed.permission, "at": deed.at, "to": deed.to });
        deeds.iter().map(one).collect()
    };
    json!({ "user": person.user, "gains": deeds(&person.gains), "loses": deeds(&person.loses) })
}

fn proven(diff: &Diff) -> Value {
    let (by, why) = match &diff.closed {
        Closed::Proven => ("query", None),
        Closed::Unknown(why) => ("nothing", Some(why)),
    };
    let counted = &diff.counted;
    json!({
        "by": by,
        "why": why,
        "permissions": counted.permissions,
        "roles": counted.roles,
        "changed": counted.changed,
    })
}

const fn change(change: Change) -> &'static str {
    match change {
        Change::Gained => "gained",
        Change::Lost => "lost",
        Change::Wider => "wider",
        Change::Narrower => "narrower",
        Change::Both => "both",
    }
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Rule => "rule",
        Kind::Assignment => "assignment",
        Kind::Inheritance => "inheritance",
        Kind::Head => "head",
        Kind::Role => "role",
        Kind::Type => "type",
        Kind::Action => "action",
        Kind::Implication => "implication",
        Kind::Area => "area",
        Kind::RoleSet => "role-set",
        Kind::Attribute => "attribute",
        Kind::Containment => "containment",
        Kind::Constraint => "constraint",
        Kind::Promise => "promise",
        Kind::Unclear => "unclear",
    }
}
