//! What changed in a rule, in the author's own words: slices of its source, with a word before them.
//!
//! [`between`] compares two versions of a rule term by term; where a condition is a list of alternatives or of demands,
//! only those that came or went are told. [`of`] tells the terms of a rule that stands alone.

use super::names::Names;
use super::texts::{Text, one_line};
use crate::source::{Sources, Span};
use crate::syntax::ast::{Except, Expr, ExprKind, Link, Public, Reach, Receiver, RoleName};

/// What the new version of a rule says and the old one did not, and the other way round.
pub(super) fn between(old: &Text<'_>, new: &Text<'_>, sources: &Sources, names: &Names) -> Vec<String> {
    let words = Words { sources };
    let (a, b) = (old.rule, new.rule);
    let mut out = Vec::new();
    if old.grants != new.grants {
        let said = |grants: bool| if grants { "`can`" } else { "`cannot`" };
        out.push(format!("now {}, no longer {}", said(new.grants), said(old.grants)));
    }
    words.exempt(old, new, &mut out);
    words.plain("they have", a.power.they_have, b.power.they_have, &mut out);
    words.exceptions(&a.power.except, &b.power.except, &mut out);
    words.term(
        words.receiver(a.receiver.as_ref()),
        words.receiver(b.receiver.as_ref()),
        &mut out,
    );
    words.term(words.reach(a.reach.as_ref()), words.reach(b.reach.as_ref()), &mut out);
    words.relation(&a.relation, &b.relation, &mut out);
    words.condition("when", a.when.as_ref(), b.when.as_ref(), &mut out);
    words.condition("unless", a.unless.as_ref(), b.unless.as_ref(), &mut out);
    if old.roles != new.roles {
        out.extend(moved(&old.roles, &new.roles, names));
    }
    out
}

/// The same for the reach in the heads above two rules.
pub(super) fn of_heads(old: &Text<'_>, new: &Text<'_>, sources: &Sources) -> Vec<String> {
    let words = Words { sources };
    let mut out = Vec::new();
    let (before, after) = (old.head_reach(), new.head_reach());
    words.term(words.reach(before), words.reach(after), &mut out);
    out
}

/// Which roles came to state a rule, and which no longer do.
fn moved(old: &[String], new: &[String], names: &Names) -> Vec<String> {
    let only = |some: &[String], others: &[String]| -> Vec<String> {
        let only = some.iter().filter(|role| !others.contains(role));
        only.map(|role| format!("`{}`", names.role(role))).collect()
    };
    let (gone, came) = (only(old, new), only(new, old));
    let said = |word: &str, roles: &[String]| (!roles.is_empty()).then(|| format!("{word} {}", roles.join(", ")));
    said("now said of", &came)
        .into_iter()
        .chain(said("no longer said of", &gone))
        .collect()
}

/// The terms of a rule: `only here as creator when amount < 500`; empty if it has none.
pub(super) fn of(text: &Text<'_>, sources: &Sources) -> String {
    let words = Words { sources };
    let rule = text.rule;
    let mut parts: Vec<String> = words.receiver(rule.receiver.as_ref()).into_iter().collect();
    parts.extend(words.reach(text.reach()));
    if !rule.relation.is_empty() {
        parts.push(format!("as {}", words.links(&rule.relation).join(" or ")));
    }
    let said =
        |word: &str, expr: &Option<Expr>| expr.as_ref().map(|expr| format!("{word} {}", words.slice(expr.span.0)));
    parts.extend(said("when", &rule.when));
    parts.extend(said("unless", &rule.unless));
    parts.join(" ")
}

struct Words<'s> {
    sources: &'s Sources,
}

impl Words<'_> {
    fn slice(&self, span: Span) -> String {
        one_line(self.sources.snippet(span))
    }

    /// `nobody but R`
    fn exempt(&self, old: &Text<'_>, new: &Text<'_>, out: &mut Vec<String>) {
        let but = |text: &Text<'_>| match text.public {
            Some(Public::Nobody { but }) if !but.is_empty() => Some(format!("nobody but {}", self.roles(but))),
            _ => None,
        };
        self.term(but(old), but(new), out);
    }

    fn plain(&self, word: &str, before: bool, after: bool, out: &mut Vec<String>) {
        match (before, after) {
            (false, true) => out.push(format!("now only what {word}")),
            (true, false) => out.push(format!("no longer only what {word}")),
            _ => {}
        }
    }

    /// A term that stands for a limit, such as a reach.
    fn term(&self, before: Option<String>, after: Option<String>, out: &mut Vec<String>) {
        match (before, after) {
            (Some(before), Some(after)) if before != after => {
                out.push(format!("now {after}, no longer {before}"));
            }
            (Some(before), None) => out.push(format!("no longer {before}")),
            (None, Some(after)) => out.push(format!("now {after}")),
            _ => {}
        }
    }

    fn exceptions(&self, before: &[Except], after: &[Except], out: &mut Vec<String>) {
        let shown = |except: &Except| match except {
            Except::Oneself(span) => self.slice(span.0),
            Except::Permission(it) => {
                let action = it.action.as_ref().map_or(it.target.span.0, |action| action.span());
                self.slice(action.to(it.target.span.0))
            }
        };
        for except in before.iter().filter(|except| !after.contains(except)) {
            out.push(format!("no longer except {}", shown(except)));
        }
        for except in after.iter().filter(|except| !before.contains(except)) {
            out.push(format!("now except {}", shown(except)));
        }
    }

    fn receiver(&self, receiver: Option<&Receiver>) -> Option<String> {
        Some(match receiver? {
            Receiver::Anyone(_) => "to anyone".to_owned(),
            Receiver::Roles(roles) => format!("to {}", self.roles(roles)),
        })
    }

    fn roles(&self, roles: &[RoleName]) -> String {
        let names: Vec<String> = roles.iter().map(|role| self.slice(role.span.0)).collect();
        names.join(", ")
    }

    fn reach(&self, reach: Option<&Reach>) -> Option<String> {
        Some(match reach? {
            Reach::OnlyHere(_) => "only here".to_owned(),
            Reach::OnlyBelow(_) => "only below".to_owned(),
            Reach::In(name) => format!("in {}", self.slice(name.span())),
            Reach::Across(name) => format!("across {}", self.slice(name.span())),
            Reach::Anywhere(_) => "anywhere".to_owned(),
        })
    }

    fn links(&self, links: &[Link]) -> Vec<String> {
        links.iter().map(|link| self.slice(link.span.0)).collect()
    }

    fn relation(&self, before: &[Link], after: &[Link], out: &mut Vec<String>) {
        let gone: Vec<Link> = before.iter().filter(|link| !after.contains(link)).cloned().collect();
        let came: Vec<Link> = after.iter().filter(|link| !before.contains(link)).cloned().collect();
        let listed = |links: &[Link]| self.links(links).join(" or ");
        match (before.is_empty(), after.is_empty()) {
            (true, false) => out.push(format!("now only as {}", listed(after))),
            (false, true) => out.push(format!("no longer only as {}", listed(before))),
            _ => {
                out.extend((!came.is_empty()).then(|| format!("now also as {}", listed(&came))));
                out.extend((!gone.is_empty()).then(|| format!("no longer as {}", listed(&gone))));
            }
        }
    }

    /// `when` and `unless`: alternatives and demands that came or went.
    fn condition(&self, word: &str, before: Option<&Expr>, after: Option<&Expr>, out: &mut Vec<String>) {
        let limit = if word == "when" { "only when" } else { "unless" };
        match (before, after) {
            (Some(a), Some(b)) if a != b => self.parts(word, limit, a, b, out),
            (Some(a), None) => out.push(format!("no longer {limit} {}", self.slice(a.span.0))),
            (None, Some(b)) => out.push(format!("now {limit} {}", self.slice(b.span.0))),
            _ => {}
        }
    }

    fn parts(&self, word: &str, limit: &str, a: &Expr, b: &Expr, out: &mut Vec<String>) {
        let or = |expr: &Expr| matches!(expr.kind, ExprKind::Or(_));
        let and = |expr: &Expr| matches!(expr.kind, ExprKind::And(_));
        // Alternatives of `when` widen it, further demands narrow it; of both at once, parts would mislead.
        let (came, gone) = match (or(a) || or(b), and(a) || and(b)) {
            (true, false) => (format!("now also {word}"), format!("no longer {word}")),
            (false, true) => (format!("now {limit}"), format!("no longer {limit}")),
            _ => return self.whole(word, a, b, out),
        };
        let (before, after) = (listed(a), listed(b));
        if !before.iter().any(|part| after.contains(part)) {
            return self.whole(word, a, b, out);
        }
        for part in after.iter().filter(|part| !before.contains(part)) {
            out.push(format!("{came} {}", self.slice(part.span.0)));
        }
        for part in before.iter().filter(|part| !after.contains(part)) {
            out.push(format!("{gone} {}", self.slice(part.span.0)));
        }
    }

    fn whole(&self, word: &str, a: &Expr, b: &Expr, out: &mut Vec<String>) {
        let (a, b) = (self.slice(a.span.0), self.slice(b.span.0));
        out.push(format!("now {word} {b}, no longer {word} {a}"));
    }
}

/// The parts of a list of alternatives or demands; anything else is a part by itself.
fn listed(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().collect(),
        _ => vec![expr],
    }
}
