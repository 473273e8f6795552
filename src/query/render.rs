//! Answers as text: the verdict first, then each reason with its rule, where that stands, and the holding behind it.

mod how_could;

use std::fmt::Write;

mod reached;

use super::held::how;
use super::{Answer, Decided, Ground, Item};
use crate::eval::explain::{Cause, Reason};
use crate::eval::{Resource, Target};
use crate::facts::Facts;
use crate::model::permission::Permission;
use crate::model::value::Tri;
use crate::model::{Model, RoleId};
use crate::source::{Sources, Span};

/// How many near misses of one kind are told.
const SHOWN: usize = 4;

/// Longest rule text shown, in characters.
const WIDTH: usize = 96;

/// An answer as text, with reasons.
#[must_use]
pub fn text(answer: &Answer, ground: &Ground<'_>, sources: &Sources) -> String {
    match answer {
        Answer::Decision(decided) => Writer::new(ground, sources).decision(decided),
        Answer::HowCould(answer) => Writer::new(ground, sources).how_could(answer),
        Answer::Fact {
            truth,
            statement,
            items,
        } => fact(*truth, statement, items),
        Answer::Reach(reached) => Writer {
            ground,
            sources,
            out: String::new(),
        }
        .reached(reached),
        Answer::List { title, items } => list(title, items),
    }
}

fn fact(truth: Tri, statement: &str, items: &[Item]) -> String {
    let word = match truth {
        Tri::True => "yes",
        Tri::False => "no",
        Tri::Unknown => "unknown",
    };
    let mut out = format!("{word}: {statement}\n");
    for item in items {
        let _ = writeln!(out, "  {}{}", item.name, note(item));
    }
    if truth == Tri::Unknown {
        out.push_str("  the request carries no `context.now`\n");
    }
    out
}

fn list(title: &str, items: &[Item]) -> String {
    if items.is_empty() {
        return format!("{title}: none\n");
    }
    let width = items
        .iter()
        .map(|item| item.name.chars().count())
        .max()
        .unwrap_or(0)
        .min(48);
    let mut out = String::new();
    for item in items {
        let line = match item.note.is_empty() {
            true => item.name.clone(),
            false => format!("{:width$}  {}", item.name, item.note),
        };
        let _ = writeln!(out, "{line}");
    }
    out
}

fn note(item: &Item) -> String {
    if item.note.is_empty() {
        String::new()
    } else {
        format!(", {}", item.note)
    }
}

struct Writer<'w> {
    ground: &'w Ground<'w>,
    sources: &'w Sources,
    out: String,
}

impl<'w> Writer<'w> {
    const fn new(ground: &'w Ground<'w>, sources: &'w Sources) -> Self {
        Self {
            ground,
            sources,
            out: String::new(),
        }
    }

    fn model(&self) -> &'w Model {
        self.ground.table.model()
    }

    fn facts(&self) -> Option<&'w Facts> {
        self.ground.org.map(|org| &*org.facts)
    }

    fn line(&mut self, head: &str, text: &str) {
        let _ = writeln!(self.out, "  {head:<15} {text}");
    }

    fn decision(mut self, decided: &Decided) -> String {
        let allowed = decided.verdict == Tri::True;
        let can = if allowed { "can" } else { "cannot" };
        let what = self.what(decided);
        let word = if allowed { "allow" } else { "deny" };
        let _ = writeln!(self.out, "{word}: {} {can} {what}", decided.who);
        let reasons = &decided.explanation.reasons;
        if allowed {
            reasons.iter().take(SHOWN).for_each(|reason| self.granted(reason));
            self.more(reasons.len());
        } else {
            self.denied(decided);
        }
        self.out
    }

    fn what(&self, decided: &Decided) -> String {
        let shown = match decided.both_halves {
            true => format!("assign {}", self.handed(decided)),
            false => match self.model().permissions.get(decided.permission) {
                Permission::Grant(_) if decided.taking => {
                    format!("revoke {}", self.model().show_target(decided.permission))
                }
                _ => self.model().show_permission(decided.permission),
            },
        };
        let (Some(facts), Some(target)) = (self.facts(), decided.target) else {
            return shown;
        };
        let to = decided.recipient.map_or_else(String::new, |user| {
            let example = if decided.for_example { ", for example" } else { "" };
            let way = if decided.taking { "from" } else { "to" };
            format!(" {way} {}{example}", facts.user(user).id)
        });
        format!("{shown} {}{to}", self.place(target, facts))
    }

    fn handed(&self, decided: &Decided) -> String {
        match self.model().permissions.get(decided.permission) {
            Permission::Give(_) | Permission::Take(_) => self.model().show_target(decided.permission),
            _ => "member".to_owned(),
        }
    }

    fn place(&self, target: Target, facts: &Facts) -> String {
        let name = |node| facts.node_name(self.model(), node);
        match target.resource {
            Resource::Node(node) if self.model().ty(facts.node(node).ty).kind.is_place() => {
                format!("at {}", name(node))
            }
            Resource::Node(node) => name(node),
            Resource::Unlisted(_) => format!("in {}", name(target.start)),
            Resource::User(user) => format!("{} at {}", facts.user(user).id, name(target.start)),
        }
    }

    fn granted(&mut self, reason: &Reason) {
        let rule = self.rule(reason.rule);
        self.line("granted by", &rule);
        self.doc(reason);
        self.holding(reason);
    }

    fn doc(&mut self, reason: &Reason) {
        if let Some(doc) = &reason.doc {
            for line in doc.lines() {
                self.line("", &format!("“{line}”"));
            }
        }
    }

    /// `Manager at paris, by default, as a member of paris`, and the path by which the rule came.
    fn holding(&mut self, reason: &Reason) {
        let Some((&role, through)) = reason.path.split_first() else {
            return self.line("for", "everyone, without any role");
        };
        let name = self.role(role);
        let at = self.at(reason);
        let how = match (reason.entry, self.ground.org) {
            (Some(entry), Some(org)) => how(&entry, org, self.model()),
            _ => "derived".to_owned(),
        };
        let place = self.entry_place(reason);
        self.line("held as", &format!("{name}{at}, {how}{place}"));
        if !through.is_empty() {
            let path: Vec<String> = reason.path.iter().map(|&role| self.role(role)).collect();
            self.line("inherited", &path.join(" extends "));
        }
    }

    fn at(&self, reason: &Reason) -> String {
        match (reason.node, self.facts()) {
            (Some(node), Some(facts)) => format!(" at {}", facts.node_name(self.model(), node)),
            _ => String::new(),
        }
    }

    fn entry_place(&self, reason: &Reason) -> String {
        use crate::eval::org::Source;
        let (Some(entry), Some(facts)) = (reason.entry, self.facts()) else {
            return String::new();
        };
        let span = match entry.source() {
            Source::Holding(ix) => facts.holdings[ix as usize].span,
            Source::Grant(ix) => facts.grants[ix as usize].span,
            Source::Default => return String::new(),
        };
        format!("  ({})", self.location(span))
    }

    fn role(&self, role: RoleId) -> String {
        match self.facts() {
            Some(facts) => facts.role_name(self.model(), role),
            None => self.model().show_role(role),
        }
    }

    fn more(&mut self, count: usize) {
        if count > SHOWN {
            self.line("", &format!("and in {} more ways", count - SHOWN));
        }
    }

    fn denied(&mut self, decided: &Decided) {
        let reasons = &decided.explanation.reasons;
        let concerned = reasons
            .iter()
            .any(|reason| !matches!(reason.cause, Cause::Limited | Cause::Excepted));
        let mut told: Vec<(std::mem::Discriminant<Cause>, usize)> = Vec::new();
        for reason in reasons.iter().filter(|reason| reason.cause != Cause::NotHeld) {
            let kind = std::mem::discriminant(&reason.cause);
            let known = told.iter_mut().find(|(known, _)| *known == kind);
            match known {
                Some((_, count)) if *count >= SHOWN => continue,
                Some((_, count)) => *count += 1,
                None => told.push((kind, 1)),
            }
            self.near_miss(reason, decided);
        }
        self.not_held(reasons);
        if !concerned {
            let what = self.model().show_permission(decided.permission);
            self.line("not granted", &format!("no rule gives `{what}` to anybody"));
        }
    }

    fn near_miss(&mut self, reason: &Reason, decided: &Decided) {
        let rule = self.rule(reason.rule);
        let (name, at) = (
            reason
                .path
                .first()
                .map_or("everyone".to_owned(), |&role| self.role(role)),
            self.at(reason),
        );
        match &reason.cause {
            Cause::Granted | Cause::NotHeld => {}
            Cause::Prohibited => {
                self.line("prohibited by", &rule);
                self.doc(reason);
            }
            Cause::PerhapsProhibited(missing) => {
                self.line("prohibited by", &rule);
                let missing = self.missing(missing);
                self.line("unknown", &format!("{missing}; what is unknown forbids"));
            }
            Cause::Excepted => self.line("excepted", &format!("{name}{at}: {rule}")),
            Cause::Limited => self.line("limited", &format!("{name}{at}: {rule}")),
            Cause::Unknown(missing) => {
                let missing = self.missing(missing);
                self.line("unknown", &format!("{missing}, asked by {name}{at}: {rule}"));
            }
            Cause::Condition(test) => {
                let test = one_line(self.sources.snippet(*test));
                self.line("condition false", &format!("`{test}`, asked by {name}{at}: {rule}"));
            }
            Cause::Relation(relation) => {
                let relation = one_line(self.sources.snippet(*relation));
                self.line("no relation", &format!("`as {relation}`, asked by {name}{at}: {rule}"));
            }
            Cause::Recipient => self.line("recipient", &format!("not one that {name}{at} may hand it to: {rule}")),
            Cause::NotRunning => self.line("not running", &format!("{name}{at} has ended or not begun: {rule}")),
            Cause::PerhapsRunning => {
                self.line(
                    "unknown",
                    &format!("whether {name}{at} runs: no `context.now` is given: {rule}"),
                );
            }
            Cause::NotThere(perhaps) => {
                let (who, place) = self.whom(decided);
                match perhaps {
                    false => self.line("no member", &format!("{who} is no member of {place} at this moment")),
                    true => self.line(
                        "unknown",
                        &format!("whether {who} is a member of {place}: no `context.now` is given"),
                    ),
                }
            }
            Cause::NothingToTake => {
                let (who, place) = self.whom(decided);
                self.line("nothing to take", &format!("{who} has not been given it at {place}"));
            }
            Cause::OutOfReach => {
                let place = self.lies(decided);
                self.line("out of reach", &format!("{name} is held{at}{place}: {rule}"));
            }
        }
    }

    /// The user to whom it is done, or from whom it is taken, and where.
    fn whom(&self, decided: &Decided) -> (String, String) {
        let (Some(facts), Some(target)) = (self.facts(), decided.target) else {
            return (String::new(), String::new());
        };
        let user = match target.resource {
            Resource::User(user) => Some(user),
            Resource::Node(_) | Resource::Unlisted(_) => decided.recipient,
        };
        let name = user.map_or_else(String::new, |user| facts.user(user).id.to_string());
        (name, facts.node_name(self.model(), target.start))
    }

    fn lies(&self, decided: &Decided) -> String {
        let (Some(facts), Some(target)) = (self.facts(), decided.target) else {
            return String::new();
        };
        let name = |node| facts.node_name(self.model(), node);
        match target.resource {
            Resource::Node(node) => match facts.node(node).container {
                Some(container) => format!(", {} lies in {}", name(node), name(container)),
                None => String::new(),
            },
            _ => format!(", the target lies in {}", name(target.start)),
        }
    }

    fn missing(&self, spans: &[Span]) -> String {
        let mut names: Vec<String> = spans
            .iter()
            .map(|&span| format!("`{}`", one_line(self.sources.snippet(span))))
            .collect();
        names.sort();
        names.dedup();
        match names.len() {
            0 => "something it depends on is not known".to_owned(),
            1 => format!("{} is missing", names[0]),
            _ => format!("{} are missing", names.join(", ")),
        }
    }

    fn not_held(&mut self, reasons: &[Reason]) {
        let mut names: Vec<String> = Vec::new();
        for reason in reasons.iter().filter(|reason| reason.cause == Cause::NotHeld) {
            let name = match reason.path.first() {
                Some(&role) => self.role(role),
                None => "a signed-in user".to_owned(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if !names.is_empty() {
            let more = names.len().saturating_sub(8);
            names.truncate(8);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            self.line("not held", &format!("{}{more} would be needed", names.join(", ")));
        }
    }

    fn rule(&self, span: Span) -> String {
        let text = one_line(self.sources.snippet(span));
        format!("`{text}`  ({})", self.location(span))
    }

    fn location(&self, span: Span) -> String {
        let (line, _) = self.sources.position(span.file, span.start);
        format!("{}:{line}", self.sources.name(span.file))
    }
}

/// A text on one line, cut where it is long.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or(""));
    let flat: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    let flat = flat.join(" ");
    if flat.chars().count() <= WIDTH {
        return flat;
    }
    let cut: String = flat.chars().take(WIDTH - 1).collect();
    format!("{cut}…")
}
