//! That the generated cases reach what they are meant to reach: each feature decides for and against often enough.

mod paths;

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rolebook::eval::Resource;
use rolebook::facts::{EVERYONE, Subject, Window};
use rolebook::model::permission::Permission;
use rolebook::model::value::Tri;
use rolebook::model::{AttrName, Effect, Expr, HeldAt, Operand, Reach, Receiver, Rule, TestKind, USER, Who};
use rolebook::syntax::ast::Op;

use paths::{paths, shared_words, ways};

use crate::agreement::{Setup, cases};
use crate::meaning::{self, Contribution, Source};
use crate::policy::Theme;
use crate::requests::Question;

/// How often a feature came out false, unknown, true.
type Counts = BTreeMap<String, [usize; 3]>;

const THEMES: [Theme; 5] = [
    Theme::Reach,
    Theme::Conditions,
    Theme::Derivations,
    Theme::Administration,
    Theme::Everything,
];

fn note(counts: &mut Counts, feature: impl Into<String>, degree: Tri) {
    counts.entry(feature.into()).or_default()[degree as usize] += 1;
}

#[test]
fn every_feature_decides_for_and_against() {
    let mut counts = Counts::new();
    let (mut written, mut lost) = (0, 0);
    for theme in THEMES {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[theme as u8 + 1; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        for _ in 0..75 {
            let case = cases(theme).new_tree(&mut runner).map(|tree| tree.current());
            let Some(setup) = case.ok().and_then(|case| case.setup()) else {
                continue;
            };
            written += setup.policy.lines.0;
            lost += setup.policy.lines.1;
            setup
                .questions
                .iter()
                .for_each(|question| observe(&setup, question, &mut counts));
        }
    }
    assert!(lost * 5 < written, "{lost} of {written} lines do not compile");
    let report: String = counts
        .iter()
        .map(|(feature, it)| format!("{feature:44} {it:?}\n"))
        .collect();
    let rare: Vec<String> = EXPECTED
        .iter()
        .filter_map(|&(feature, wanted)| lacks(&counts, feature, wanted))
        .collect();
    assert!(rare.is_empty(), "too rare (false, unknown, true): {rare:#?}\n{report}");
}

/// A feature that came out some way too seldom.
fn lacks(counts: &Counts, feature: &str, wanted: [usize; 3]) -> Option<String> {
    let found = counts.get(feature).copied().unwrap_or_default();
    let enough = found.iter().zip(wanted).all(|(&found, wanted)| found >= wanted);
    (!enough).then(|| format!("{feature}: {found:?}, wanted {wanted:?}"))
}

fn observe(setup: &Setup, question: &Question, counts: &mut Counts) {
    let request = question.request();
    let (oracle, ask) = meaning::open(&setup.policy.model, &setup.facts, &request);
    let verdict = oracle.decide(&ask);
    note(counts, "decision", verdict);
    note(
        counts,
        format!(
            "asked: {}",
            permission_name(setup.policy.model.permissions.get(request.permission))
        ),
        verdict,
    );
    let target = match (request.target.resource, request.target.own) {
        (Resource::Node(_), _) => "listed",
        (Resource::User(_), _) => "user",
        (Resource::Unlisted(_), Some(_)) => "unlisted",
        (Resource::Unlisted(_), None) => "created",
    };
    note(counts, format!("target: {target}"), verdict);
    if request.user.is_none() {
        note(counts, "not signed in", verdict);
    }
    people(setup, question, verdict, counts);
    for effect in [Effect::Grant, Effect::Prohibit] {
        note(counts, format!("{effect:?}"), oracle.side(&ask, effect));
        for contribution in oracle.contributions(&ask, effect) {
            features(setup, question, &contribution, counts);
        }
    }
}

/// Principals of other kinds as those who ask, who are acted upon, who receive.
fn people(setup: &Setup, question: &Question, verdict: Tri, counts: &mut Counts) {
    let request = question.request();
    let other = |user| setup.facts.user(user).ty != USER;
    if request.user.is_some_and(other) {
        note(counts, "a principal asks", verdict);
    }
    if matches!(request.target.resource, Resource::User(user) if other(user)) {
        note(counts, "a principal is acted upon", verdict);
    }
    let administrative = setup
        .policy
        .model
        .permissions
        .get(request.permission)
        .is_administrative();
    if administrative && request.recipient.is_some_and(other) {
        note(counts, "a principal receives", verdict);
    }
}

fn permission_name(permission: Permission) -> &'static str {
    match permission {
        Permission::Act { field: None, .. } => "action",
        Permission::Act { field: Some(_), .. } => "field",
        Permission::Grant(_) => "grant",
        Permission::Give(_) => "give",
        Permission::Take(_) => "take",
        Permission::AddMember(_) => "add member",
        Permission::RemoveMember(_) => "remove member",
    }
}

fn features(setup: &Setup, question: &Question, it: &Contribution<'_>, counts: &mut Counts) {
    let (rule, degree) = (it.rule, it.degree);
    let effect = rule.effect;
    let who = match &rule.who {
        Who::Holders(_) => "role",
        Who::Everyone => "everyone",
        Who::Anyone => "anyone",
        Who::Nobody(but) if but.is_empty() => "nobody",
        Who::Nobody(_) => "nobody but",
    };
    note(counts, format!("who: {who}"), degree);
    let public = if it.held.is_some() { "" } else { " without a role" };
    note(
        counts,
        format!("{effect:?} reach: {}{public}", reach_name(rule.reach)),
        degree,
    );
    source(setup, it, counts);
    for relation in &rule.relation {
        let kind = match (relation.at.is_some(), &relation.then[..]) {
            (true, []) => "of a type",
            (false, []) => "plain",
            (_, then) if then.iter().any(|(_, plus)| *plus) => "chain with +",
            _ => "chain",
        };
        note(counts, format!("relation: {kind}"), degree);
        if relation.at.is_none() && is_shadowed(setup, question, relation.first) {
            note(counts, "relation: on two nodes of the chain", degree);
        }
    }
    let of_facts = it.held.as_ref().is_some_and(|held| match held.source {
        Source::Grant(_) => true,
        Source::Stated(it) => it.role.ix() >= setup.policy.model.roles.len(),
        _ => false,
    });
    if of_facts && rule.reach != Reach::Below {
        note(counts, "a text of the facts with a reach", degree);
    }
    administration(setup, question, rule, degree, counts);
    for (word, clause) in [("when", &rule.when), ("unless", &rule.unless)] {
        if let Some(expr) = clause {
            note(counts, word, degree);
            tests(expr, &mut |kind| note(counts, format!("test: {kind}"), degree));
            for path in paths(expr) {
                for feature in ways(setup, question, rule, path) {
                    note(counts, format!("path: {feature}"), degree);
                }
            }
            for words in shared_words(&setup.policy.model, expr) {
                note(counts, format!("enumerations of one word: {words}"), degree);
            }
        }
    }
}

/// Two nodes from the target outward have an attribute of the name.
fn is_shadowed(setup: &Setup, question: &Question, name: AttrName) -> bool {
    let (model, facts) = (&setup.policy.model, &setup.facts);
    let target = question.request().target;
    let own = match target.resource {
        Resource::Unlisted(ty) => Some(ty),
        _ => None,
    };
    let listed = std::iter::successors(Some(target.start), |&node| facts.node(node).container);
    let chain = own.into_iter().chain(listed.map(|node| facts.node(node).ty));
    chain.filter(|&ty| model.slot(ty, name).is_some()).count() > 1
}

fn administration(setup: &Setup, question: &Question, rule: &Rule, degree: Tri, counts: &mut Counts) {
    let request = question.request();
    if setup
        .policy
        .model
        .permissions
        .get(request.permission)
        .is_administrative()
    {
        let to = match rule.receiver {
            Receiver::Member => "member",
            Receiver::Anyone => "anyone",
            Receiver::Holders(_) => "holders",
        };
        note(counts, format!("{:?} to {to}", rule.effect), degree);
    }
    for (word, said) in [("except self", rule.except_self), ("they have", rule.they_have)] {
        if said {
            note(counts, word, degree);
        }
    }
}

fn reach_name(reach: Reach) -> &'static str {
    match reach {
        Reach::Below => "none given",
        Reach::OnlyHere => "only here",
        Reach::OnlyBelow => "only below",
        Reach::In(_) => "in T",
        Reach::Across(_) => "across T",
        Reach::Anywhere => "anywhere",
    }
}

fn source(setup: &Setup, it: &Contribution<'_>, counts: &mut Counts) {
    let Some(held) = &it.held else { return };
    let (model, facts) = (&setup.policy.model, &setup.facts);
    let (kind, window, subject) = match held.source {
        Source::Default(_) => ("default", Window::ALWAYS, None),
        Source::Derived(_) => ("derived", Window::ALWAYS, None),
        Source::Grant(grant) => ("single grant", grant.window, Some(grant.to)),
        Source::Stated(holding) if holding.role.ix() >= model.roles.len() => {
            ("custom role", holding.window(), Some(holding.subject()))
        }
        Source::Stated(holding) => ("stated", holding.window(), Some(holding.subject())),
    };
    note(counts, format!("held: {kind}"), it.degree);
    if window != Window::ALWAYS {
        note(counts, "held: in a window", held.degree);
        if matches!(held.source, Source::Stated(it) if it.subject() != Subject::Group(EVERYONE)) {
            let through = if matches!(subject, Some(Subject::Group(_))) {
                "a group"
            } else {
                "the user"
            };
            note(counts, format!("held: in a window, by {through}"), held.degree);
        }
    }
    match subject {
        Some(Subject::Group(group)) if group != EVERYONE => {
            let nested = facts.group(group).members.len();
            note(
                counts,
                if nested > 1 {
                    "held: by a group of several"
                } else {
                    "held: by a group"
                },
                it.degree,
            );
        }
        Some(Subject::Group(_)) => note(counts, "held: by everyone", it.degree),
        _ => {}
    }
}

/// Names each kind of test in a condition.
fn tests(expr: &Expr, visit: &mut dyn FnMut(String)) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| tests(part, visit)),
        Expr::Not(inner) => tests(inner, visit),
        Expr::Test(test) => match &test.kind {
            TestKind::Truth(_) => visit("truth".to_owned()),
            TestKind::Compare(_, op, right, minutes) => {
                let list = if matches!(right, Operand::List(_)) {
                    " a list"
                } else {
                    ""
                };
                let shift = if *minutes == 0 { "" } else { " shifted" };
                visit(format!("{}{list}{shift}", op_name(*op)));
            }
            TestKind::Quantified { all, .. } => visit(if *all { "all" } else { "any" }.to_owned()),
            TestKind::Holds { at, .. } => visit(
                match at {
                    HeldAt::Above => "holds",
                    HeldAt::Anywhere => "holds anywhere",
                    HeldAt::At(_) => "holds at",
                }
                .to_owned(),
            ),
        },
    }
}

fn op_name(op: Op) -> &'static str {
    match op {
        Op::Is => "is",
        Op::IsNot => "is not",
        Op::In => "in",
        Op::NotIn => "not in",
        Op::Before | Op::After => "before, after",
        Op::Less | Op::AtMost | Op::Greater | Op::AtLeast => "ordered",
    }
}

/// What must come out false, unknown and true at least so often.
const EXPECTED: &[(&str, [usize; 3])] = &[
    ("Grant", [50, 50, 50]),
    ("Grant reach: across T", [50, 21, 40]),
    ("Grant reach: anywhere", [50, 50, 50]),
    ("Grant reach: anywhere without a role", [25, 5, 50]),
    ("Grant reach: in T", [50, 10, 28]),
    ("Grant reach: in T without a role", [50, 11, 50]),
    ("Grant reach: none given", [50, 50, 50]),
    ("Grant reach: none given without a role", [50, 50, 50]),
    ("Grant reach: only below", [50, 7, 25]),
    ("Grant reach: only here", [50, 14, 19]),
    ("Grant to anyone", [50, 11, 13]),
    ("Grant to holders", [50, 13, 3]),
    ("Grant to member", [50, 50, 50]),
    ("Prohibit", [50, 50, 50]),
    ("Prohibit reach: across T", [50, 7, 28]),
    ("Prohibit reach: anywhere", [16, 13, 22]),
    ("Prohibit reach: anywhere without a role", [40, 13, 48]),
    ("Prohibit reach: in T", [50, 8, 8]),
    ("Prohibit reach: in T without a role", [50, 21, 50]),
    ("Prohibit reach: none given", [50, 50, 50]),
    ("Prohibit reach: none given without a role", [50, 50, 50]),
    ("Prohibit reach: only below", [28, 0, 1]),
    ("Prohibit reach: only here", [44, 1, 12]),
    ("Prohibit to anyone", [13, 6, 9]),
    ("Prohibit to holders", [50, 8, 4]),
    ("Prohibit to member", [50, 14, 45]),
    ("a principal asks", [50, 25, 40]),
    ("a principal is acted upon", [25, 1, 7]),
    ("a principal receives", [50, 6, 12]),
    ("a text of the facts with a reach", [50, 2, 12]),
    ("asked: action", [50, 50, 50]),
    ("asked: add member", [16, 1, 2]),
    ("asked: field", [50, 50, 50]),
    ("asked: give", [50, 2, 5]),
    ("asked: grant", [50, 50, 50]),
    ("asked: remove member", [17, 1, 1]),
    ("asked: take", [50, 7, 6]),
    ("decision", [50, 50, 50]),
    ("enumerations of one word: ordered", [50, 6, 1]),
    ("enumerations of one word: plain", [25, 0, 2]),
    ("except self", [50, 15, 14]),
    ("held: by a group", [50, 8, 4]),
    ("held: by a group of several", [50, 30, 35]),
    ("held: by everyone", [50, 50, 50]),
    ("held: custom role", [50, 5, 4]),
    ("held: default", [50, 29, 50]),
    ("held: derived", [50, 50, 50]),
    ("held: in a window", [50, 50, 50]),
    ("held: in a window, by a group", [50, 50, 50]),
    ("held: in a window, by the user", [50, 50, 50]),
    ("held: single grant", [50, 2, 7]),
    ("held: stated", [50, 50, 50]),
    ("not signed in", [50, 3, 7]),
    ("path: a default of a type", [50, 50, 50]),
    ("path: a default of a type, a path", [50, 50, 24]),
    ("path: a default of a type, a path of several steps", [50, 11, 5]),
    ("path: a default of a type, a set", [2, 0, 0]),
    ("path: a default of the request", [50, 34, 50]),
    ("path: a parameter", [50, 10, 16]),
    ("path: holding.from", [50, 16, 4]),
    ("path: holding.until", [50, 50, 8]),
    ("path: through a principal", [50, 50, 50]),
    ("relation: chain", [50, 12, 2]),
    ("relation: chain with +", [50, 7, 3]),
    ("relation: of a type", [50, 17, 18]),
    ("relation: on two nodes of the chain", [50, 27, 22]),
    ("relation: plain", [50, 27, 25]),
    ("target: created", [50, 17, 37]),
    ("target: listed", [50, 50, 50]),
    ("target: unlisted", [50, 50, 50]),
    ("target: user", [50, 5, 17]),
    ("test: all", [43, 9, 9]),
    ("test: any", [47, 7, 1]),
    ("test: before, after", [50, 28, 5]),
    ("test: before, after shifted", [48, 17, 12]),
    ("test: holds", [50, 49, 28]),
    ("test: holds anywhere", [28, 1, 6]),
    ("test: holds at", [50, 26, 3]),
    ("test: in", [50, 50, 43]),
    ("test: in a list", [50, 50, 37]),
    ("test: is", [50, 50, 50]),
    ("test: is not", [50, 34, 39]),
    ("test: not in", [50, 43, 27]),
    ("test: not in a list", [50, 43, 19]),
    ("test: ordered", [50, 50, 37]),
    ("test: truth", [50, 29, 33]),
    ("they have", [50, 5, 1]),
    ("unless", [50, 50, 50]),
    ("when", [50, 50, 50]),
    ("who: anyone", [50, 50, 50]),
    ("who: everyone", [50, 31, 50]),
    ("who: nobody", [50, 49, 50]),
    ("who: nobody but", [50, 50, 50]),
    ("who: role", [50, 50, 50]),
];
