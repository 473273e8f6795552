//! Promises: one that is proved is broken by no organisation that is drawn, one that is refuted is broken by its example.

use std::collections::BTreeMap;

use rolebook::analyze::Analysis;
use rolebook::analyze::promise::{Outcome, Refutation, settle};
use rolebook::eval::{Request, Resource};
use rolebook::facts::{Facts, Window};
use rolebook::model::permission::PermId;
use rolebook::model::value::{Tri, Value};
use rolebook::model::{Attribute, Default, Model, Promise, PromiseKind, RoleId};
use rolebook::source::FileId;
use rolebook::syntax::parse;

use super::asked::Asked;
use super::compared::{Policy, Reading, answer};
use super::draft::Draft;
use super::exclusions::keeps_apart;
use super::paper::{Paper, parsed};
use super::shrink::{self, Broken};
use super::{organisation, seeds};
use crate::meaning;
use crate::policy::Theme;
use crate::requests;
use crate::tape::{Seed, Tape};
use crate::words::Writer;

const ORGANISATIONS: usize = 6;
const REQUESTS: usize = 40;

/// A policy with what it promises; only what compiles.
fn generate(seed: Seed) -> Option<Draft> {
    let mut draft = Draft::generate(seed)?;
    let mut tape = Tape::second(seed);
    let compiled = draft.compile().ok()?;
    let model = compiled.table.model();
    for _ in 0..8 {
        let Some(line) = promise(&draft, model, &mut tape) else {
            continue;
        };
        let mut more = draft.clone();
        more.lines.push(line);
        if more.compile().is_ok() {
            draft = more;
        }
    }
    Some(draft)
}

/// A promise in the words of a rule of the policy, or of another.
fn promise(draft: &Draft, model: &Model, tape: &mut Tape) -> Option<String> {
    if tape.chance(20) {
        let (one, two) = (tape.pick(&model.roles)?, tape.pick(&model.roles)?);
        let name = |role: &rolebook::model::Role| format!("{}.{}", model.ty(role.ty).name, role.name);
        let fits = one.ty == two.ty && one.name != two.name;
        return fits.then(|| format!("ensure {} can everything {} can", name(one), name(two)));
    }
    let rules: Vec<&String> = draft
        .lines
        .iter()
        .filter(|line| line.contains(" can ") || line.contains("cannot "))
        .collect();
    let line = match tape.chance(60) {
        true => (*tape.pick(&rules)?).clone(),
        false => Writer::new(model, tape.one(&Theme::ALL), Tape::new(tape.word())).rule(),
    };
    let Some((head, rest)) = line.split_once(" { ") else {
        return Some(format!("ensure {line}"));
    };
    let (name, ty) = head.strip_prefix("role ")?.split_once(" at ")?;
    let rule = rest.trim_end_matches(" }");
    let rule = rule.strip_prefix("can ").or_else(|| rule.strip_prefix("cannot "))?;
    let role = format!("{ty}.{name}");
    Some(match tape.below(8) {
        0..=2 => format!("ensure {role} can {rule}"),
        3 | 4 => format!("ensure {role} cannot {rule}"),
        5 => format!("ensure nobody with {role} can {rule}"),
        6 => format!("ensure nobody but {role} can {rule}"),
        _ => format!("ensure nobody can {rule}"),
    })
}

/// Nothing is missing that facts or a request could say, and everything runs without bounds.
fn misses_nothing(model: &Model, facts: &Facts, request: &Request<'_>) -> bool {
    let said = |attribute: &Attribute, value: Option<&Value>| {
        attribute.ty.optional || attribute.ty.many || value.is_some_and(|value| *value != Value::Missing)
    };
    let all = |attributes: &[Attribute], values: &[Value]| {
        let mut slots = attributes.iter().enumerate();
        slots.all(|(slot, attribute)| said(attribute, values.get(slot)))
    };
    let fresh = match request.target.resource {
        Resource::Unlisted(ty) => model.ty(ty).attributes.iter().enumerate().all(|(slot, attribute)| {
            let given = request.given.iter().find(|(known, _)| *known == slot);
            let path = matches!(attribute.default, Default::Path(..));
            path || said(attribute, Some(&given.map_or(attribute.unset(), |(_, value)| *value)))
        }),
        _ => true,
    };
    let holdings = facts.holdings.iter().all(|it| {
        let parameters = model.roles.get(it.role.ix()).map_or(&[][..], |role| &role.parameters);
        let given = |attribute: &Attribute| {
            it.parameters()
                .iter()
                .find(|(key, _)| *key == attribute.key)
                .map(|(_, v)| v)
        };
        it.window() == Window::ALWAYS && parameters.iter().all(|attribute| said(attribute, given(attribute)))
    });
    fresh
        && holdings
        && facts.grants.iter().all(|it| it.window == Window::ALWAYS)
        && facts
            .nodes
            .iter()
            .all(|it| all(&model.ty(it.ty).attributes, &it.values))
        && facts
            .users
            .iter()
            .all(|it| all(&model.ty(it.ty).attributes, &it.values))
        && all(&model.context, request.context)
}

/// Makes somebody hold one role and nothing else, if the promise is about those.
fn single_out(paper: &mut Paper, model: &Model, promise: &Promise, tape: &mut Tape) {
    let roles: Vec<RoleId> = match &promise.kind {
        PromiseKind::Role { rules, .. } => rules.iter().map(|(role, _)| *role).collect(),
        PromiseKind::Contains { less, .. } => less.clone(),
        _ => return,
    };
    let Some(&role) = tape.pick(&roles) else { return };
    let role = model.role(role);
    let there: Vec<String> = paper
        .nodes
        .iter()
        .filter(|node| node.ty == model.ty(role.ty).name)
        .map(|node| node.id.clone())
        .collect();
    let users: Vec<String> = paper.users.iter().map(|user| user.id.clone()).collect();
    let (Some(at), Some(user)) = (tape.pick(&there), tape.pick(&users)) else {
        return;
    };
    let fields = paper
        .given
        .iter()
        .find(|it| it.role == role.name)
        .map(|it| it.fields.clone());
    paper.given.retain(|it| it.to != *user && users.contains(&it.to));
    paper.lists.retain(|entry| {
        !entry
            .fields
            .iter()
            .any(|(key, value)| key == "to" && value.contains(&user[..]))
    });
    paper.given.push(super::paper::Given {
        to: user.clone(),
        role: role.name.clone(),
        at: at.clone(),
        fields: fields.unwrap_or_default(),
    });
}

/// A policy with what became of its promises.
struct Settled {
    policy: Policy,
    proved: Vec<usize>,
    refuted: Vec<(usize, Box<Refutation>)>,
}

impl Settled {
    fn of(draft: &Draft) -> Option<Self> {
        let policy = Policy::of(draft.compile().ok()?);
        let analysis = Analysis::new(&policy.compiled.table);
        let (mut proved, mut refuted) = (Vec::new(), Vec::new());
        for (ix, promise) in policy.model().promises.iter().enumerate() {
            match settle(&analysis, promise) {
                Outcome::Proved => proved.push(ix),
                Outcome::Refuted(it) => refuted.push((ix, it)),
                Outcome::Unknown(_) => {}
            }
        }
        drop(analysis);
        Some(Self {
            policy,
            proved,
            refuted,
        })
    }

    fn promise(&self, ix: usize) -> &Promise {
        &self.policy.model().promises[ix]
    }

    /// A proved promise that a request in an organisation breaks.
    fn broken(&self, reading: &Reading<'_>, paper: &Paper, asked: &Asked) -> Option<Option<usize>> {
        let model = self.policy.model();
        let question = asked.question(reading)?;
        let request = question.request();
        misses_nothing(model, reading.facts, &request).then_some(())?;
        let (oracle, ask) = meaning::open(model, reading.facts, &request);
        let breaks = |ix: &&usize| match &self.promise(**ix).kind {
            PromiseKind::Contains { more, less } => self.is_beyond(more, less, reading, paper, asked),
            _ => oracle.breaks(self.promise(**ix), &ask),
        };
        Some(self.proved.iter().find(breaks).copied())
    }

    /// Allowed to somebody who holds the one role and nothing else, and not if it were the other.
    fn is_beyond(&self, more: &[RoleId], less: &[RoleId], reading: &Reading<'_>, paper: &Paper, asked: &Asked) -> bool {
        self.try_beyond(more, less, reading, paper, asked) == Some(true)
    }

    fn try_beyond(
        &self,
        more: &[RoleId],
        less: &[RoleId],
        reading: &Reading<'_>,
        paper: &Paper,
        asked: &Asked,
    ) -> Option<bool> {
        let model = self.policy.model();
        let caller = asked.caller.as_ref()?;
        let (oracle, ask) = {
            let question = asked.question(reading)?;
            let allowed = meaning::degree(model, reading.facts, &question.request()) == Tri::True;
            if !allowed {
                return Some(false);
            }
            let user = reading.facts.user_named(caller)?;
            let (oracle, _) = meaning::open(model, reading.facts, &question.request());
            (oracle.only_holding(user)?, ())
        };
        let ((role, node), ()) = (oracle, ask);
        less.contains(&role).then_some(())?;
        let ty = reading.facts.node(node).ty;
        let others = more
            .iter()
            .filter(|&&other| model.role(other).ty == ty && !model.role(other).is_derived());
        for &other in others {
            let mut swapped = paper.clone();
            let held = swapped.given.iter_mut().find(|it| it.to == *caller)?;
            held.role = model.role(other).name.clone();
            let Some(facts) = swapped.read(model) else { continue };
            let reading = Reading::of(&self.policy, &facts);
            let question = asked.question(&reading)?;
            let request = question.request();
            if keeps_apart(model, &facts)
                && misses_nothing(model, &facts, &request)
                && meaning::degree(model, &facts, &request) != Tri::True
            {
                return Some(true);
            }
        }
        Some(false)
    }

    /// A refutation that is none.
    fn false_example(&self) -> Option<String> {
        let fault = |(ix, it): &(usize, Box<Refutation>)| {
            let promise = self.promise(*ix);
            let said = answer(&self.policy, &it.shown, None);
            if said.is_none_or(|said| (said == Tri::True) != it.allowed) {
                return Some(format!("the evaluator answers {said:?}"));
            }
            if matches!(promise.kind, PromiseKind::Contains { .. }) {
                return None;
            }
            let breaks = self.oracle_breaks(promise, it);
            (breaks != Some(true)).then(|| format!("the oracle says {breaks:?}"))
        };
        self.refuted.iter().find_map(|it| {
            let why = fault(it)?;
            let shown = &it.1.shown;
            Some(format!("refuted, but {why}: {}\n{}", shown.sentence, shown.facts))
        })
    }

    fn oracle_breaks(&self, promise: &Promise, it: &Refutation) -> Option<bool> {
        let model = self.policy.model();
        let (facts, mut found) = parsed(&it.shown.facts, model)?;
        let sentence = parse::sentence(FileId::GENERATED, &it.shown.sentence, &mut found)?;
        let asked = Asked::of_sentence(model, &facts, it.permission, &sentence)?;
        let reading = Reading::of(&self.policy, &facts);
        let question = asked.question(&reading)?;
        let (oracle, ask) = meaning::open(model, &facts, &question.request());
        Some(oracle.breaks(promise, &ask))
    }
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
    let settled = Settled::of(&broken.new)?;
    let why = match &broken.case {
        None => settled.false_example()?,
        Some((paper, asked)) => {
            let facts = paper.read(settled.policy.model())?;
            keeps_apart(settled.policy.model(), &facts).then_some(())?;
            let reading = Reading::of(&settled.policy, &facts);
            let ix = settled.broken(&reading, paper, asked)??;
            told(&settled, ix, asked)
        }
    };
    Some(found(&broken.new, broken.case.clone(), why))
}

fn told(settled: &Settled, ix: usize, asked: &Asked) -> String {
    format!("proved ({}), and broken: {asked}", settled.promise(ix).span.start)
}

/// The permissions that a promise speaks of; none if it speaks of all.
fn concerned(kind: &PromiseKind) -> Vec<PermId> {
    match kind {
        PromiseKind::Nobody { rule, .. } | PromiseKind::Public(rule) => rule.permissions.clone(),
        PromiseKind::Role { rules, .. } => rules.iter().flat_map(|(_, rule)| rule.permissions.clone()).collect(),
        PromiseKind::Contains { .. } | PromiseKind::NeverBecome { .. } => Vec::new(),
    }
}

/// What a run has seen.
#[derive(Default)]
struct Tally {
    proved: usize,
    refuted: usize,
    unknown: usize,
    requests: usize,
    by_kind: BTreeMap<String, usize>,
}

fn hold(seed: Seed, tally: &mut Tally) -> Option<Broken> {
    let draft = generate(seed)?;
    let settled = Settled::of(&draft)?;
    let model = settled.policy.model();
    tally.proved += settled.proved.len();
    tally.refuted += settled.refuted.len();
    tally.unknown += model.promises.len() - settled.proved.len() - settled.refuted.len();
    for &ix in &settled.proved {
        let kind = match &settled.promise(ix).kind {
            PromiseKind::Nobody { with, but, .. } => {
                format!("nobody with {} but {}", with.len().min(1), but.len().min(1))
            }
            PromiseKind::Public(_) => "everyone".to_owned(),
            PromiseKind::Role { can, .. } => format!("role can: {can}"),
            PromiseKind::Contains { .. } => "contains".to_owned(),
            PromiseKind::NeverBecome { .. } => "never".to_owned(),
        };
        *tally.by_kind.entry(kind).or_default() += 1;
    }
    if let Some(why) = settled.false_example() {
        return Some(found(&draft, None, why));
    }
    if settled.proved.is_empty() {
        return None;
    }
    let mut tape = Tape::new(seed ^ 0x7072_6f6d);
    for _ in 0..ORGANISATIONS {
        let mut paper = organisation::drawn(&settled.policy, draft.world, true, &mut tape);
        if tape.chance(60)
            && let Some(&ix) = tape.pick(&settled.proved)
        {
            single_out(&mut paper, model, settled.promise(ix), &mut tape);
        }
        let Some(facts) = paper.read(model).filter(|facts| keeps_apart(model, facts)) else {
            continue;
        };
        let reading = Reading::of(&settled.policy, &facts);
        for _ in 0..REQUESTS {
            let of_promise = |ix: &usize| concerned(&settled.promise(*ix).kind);
            let about: Vec<PermId> = tape.pick(&settled.proved).map_or_else(Vec::new, of_promise);
            let all: Vec<PermId> = model.permissions.iter().map(|(id, _)| id).collect();
            let Some(&id) = tape.pick(if about.is_empty() { &all } else { &about }) else {
                continue;
            };
            let Some(question) = requests::about(model, &facts, id, true, &mut tape) else {
                continue;
            };
            let asked = Asked::of(model, &facts, &question.request());
            let Some(outcome) = settled.broken(&reading, &paper, &asked) else {
                continue;
            };
            tally.requests += 1;
            if let Some(ix) = outcome {
                let why = told(&settled, ix, &asked);
                return Some(found(&draft, Some((paper, asked)), why));
            }
        }
    }
    None
}

#[test]
fn what_is_promised_is_kept() {
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    for seed in seeds(14) {
        if let Some(broken) = hold(seed, &mut tally) {
            wrong.push(format!("seed {seed}\n{}", shrink::smallest(broken)));
            if wrong.len() >= super::most() {
                break;
            }
        }
    }
    println!(
        "{} proved, {} refuted, {} unknown, {} requests, {:?}",
        tally.proved, tally.refuted, tally.unknown, tally.requests, tally.by_kind
    );
    assert!(wrong.is_empty(), "{} broken\n\n{}", wrong.len(), wrong.join("\n\n"));
}
