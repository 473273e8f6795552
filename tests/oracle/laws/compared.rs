//! Two policies compared, and decided: what the comparison leaves unsaid, no request may show.
//!
//! - Where it knows all, a request that one of the two allows and the other does not is of a permission that it names in
//!   that direction.
//! - What it shows as an example is one: one policy allows it, and the other does not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use rolebook::analyze::compare::{Change, Closed, Comparison, SETTING, Shown, UNCONFIRMED, compare};
use rolebook::diagnostic::Found;
use rolebook::eval::org::{Org, Source};
use rolebook::eval::{Request, decide};
use rolebook::facts::read::Names;
use rolebook::facts::{Facts, Node};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::value::{Tri, Value};
use rolebook::model::{Effect, Model};
use rolebook::query::{Ground, ask};
use rolebook::source::FileId;
use rolebook::syntax::parse;

use super::asked::{self, Asked};
use super::draft::{Compiled, Draft, settle};
use super::edits::{edited, kinds};
use super::paper::{Paper, parsed};
use super::shrink::{self, Broken};
use super::{most, organisation, portals, seeds};
use crate::requests;
use crate::tape::{Seed, Tape};

/// Organisations for each pair of policies, and requests in each.
const ORGANISATIONS: usize = 6;
const REQUESTS: usize = 250;

/// A compiled policy that knows its permissions by name.
pub(super) struct Policy {
    pub(super) compiled: Compiled,
    by_name: HashMap<String, PermId>,
}

impl Policy {
    pub(super) fn of(compiled: Compiled) -> Self {
        let model = compiled.table.model();
        let by_name = model.permissions.iter().map(|(id, _)| (asked::name(model, id), id));
        let by_name = by_name.chain(setters(model)).collect();
        Self { by_name, compiled }
    }

    pub(super) fn model(&self) -> &Model {
        self.compiled.table.model()
    }
}

/// By `set T.a`: the permission of those who may change the attribute.
fn setters(model: &Model) -> Vec<(String, PermId)> {
    let mut found = Vec::new();
    for ty in model.type_ids() {
        let it = model.ty(ty);
        let changes = ["edit", "manage"]
            .iter()
            .find_map(|word| it.actions.iter().position(|action| action.name == *word));
        for attribute in &it.attributes {
            let (Some(action), Some(field)) = (changes, attribute.field) else {
                continue;
            };
            let field = Some(field);
            let id = model.permissions.id(Permission::Act { ty, action, field });
            found.extend(id.map(|id| (format!("set {}.{}", it.name, attribute.name), id)));
        }
    }
    found
}

/// An organisation as one policy reads it.
pub(super) struct Reading<'a> {
    pub(super) policy: &'a Policy,
    pub(super) facts: &'a Facts,
    pub(super) names: Names<'a>,
    pub(super) org: Org<'a>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(policy: &'a Policy, facts: &'a Facts) -> Self {
        Self {
            policy,
            facts,
            names: Names::of(facts, policy.model()),
            org: Org::new(&policy.compiled.table, facts),
        }
    }

    pub(super) fn permission(&self, name: &str) -> Option<PermId> {
        self.policy.by_name.get(name).copied()
    }

    /// Whether a request is allowed; not where there is no such permission, or nothing to take. `None` if it cannot be asked.
    pub(super) fn allows(&self, asked: &Asked) -> Option<bool> {
        if self.permission(asked.permission()).is_none() {
            return Some(false);
        }
        let question = asked.question(self)?;
        let request = question.request();
        Some(self.has_to_take(&request) && decide(&self.policy.compiled.table, &self.org, &request))
    }

    /// Somebody has what is to be taken from him.
    fn has_to_take(&self, request: &Request<'_>) -> bool {
        let (Some(from), at) = (request.recipient, request.target.start) else {
            return true;
        };
        let model = self.policy.model();
        match model.permissions.get(request.permission) {
            Permission::Take(role) if !model.role(role).is_derived() => {
                let mut held = self.org.entries_at(from, at).iter();
                held.any(|entry| entry.role == role && entry.source() != Source::Default)
            }
            Permission::RemoveMember(_) => self.org.memberships(from).any(|(place, _)| place == at),
            _ => true,
        }
    }
}

/// What a comparison says, by the names of permissions.
#[derive(Debug)]
struct Told {
    wider: BTreeSet<String>,
    narrower: BTreeSet<String>,
    unknown: bool,
}

impl Told {
    fn of(comparison: &Comparison) -> Self {
        let cells = |fits: fn(Change) -> bool| {
            let cells = comparison.cells.iter().filter(move |cell| fits(cell.change));
            cells.map(|cell| cell.permission.clone())
        };
        let beyond = |wanted: bool| {
            let beyond = comparison.beyond.iter().filter(move |it| it.wider == wanted);
            beyond.map(|it| it.permission.clone())
        };
        let is_wider = |change| matches!(change, Change::Gained | Change::Wider | Change::Both);
        let is_narrower = |change| matches!(change, Change::Lost | Change::Narrower | Change::Both);
        Self {
            wider: cells(is_wider).chain(beyond(true)).collect(),
            narrower: cells(is_narrower).chain(beyond(false)).collect(),
            unknown: matches!(comparison.closed, Closed::Unknown(_)),
        }
    }

    fn names(&self, wider: bool, model: &Model, id: PermId) -> bool {
        spellings(model, id).iter().any(|name| self.contains(wider, name))
    }

    fn contains(&self, wider: bool, name: &str) -> bool {
        let told = if wider { &self.wider } else { &self.narrower };
        told.contains(name)
    }
}

/// The ways in which a permission may be written: with the type of a role, or without.
fn spellings(model: &Model, id: PermId) -> Vec<String> {
    let of_role = |verb: &str, role| {
        let name = &model.role(role).name;
        vec![format!("{verb} {name}"), format!("{verb} {}", model.full_role(role))]
    };
    match model.permissions.get(id) {
        Permission::Give(role) => of_role("give", role),
        Permission::Take(role) => of_role("take", role),
        Permission::AddMember(ty) => vec![format!("give member at {}", model.ty(ty).name)],
        Permission::RemoveMember(ty) => vec![format!("take member at {}", model.ty(ty).name)],
        Permission::Grant(inner) => {
            let inner = spellings(model, inner);
            inner.iter().map(|name| format!("grant {name}")).collect()
        }
        Permission::Act { .. } => vec![model.show_permission(id)],
    }
}

/// Two policies with what is said of them.
struct Pair {
    old: Policy,
    new: Policy,
    comparison: Comparison,
}

impl Pair {
    fn of(old: &mut Draft, new: &mut Draft) -> Option<Self> {
        let (one, other) = settle(old, new)?;
        let comparison = compare(&one.table, &other.table);
        Some(Self {
            old: Policy::of(one),
            new: Policy::of(other),
            comparison,
        })
    }

    fn policies(&self) -> [&Policy; 2] {
        [&self.old, &self.new]
    }

    /// Both read an organisation; `None` if one of them refuses it, or if a type of it is another type in the other policy.
    fn read(&self, paper: &Paper) -> Option<[Facts; 2]> {
        let [old, new] = self.policies().map(Policy::model);
        let facts = [paper.read(old)?, paper.read(new)?];
        let kind_of = |model: &Model, name: &str| Some(model.ty(model.type_named(name)?).kind);
        let is_same = |node: &Node| {
            let name = &old.ty(node.ty).name;
            kind_of(old, name) == kind_of(new, name)
        };
        facts[0].nodes.iter().all(is_same).then_some(facts)
    }

    /// The permissions that somebody may have and of which not every change is said: by them a law can be broken.
    fn open(&self, told: &Told) -> Vec<String> {
        let mut names = BTreeSet::new();
        for policy in self.policies() {
            let (model, table) = (policy.model(), &policy.compiled.table);
            let granted = |id: PermId| !table.ways(id, Effect::Grant).is_empty();
            let handed = |id| model.permissions.id(Permission::Grant(id)).is_some_and(granted);
            let said = |id| [true, false].iter().all(|&wider| told.names(wider, model, id));
            let all = model.permissions.iter().map(|(id, _)| id);
            let open = all.filter(|&id| (granted(id) || handed(id)) && !said(id));
            names.extend(open.map(|id| asked::name(model, id)));
        }
        let set = self.new.by_name.keys().filter(|name| name.starts_with("set "));
        names.extend(set.cloned());
        names.into_iter().collect()
    }

    /// A change that is decided and not said.
    fn unsaid(&self, told: &Told, readings: &[Reading<'_>; 2], asked: &Asked) -> Option<Option<String>> {
        let [was, is] = [readings[0].allows(asked)?, readings[1].allows(asked)?];
        if was == is || told.unknown {
            return Some(None);
        }
        let side = usize::from(is);
        let id = readings[side].permission(asked.permission())?;
        let setting = asked
            .permission()
            .strip_prefix("set ")
            .map(|it| format!("{SETTING}{it}"));
        let said =
            told.names(is, self.policies()[side].model(), id) || setting.is_some_and(|it| told.contains(is, &it));
        let how = if is { "gained" } else { "lost" };
        Some((!said).then(|| format!("{how}, and not said: {asked}")))
    }

    /// The roles that one of the policies derives.
    fn derived(&self) -> impl Iterator<Item = &str> {
        let models = self.policies().into_iter().map(Policy::model);
        let roles = models.flat_map(|model| &model.roles).filter(|role| role.is_derived());
        roles.map(|role| role.name.as_str())
    }

    /// It shows a change of a permission that only one of the policies has.
    fn is_of_one(&self, shown: &Shown) -> bool {
        let is_one = |ids: [Option<PermId>; 2]| ids.contains(&None);
        let mut cells = self.comparison.cells.iter();
        let mut beyond = self.comparison.beyond.iter();
        cells.any(|cell| {
            let shows = cell.wider.as_ref() == Some(shown) || cell.narrower.as_ref() == Some(shown);
            shows && is_one([cell.old_permission, cell.new_permission])
        }) || beyond.any(|it| it.shown == *shown && is_one([it.old_permission, it.new_permission]))
    }

    fn is_of_setting(&self, shown: &Shown) -> bool {
        let mut cells = self
            .comparison
            .cells
            .iter()
            .filter(|cell| cell.permission.starts_with(SETTING));
        let mut beyond = self
            .comparison
            .beyond
            .iter()
            .filter(|it| it.permission.starts_with(SETTING));
        cells.any(|cell| cell.wider.as_ref() == Some(shown) || cell.narrower.as_ref() == Some(shown))
            || beyond.any(|it| it.shown == *shown)
    }

    /// An example that is none, or one that the comparison itself had to give up.
    fn false_example(&self) -> Option<String> {
        if self.comparison.closed == Closed::Unknown(UNCONFIRMED.to_owned()) {
            return Some(UNCONFIRMED.to_owned());
        }
        let of_cells = self.comparison.cells.iter().flat_map(|cell| {
            let both = [(&cell.wider, true), (&cell.narrower, false)];
            both.into_iter()
                .filter_map(|(shown, wider)| Some((shown.as_ref()?, wider)))
        });
        let beyond = self.comparison.beyond.iter().map(|it| (&it.shown, it.wider));
        // A setting moved is shown by the deed that changes it now; what makes a new thing in one policy and is done to one
        // in the other has one name and is not the same; a derived role can be taken from nobody.
        let is_deed = |(shown, _): &(&Shown, bool)| {
            let takes_derived = self
                .derived()
                .any(|role| shown.sentence.contains(&format!(" take {role} at ")));
            !self.is_of_setting(shown) && !takes_derived
        };
        of_cells.chain(beyond).filter(is_deed).find_map(|(shown, wider)| {
            let denies = usize::from(!wider);
            let answers = [0, 1].map(|side| {
                let also = shown.also.as_ref().filter(|_| side == denies);
                answer(self.policies()[side], shown, also) == Some(Tri::True)
            });
            let shows = answers[1 - denies] && (!answers[denies] || self.is_of_one(shown));
            (!shows).then(|| format!("no example (wider: {wider}): {}\n{}", shown.sentence, shown.facts))
        })
    }
}

/// What a policy answers to the sentence of an example, or where it reads the facts otherwise; `None` if it does not take
/// them.
pub(super) fn answer(policy: &Policy, shown: &Shown, read: Option<&String>) -> Option<Tri> {
    let table = &policy.compiled.table;
    let (facts, mut found) = parsed(read.unwrap_or(&shown.facts), table.model())?;
    if found.has_errors() {
        return None;
    }
    let org = Org::new(table, &facts);
    let sentence = parse::sentence(FileId::GENERATED, &shown.sentence, &mut found)?;
    let ground = Ground {
        table,
        org: Some(&org),
        now: Value::Missing,
    };
    ask(&ground, &sentence, &mut Found::default())?.truth()
}

/// A pair of policies, and what the edits between them are.
fn pair(old: Draft, seed: Seed) -> Option<(Draft, Draft, Vec<&'static str>)> {
    let mut tape = Tape::second(seed);
    let (mut new, mut names) = (old.clone(), Vec::new());
    for _ in 0..1 + tape.below(3) / 2 {
        let model = new.compile().ok()?;
        let (name, next) = edited(&new, model.table.model(), &mut tape)?;
        new = next;
        names.push(name);
    }
    Some((old, new, names))
}

/// What a run has seen.
#[derive(Default)]
struct Tally {
    pairs: usize,
    decided: usize,
    organisations: usize,
    refused: usize,
    changes: usize,
    unknown: BTreeMap<String, usize>,
    by_edit: BTreeMap<&'static str, [usize; 2]>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edits = self.by_edit.iter();
        let edits: Vec<String> = edits
            .map(|(name, [same, other])| format!("{name} {same}+{other}"))
            .collect();
        write!(
            f,
            "{} pairs (unknown: {:?}), {} organisations ({} refused), {} requests, {} decided otherwise\n{}",
            self.pairs,
            self.unknown,
            self.organisations,
            self.refused,
            self.decided,
            self.changes,
            edits.join(", ")
        )
    }
}

/// Holds a pair against decisions.
fn hold(draft: Draft, seed: Seed, tally: &mut Tally) -> Option<Broken> {
    let (mut old, mut new, names) = pair(draft, seed)?;
    let pair = Pair::of(&mut old, &mut new)?;
    let told = Told::of(&pair.comparison);
    tally.pairs += 1;
    if let Closed::Unknown(why) = &pair.comparison.closed {
        *tally.unknown.entry(why.clone()).or_default() += 1;
    }
    let changed = !(told.wider.is_empty() && told.narrower.is_empty());
    for name in names {
        tally.by_edit.entry(name).or_default()[usize::from(changed)] += 1;
    }
    let broken = |case, why| Broken {
        old: old.clone(),
        new: new.clone(),
        case,
        why,
        again,
    };
    if let Some(why) = pair.false_example() {
        return Some(broken(None, why));
    }
    let mut tape = Tape::new(seed ^ 0x6f72_6761);
    let open = pair.open(&told);
    for ix in 0..ORGANISATIONS {
        let paper = organisation::drawn(pair.policies()[ix % 2], old.world, false, &mut tape);
        let Some(facts) = pair.read(&paper) else {
            tally.refused += 1;
            continue;
        };
        tally.organisations += 1;
        let readings = [0, 1].map(|side| Reading::of(pair.policies()[side], &facts[side]));
        for ix in 0..REQUESTS {
            let reading = &readings[ix % 2];
            let Some(name) = tape.pick(&open) else { break };
            let Some(id) = reading.permission(name) else { continue };
            let Some(question) = requests::about(reading.policy.model(), reading.facts, id, false, &mut tape) else {
                continue;
            };
            let asked = Asked::of(reading.policy.model(), reading.facts, &question.request()).called(name);
            let Some(outcome) = pair.unsaid(&told, &readings, &asked) else {
                continue;
            };
            tally.decided += 1;
            if let Some(why) = outcome {
                return Some(broken(Some((paper, asked)), why));
            }
            tally.changes += usize::from(readings[0].allows(&asked) != readings[1].allows(&asked));
        }
    }
    None
}

/// The same fault in other policies, organisations or requests.
fn again(broken: &Broken) -> Option<Broken> {
    let (mut old, mut new) = (broken.old.clone(), broken.new.clone());
    let pair = Pair::of(&mut old, &mut new)?;
    let why = match &broken.case {
        None => pair.false_example()?,
        Some((paper, asked)) => {
            let facts = pair.read(paper)?;
            let readings = [0, 1].map(|side| Reading::of(pair.policies()[side], &facts[side]));
            pair.unsaid(&Told::of(&pair.comparison), &readings, asked)??
        }
    };
    Some(Broken {
        old,
        new,
        case: broken.case.clone(),
        why,
        again,
    })
}

/// Holds so many pairs, each made of a draft, against decisions.
fn run(count: u64, draft: impl Fn(Seed) -> Option<Draft>) -> Tally {
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    for seed in seeds(count) {
        let broken = draft(seed).and_then(|draft| hold(draft, seed, &mut tally));
        if let Some(broken) = broken {
            wrong.push(format!("seed {seed}\n{}", shrink::smallest(broken)));
            if wrong.len() >= most() {
                break;
            }
        }
    }
    println!("{tally}");
    assert!(wrong.is_empty(), "{} broken\n\n{}", wrong.len(), wrong.join("\n\n"));
    tally
}

#[test]
fn what_is_not_said_to_change_does_not() {
    let tally = run(16, Draft::generate);
    let never: Vec<&str> = kinds().filter(|name| !tally.by_edit.contains_key(name)).collect();
    assert!(tally.pairs < 1_000 || never.is_empty(), "never done: {never:?}");
    let unknown: usize = tally.unknown.values().sum();
    assert!(
        tally.pairs < 10 || unknown * 10 <= tally.pairs,
        "{unknown} of {} are unknown",
        tally.pairs
    );
}

#[test]
fn what_is_not_said_to_change_in_a_portal_does_not() {
    let drafts = portals::drafts();
    assert!(!drafts.is_empty(), "no policy could be written line by line");
    run(3, |seed| {
        let at = usize::try_from(seed).unwrap_or(0) % drafts.len();
        Some(drafts[at].1.clone())
    });
}
