//! The linter against brute force, policy by policy.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rolebook::diagnostic::Found;
use rolebook::lint::{self, Level, Levels};
use rolebook::model::PromiseKind;

use crate::claims::{CODES, Claim, Claims, claimed, claims};
use crate::evidence::gather;
use crate::patterns::{self, Gap};
use crate::shape::Bounds;
use crate::show;
use crate::small::Small;
use crate::verdicts::{Judge, Verdict};
use crate::worlds::WORLDS;
use crate::write::{Draft, draft};

const BOUNDS: Bounds = Bounds {
    repeat: 2,
    length: 3,
    holdings: 3,
    handed: 1,
    decisions: 16_000,
};

/// Where a verdict may hang on organisations that are larger.
const LARGER: Bounds = Bounds {
    repeat: 3,
    length: 4,
    holdings: 4,
    handed: 1,
    decisions: 400_000,
};

/// What a run has seen.
#[derive(Default)]
struct Tally {
    policies: usize,
    too_large: usize,
    /// Verdicts that hang on organisations beyond the first bounds.
    beyond: usize,
    /// Policies whose patterns were compared.
    gaps: usize,
    by_code: BTreeMap<&'static str, usize>,
}

/// What the linter says, every rule asked.
fn linted(small: &Small) -> Vec<Claim> {
    let mut found = Found::default();
    let mut levels = Levels::default();
    for code in CODES {
        levels.set(code, Level::Warning);
    }
    let table = Some(&small.table);
    lint::policy(small.model(), table, &small.files, &small.sources, &levels, &mut found);
    let mut said: Vec<Claim> = found.iter().filter_map(claimed).collect();
    said.sort_unstable();
    said.dedup();
    said
}

/// Findings on what is true, but told or kept silent by rules of their own (who gives the role, whether a rule speaks of
/// the permission).
pub(crate) const OF_TASTE: [&str; 4] = [
    "always-allowed-permission",
    "contained-roles",
    "equivalent-roles",
    "never-allowed-permission",
];

/// The findings on which the two do not agree: too much, too little.
fn apart(small: &Small, truth: &Claims, said: &[Claim]) -> (Vec<Claim>, Vec<Claim>) {
    let compared = |claim: &Claim| !OF_TASTE.contains(&claim.code) && !is_left_open(small, claim, said);
    let too_much = said
        .iter()
        .copied()
        .filter(|claim| compared(claim) && !truth.allows(*claim));
    let too_little = truth.must.iter().copied().filter(|claim| {
        let told = said.contains(claim) || goes_not_with(small, truth, said, claim);
        compared(claim) && !told && lint::codes().any(|code| code == claim.code)
    });
    (too_much.collect(), too_little.collect())
}

/// A rule could be taken out, but not together with those that are told.
fn goes_not_with(small: &Small, truth: &Claims, said: &[Claim], claim: &Claim) -> bool {
    let index = |claim: &Claim| {
        let is_verdict = Verdict::ALL.iter().any(|verdict| verdict.code() == claim.code);
        let mut texts = small.texts.iter();
        texts.position(|text| is_verdict && text.span == claim.span)
    };
    let gone: Vec<usize> = said.iter().filter_map(index).collect();
    let judge = Judge {
        small,
        evidence: &truth.evidence,
    };
    let together = |text| small.is_coupled() || judge.changes_with(&gone, text);
    !gone.is_empty() && index(claim).is_some_and(together)
}

/// Roles that no node can hold both of are not held against each other: the linter says that it does not know. One
/// permission twice is no separation.
fn is_left_open(small: &Small, claim: &Claim, said: &[Claim]) -> bool {
    let text = small.snippet(claim.span);
    let unknown = |other: &Claim| other.code == "ensure/unknown" && other.span == claim.span;
    let twice = text.strip_prefix("no user can both ").is_some_and(|rest| {
        let pair = rest.split(" on the same ").next().unwrap_or(rest);
        pair.split_once(" and ").is_some_and(|(one, two)| one == two)
    });
    twice || (text.contains(" can everything ") && said.iter().any(unknown)) || speaks_of_derived(small, claim)
}

/// `R can everything S can` of a derived role is about its own rules, which no organisation holds apart from what else its
/// holder has.
fn speaks_of_derived(small: &Small, claim: &Claim) -> bool {
    let model = small.model();
    let mut promises = model.promises.iter().filter(|promise| promise.span == claim.span);
    promises.any(|promise| match &promise.kind {
        PromiseKind::Contains { more, less } => more.iter().chain(less).any(|&role| model.role(role).is_derived()),
        _ => false,
    })
}

/// A disagreement that larger organisations do not settle, as text.
fn disagreement(small: &Small, tally: &mut Tally) -> Option<String> {
    let fits = |bounds: Bounds| Some((claims(small, bounds)?, bounds));
    let Some((truth, bounds)) = falling(BOUNDS).find_map(fits) else {
        tally.too_large += 1;
        return None;
    };
    tally.policies += 1;
    for claim in &truth.must {
        *tally.by_code.entry(claim.code).or_default() += 1;
    }
    let said = linted(small);
    let first = apart(small, &truth, &said);
    if first.0.is_empty() && first.1.is_empty() {
        return None;
    }
    let (truth, bounds, (too_much, too_little)) = match claims(small, LARGER) {
        Some(larger) => {
            let again = apart(small, &larger, &said);
            (larger, LARGER, again)
        }
        None => (truth, bounds, first),
    };
    // What comes with an organisation that the evaluator has confirmed is proved by it: only larger than these.
    let replayed = |claim: &Claim| matches!(claim.code, "ensure/refuted" | "separation-of-duty");
    let too_much: Vec<Claim> = too_much.into_iter().filter(|claim| !replayed(claim)).collect();
    if too_much.is_empty() && too_little.is_empty() {
        tally.beyond += 1;
        return None;
    }
    Some(told(small, (&truth, bounds), &too_much, &too_little))
}

/// Something that only one of the two thinks possible.
fn gap(small: &Small, tally: &mut Tally) -> Option<String> {
    let (truth, bounds) = falling(BOUNDS).find_map(|bounds| Some((gather(small, bounds)?, bounds)))?;
    tally.gaps += 1;
    match patterns::gap(small, &truth, bounds)? {
        Gap::Lost(text) => Some(text),
        Gap::Unseen(text) => match gather(small, LARGER).map(|larger| patterns::gap(small, &larger, LARGER)) {
            Some(Some(Gap::Lost(again) | Gap::Unseen(again))) => Some(again),
            // Too many organisations to see it: the witness has more of them.
            None if bounds.holdings < BOUNDS.holdings => None,
            None => Some(text),
            Some(None) => {
                tally.beyond += 1;
                None
            }
        },
    }
}

fn told(small: &Small, truth: (&Claims, Bounds), too_much: &[Claim], too_little: &[Claim]) -> String {
    let mut text = format!("{}\n", small.text);
    for (claims, what) in [
        (too_much, "the linter alone says"),
        (too_little, "brute force alone says"),
    ] {
        for claim in claims {
            let _ = writeln!(text, "{what} {}: `{}`", claim.code, small.snippet(claim.span));
            text += &witness(small, truth, *claim);
        }
    }
    text
}

/// What brute force has seen that speaks against the linter.
fn witness(small: &Small, (truth, bounds): (&Claims, Bounds), claim: Claim) -> String {
    let judge = Judge {
        small,
        evidence: &truth.evidence,
    };
    let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.code() == claim.code);
    let text = small.texts.iter().position(|text| text.span == claim.span);
    let promise = small
        .model()
        .promises
        .iter()
        .position(|promise| promise.span == claim.span);
    let seen = match (verdict, text, promise) {
        (Some(verdict), Some(text), _) => judge.against(text, verdict),
        (_, _, Some(promise)) => truth.evidence.broken[promise].as_ref(),
        _ => None,
    };
    let of = truth.separations.iter().find(|(span, _)| *span == claim.span);
    let seen = seen.map(|seen| show::seen(small, bounds, seen));
    seen.or_else(|| of.map(|(_, text)| text.clone())).unwrap_or_default()
}

/// Leaves out lines as long as the two still disagree on something.
fn shrink(mut draft: Draft, mut worst: String, look: &dyn Fn(&Small, &mut Tally) -> Option<String>) -> String {
    let mut at = 0;
    while at < draft.lines.len() {
        let told = draft.without(at).settle().and_then(|(shorter, small)| {
            let told = look(&small, &mut Tally::default())?;
            Some((shorter, told))
        });
        match told {
            Some((shorter, text)) => (draft, worst) = (shorter, text),
            None => at += 1,
        }
    }
    worst
}

/// So many cases, times `ROLEBOOK_CASES`.
pub(crate) fn cases(count: usize) -> usize {
    let times = std::env::var("ROLEBOOK_CASES").ok().and_then(|n| n.parse().ok());
    count * times.unwrap_or(1)
}

/// Bounds, and what is tried where they hold too much.
pub(crate) fn falling(bounds: Bounds) -> impl Iterator<Item = Bounds> {
    (2..=bounds.holdings)
        .rev()
        .map(move |holdings| Bounds { holdings, ..bounds })
}

/// Runs policies of a world.
fn run(name: &str) {
    let world = WORLDS
        .iter()
        .position(|world| world.name == name)
        .expect("a world of this name");
    let wanted = cases(190);
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    let mut seed = 0;
    while tally.policies < wanted && wrong.len() < 5 {
        seed += 1;
        let Some((draft, small)) = draft(world, seed).settle() else {
            continue;
        };
        if let Some(text) = disagreement(&small, &mut tally) {
            wrong.push(shrink(draft, text, &disagreement));
        } else if seed % 6 == 0
            && let Some(text) = gap(&small, &mut tally)
        {
            wrong.push(shrink(draft, text, &gap));
        }
    }
    println!(
        "{name}: {} policies, {} too large, {} by patterns, {} verdicts beyond the first bounds, {:?}",
        tally.policies, tally.too_large, tally.gaps, tally.beyond, tally.by_code
    );
    assert!(
        wrong.is_empty(),
        "{name}: {} disagreements\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    let absent: Vec<_> = CODES.iter().filter(|code| !tally.by_code.contains_key(*code)).collect();
    println!("{name}: never seen {absent:?}");
}

macro_rules! worlds {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            run(stringify!($name));
        }
    )* };
}

worlds! { reach values default relations borders derived outside handing granting holds fields people shared }
