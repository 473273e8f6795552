//! What the linter says of rules and permissions, held against decisions: a rule that it calls idle can be taken out, a fix
//! changes no decision, a dead rule is never true, what nobody ever has nobody has.

use std::collections::BTreeMap;

use rolebook::diagnostic::{Diagnostic, Found};
use rolebook::eval::degree;
use rolebook::lint::{self, Level, Levels};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::Tri;
use rolebook::model::{Effect, Model};
use rolebook::source::{Sources, Span};

use super::asked::Asked;
use super::compared::{Policy, Reading};
use super::draft::{Draft, compiled};
use super::exclusions::keeps_apart;
use super::paper::Paper;
use super::shrink::{self, Broken};
use super::{edits, organisation, seeds};
use crate::meaning;
use crate::requests;
use crate::tape::{Seed, Tape};

const ORGANISATIONS: usize = 5;
const REQUESTS: usize = 60;

/// Findings that say that a rule could as well not be there.
const IDLE: [&str; 6] = [
    "dead-rule",
    "overridden-grant",
    "vacuous-prohibition",
    "shadowed-rule",
    "jointly-redundant-rule",
    "equivalent-rules",
];

/// Findings that say something else that is looked at here.
const OTHERS: [&str; 4] = [
    "redundant-condition-part",
    "constant-condition",
    "never-allowed-permission",
    "always-allowed-permission",
];

/// A policy with rules that say nearly the same.
fn generate(seed: Seed) -> Option<Draft> {
    let mut draft = Draft::generate(seed)?;
    let mut tape = Tape::second(seed);
    for _ in 0..tape.below(4) {
        let compiled = draft.compile().ok()?;
        let line = edits::variant(&draft, compiled.table.model(), &mut tape);
        draft.lines.extend(line);
    }
    draft.compile().is_ok().then_some(draft)
}

/// The policy as it would be after what a finding says.
struct Variant {
    why: String,
    policy: Option<Policy>,
}

/// A policy with what is said of it.
struct Linted {
    policy: Policy,
    variants: Vec<Variant>,
    dead: Vec<Span>,
    /// Permissions that nobody has, and that everybody has.
    never: Vec<PermId>,
    always: Vec<PermId>,
    codes: Vec<&'static str>,
}

fn findings(draft: &Draft, policy: &Policy) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    sources.add("0.roles", draft.text());
    let mut levels = Levels::default();
    for rule in lint::rules() {
        let wanted = IDLE.iter().chain(&OTHERS).any(|code| *code == rule.name);
        levels.set(rule.name, if wanted { Level::Warning } else { Level::Off });
    }
    let mut found = Found::default();
    let table = &policy.compiled.table;
    lint::policy(
        table.model(),
        Some(table),
        &policy.compiled.trees,
        &sources,
        &levels,
        &mut found,
    );
    found
        .iter()
        .filter(|it| !it.code.starts_with("ensure/"))
        .cloned()
        .collect()
}

impl Linted {
    fn of(draft: &Draft) -> Option<Self> {
        let policy = Policy::of(draft.compile().ok()?);
        let text = draft.text();
        let mut it = Self {
            variants: Vec::new(),
            dead: Vec::new(),
            never: Vec::new(),
            always: Vec::new(),
            codes: Vec::new(),
            policy,
        };
        let mut all: Vec<(Span, String)> = Vec::new();
        for finding in findings(draft, &it.policy) {
            let Some(place) = finding.labels.first().map(|label| label.span) else {
                continue;
            };
            it.codes.push(finding.code);
            let changes: Vec<(Span, String)> = match finding.code {
                code if IDLE.contains(&code) => vec![(place, String::new())],
                _ => finding
                    .fixes
                    .iter()
                    .map(|fix| (fix.span, fix.replacement.clone()))
                    .collect(),
            };
            if finding.code != "jointly-redundant-rule" {
                all.extend(changes.first().cloned());
            }
            for change in changes {
                it.variants.push(variant(&text, finding.code, &[change]));
            }
            let model = it.policy.model();
            match finding.code {
                "dead-rule" => it.dead.push(place),
                "never-allowed-permission" => it.never.extend(declared_at(model, place)),
                "always-allowed-permission" => it.always.extend(declared_at(model, place)),
                _ => {}
            }
        }
        if all.len() > 1 {
            it.variants.push(variant(&text, "all at once", &all));
        }
        Some(it)
    }

    /// What a request in an organisation says against what was found.
    fn fault(&self, reading: &Reading<'_>, others: &[Option<Reading<'_>>], asked: &Asked) -> Option<Option<String>> {
        let question = asked.question(reading)?;
        let request = question.request();
        let was = degree(&self.policy.compiled.table, &reading.org, &request);
        let id = request.permission;
        if self.never.contains(&id) && was == Tri::True {
            return Some(Some(format!("never allowed, and allowed: {asked}")));
        }
        if self.always.contains(&id) && was != Tri::True && request.user.is_some() {
            return Some(Some(format!("always allowed, and not: {asked}")));
        }
        if !self.dead.is_empty() {
            let (oracle, ask) = meaning::open(self.policy.model(), reading.facts, &request);
            let mut all = oracle.contributions(&ask, Effect::Grant);
            all.extend(oracle.contributions(&ask, Effect::Prohibit));
            if all
                .iter()
                .any(|it| it.degree == Tri::True && self.dead.contains(&it.rule.span))
            {
                return Some(Some(format!("dead, and true: {asked}")));
            }
        }
        for (variant, other) in self.variants.iter().zip(others) {
            let is = other.as_ref().and_then(|other| other.allows(asked));
            if is.is_some_and(|is| is != (was == Tri::True)) {
                return Some(Some(format!("{} changes: {asked}", variant.why)));
            }
        }
        Some(None)
    }

    /// Every variant that compiles reads the organisation.
    fn facts(&self, paper: &Paper) -> Vec<Option<rolebook::facts::Facts>> {
        let read = |variant: &Variant| paper.read(variant.policy.as_ref()?.model());
        self.variants.iter().map(read).collect()
    }

    fn readings<'a>(&'a self, facts: &'a [Option<rolebook::facts::Facts>]) -> Vec<Option<Reading<'a>>> {
        let both = self.variants.iter().zip(facts);
        both.map(|(variant, facts)| Some(Reading::of(variant.policy.as_ref()?, facts.as_ref()?)))
            .collect()
    }

    /// A fix that does not compile.
    fn bad_fix(&self) -> Option<String> {
        let bad = self.variants.iter().find(|variant| variant.policy.is_none())?;
        Some(format!("{}: does not compile", bad.why))
    }
}

/// The text after some changes.
fn variant(text: &str, code: &str, changes: &[(Span, String)]) -> Variant {
    let mut sorted: Vec<&(Span, String)> = changes.iter().collect();
    sorted.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut changed = text.to_owned();
    let mut last = usize::MAX;
    for (span, replacement) in sorted {
        if span.range().end <= last {
            changed.replace_range(span.range(), replacement);
            last = span.range().start;
        }
    }
    let said: Vec<&str> = changes.iter().map(|(span, _)| &text[span.range()]).collect();
    Variant {
        why: format!("{code} `{}`", said.join("`, `")),
        policy: compiled(&[changed], &mut Sources::default()).ok().map(Policy::of),
    }
}

/// The permissions declared at a place: those of an action or a field.
fn declared_at(model: &Model, place: Span) -> Vec<PermId> {
    let at = |permission: Permission| match permission {
        Permission::Act {
            ty, field: Some(field), ..
        } => model.ty(ty).fields[field].span == place,
        Permission::Act { ty, action, .. } => model.ty(ty).actions[action].span == place,
        _ => false,
    };
    // A field is one place for several actions, of which not every one need be meant.
    let found: Vec<PermId> = model
        .permissions
        .iter()
        .filter(|(_, it)| at(*it))
        .map(|(id, _)| id)
        .collect();
    if found.len() == 1 { found } else { Vec::new() }
}

fn found(draft: &Draft, case: Option<(Paper, Asked)>, why: String) -> Broken {
    Broken {
        old: draft.clone(),
        new: draft.clone(),
        case,
        why,
        again,
    }
}

fn again(broken: &Broken) -> Option<Broken> {
    let linted = Linted::of(&broken.new)?;
    let why = match &broken.case {
        None => linted.bad_fix()?,
        Some((paper, asked)) => {
            let facts = paper.read(linted.policy.model())?;
            keeps_apart(linted.policy.model(), &facts).then_some(())?;
            let reading = Reading::of(&linted.policy, &facts);
            let others = linted.facts(paper);
            linted.fault(&reading, &linted.readings(&others), asked)??
        }
    };
    Some(found(&broken.new, broken.case.clone(), why))
}

/// What a run has seen.
#[derive(Default)]
struct Tally {
    requests: usize,
    by_code: BTreeMap<&'static str, usize>,
}

fn hold(seed: Seed, tally: &mut Tally) -> Option<Broken> {
    let draft = generate(seed)?;
    let linted = Linted::of(&draft)?;
    for &code in &linted.codes {
        *tally.by_code.entry(code).or_default() += 1;
    }
    if let Some(why) = linted.bad_fix() {
        return Some(found(&draft, None, why));
    }
    let model = linted.policy.model();
    let mut tape = Tape::new(seed ^ 0x6c69_6e74);
    for _ in 0..ORGANISATIONS {
        let mut paper = organisation::drawn(&linted.policy, draft.world, false, &mut tape);
        // Some requests do not say when: a holding of which nobody knows whether it runs is in no world of the analysis.
        paper.without_windows();
        let Some(facts) = paper.read(model).filter(|facts| keeps_apart(model, facts)) else {
            continue;
        };
        let reading = Reading::of(&linted.policy, &facts);
        let others = linted.facts(&paper);
        let others = linted.readings(&others);
        for _ in 0..REQUESTS {
            let Some(question) = requests::ask(model, &facts, tape.word()) else {
                continue;
            };
            let asked = Asked::of(model, &facts, &question.request());
            let Some(outcome) = linted.fault(&reading, &others, &asked) else {
                continue;
            };
            tally.requests += 1;
            if let Some(why) = outcome {
                return Some(found(&draft, Some((paper, asked)), why));
            }
        }
    }
    None
}

#[test]
fn what_is_found_idle_is_idle() {
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    for seed in seeds(10) {
        if let Some(broken) = hold(seed, &mut tally) {
            wrong.push(format!("seed {seed}\n{}", shrink::smallest(broken)));
            if wrong.len() >= super::most() {
                break;
            }
        }
    }
    println!("{} requests, {:?}", tally.requests, tally.by_code);
    assert!(wrong.is_empty(), "{} broken\n\n{}", wrong.len(), wrong.join("\n\n"));
}
