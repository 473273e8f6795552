//! Whoever does all that the findings of one run say changes no decision: every rule that is told to be taken out goes, and
//! every fix is made.

use std::collections::BTreeSet;

use rolebook::diagnostic::{Diagnostic, Found};
use rolebook::eval::decide;
use rolebook::eval::org::Org;
use rolebook::lint::{self, Levels};

use crate::against::cases;
use crate::evidence::spaces;
use crate::shape::Bounds;
use crate::show::case;
use crate::small::{Small, small};
use crate::verdicts::Verdict;
use crate::worlds::WORLDS;
use crate::write::{Draft, draft};

/// What a run has seen.
#[derive(Default)]
struct Tally {
    policies: usize,
    /// How many findings were followed, by policy at most.
    followed: usize,
    compared: usize,
    codes: BTreeSet<&'static str>,
}

fn found(small: &Small) -> Vec<Diagnostic> {
    let mut found = Found::default();
    let (table, levels) = (Some(&small.table), Levels::default());
    lint::policy(small.model(), table, &small.files, &small.sources, &levels, &mut found);
    found.sorted()
}

/// What is to be cut out of the text if everything is followed.
fn cuts(found: &[Diagnostic], tally: &mut Tally) -> Vec<std::ops::Range<usize>> {
    let mut cuts = Vec::new();
    for it in found {
        let rule = Verdict::ALL.iter().any(|verdict| verdict.code() == it.code);
        let part = ["redundant-condition-part", "constant-condition"].contains(&it.code);
        let rule = rule && it.help.as_ref().is_some_and(|help| help.contains("take "));
        match (rule, it.fixes.first()) {
            (true, _) => cuts.push(it.labels[0].span.range()),
            (_, Some(fix)) if part && fix.replacement.is_empty() => cuts.push(fix.span.range()),
            _ => continue,
        }
        tally.codes.insert(it.code);
    }
    cuts.sort_unstable_by_key(|cut| (cut.start, std::cmp::Reverse(cut.end)));
    let mut end = 0;
    cuts.retain(|cut| {
        let outside = cut.start >= end;
        end = end.max(cut.end);
        outside
    });
    cuts
}

fn without(text: &str, cuts: &[std::ops::Range<usize>]) -> String {
    let mut left = text.to_owned();
    for cut in cuts.iter().rev() {
        left.replace_range(cut.clone(), " ");
    }
    left
}

/// A decision that changed, as text.
fn changed(draft: &Draft, full: &Small, tally: &mut Tally) -> Option<String> {
    let types = WORLDS[draft.world].types;
    let said = found(full);
    let cuts = cuts(&said, tally);
    if cuts.is_empty() {
        return None;
    }
    let lines = without(&full.text, &cuts);
    let lines: Vec<String> = lines[types.len()..].lines().map(str::to_owned).collect();
    let Ok(less) = small(types, &lines) else {
        // A line may stand on another: `but not` on a grant, a promise on a role.
        return None;
    };
    tally.policies += 1;
    tally.followed = tally.followed.max(cuts.len());
    let bounds = Bounds {
        repeat: 2,
        length: 3,
        holdings: 2,
        handed: 1,
        decisions: 0,
    };
    for (space, asks) in &spaces(full, bounds) {
        for state in space.states().step_by(space.size() / 150 + 1) {
            let facts = space.facts(&state);
            let orgs = (Org::new(&full.table, &facts), Org::new(&less.table, &facts));
            for ask in asks.iter().filter(|ask| ask.makes_sense(&orgs.0)) {
                let mut request = ask.request(space);
                tally.compared += 1;
                let before = decide(&full.table, &orgs.0, &request);
                request.pool = &facts.pool;
                let after = decide(&less.table, &orgs.1, &request);
                if before != after {
                    let shown = case(space, &facts, &[ask]);
                    return Some(format!(
                        "{}\n---\n{}\n{before} -> {after}\n{shown}",
                        full.text, less.text
                    ));
                }
            }
        }
    }
    None
}

#[test]
fn all_that_one_run_tells_can_be_followed() {
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    for world in 0..WORLDS.len() {
        for seed in 9000..9000 + u64::try_from(cases(60)).unwrap() {
            let Some((draft, full)) = draft(world, seed).settle() else {
                continue;
            };
            if let Some(text) = changed(&draft, &full, &mut tally)
                && wrong.len() < 3
            {
                wrong.push(text);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let Tally {
        policies,
        followed,
        compared,
        codes,
    } = tally;
    println!("{policies} policies, up to {followed} findings each, {compared} decisions, {codes:?}");
    assert!(policies > 100 && followed > 2 && compared > 10_000);
}

/// Each with how many findings are told, of those that say that something should go.
const KNOWN: &[(&str, &[(&str, &str)])] = &[
    (
        "role Lead at Dept { can sign Paper when context.strong }
nobody can sign Paper unless context.strong",
        &[("vacuous-prohibition", "nobody can sign")],
    ),
    (
        "role Lead at Dept { can view Paper only here  can view Paper only below  can view Paper }",
        &[
            ("shadowed-rule", "can view Paper only here"),
            ("shadowed-rule", "can view Paper only below"),
        ],
    ),
    (
        "role Lead at Dept { can sign Paper when resource.amount < 10
can sign Paper when resource.amount >= 5 and resource.amount < 30
can sign Paper when resource.amount > 2 and resource.amount < 20 }",
        &[
            ("redundant-condition-part", "resource.amount >= 5"),
            ("jointly-redundant-rule", "can sign Paper when resource.amount > 2"),
        ],
    ),
    (
        "role Lead at Dept { can sign Paper when context.strong and corp.open }
nobody can sign Paper unless context.strong or corp.open",
        &[("vacuous-prohibition", "nobody can sign")],
    ),
];

const TYPES: &str = "account Corp { open: bool = false  actions view }
unit Dept in Corp, Dept { actions view, edit  edit implies view }
resource Paper in Dept { creator: user  amount: int = 0  actions view, edit, sign  edit implies view }
context { strong: bool = false }
";

#[test]
fn of_what_stands_on_each_other_one_is_told() {
    for (lines, told) in KNOWN {
        let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
        let it = small(TYPES, &lines).unwrap_or_else(|bad| panic!("lines {bad:?}"));
        let said = found(&it);
        let out = said.iter().filter(|finding| {
            let rule = Verdict::ALL.iter().any(|verdict| verdict.code() == finding.code);
            rule || !finding.fixes.is_empty()
        });
        let out: Vec<(&str, &str)> = out.map(|it_| (it_.code, it.snippet(it_.labels[0].span))).collect();
        let as_told = out.len() == told.len()
            && out
                .iter()
                .zip(*told)
                .all(|((code, text), (other, start))| code == other && text.starts_with(start));
        assert!(as_told, "{}\n{out:#?}", it.text);
    }
}
