//! `how could nia create PurchaseOrder in paris`: the smallest changes of facts that would allow it, and who may make them.
//!
//! 1. [`plans`] lists the ways in which the deed could come to be allowed, and tells for an organisation what stands in
//!    each; [`reads`] and [`trace`] note what that obstacle depends on.
//! 2. [`candidates`] turns this into [`Change`]s, with [`values`] for attributes.
//! 3. [`search`] lets sets of changes grow by these alone, smallest first, makes each in a copy of the facts and has it
//!    decided; it keeps those of which somebody may make each change, in some order.
//! 4. [`gain`] counts what else each gives, which ranks them; [`show`] names and groups them.
//!
//! What may change: the holdings, memberships, groups and single grants of the persons in the sentence (who asks, who
//! receives, the user who is the target), and attributes that stand in a field. Only what the answer calls complete is
//! a proof: a search that its [`Budget`] stopped says so.

mod candidates;
mod gain;
mod plans;
mod reads;
mod search;
mod show;
mod trace;
mod values;

pub use super::change::Change;
pub use gain::Gain;
pub use show::Group;

use super::change::{self, made};
use super::deed::Act;
use super::{Answer, Query};
use crate::eval::Resource;
use crate::eval::org::Org;
use crate::facts::Facts;
use crate::model::value::{Pool, Tri, UserId, Value};
use crate::model::{Attribute, NOW, TypeId};
use crate::query::Decided;
use crate::syntax::ast::{Deed, Id};
use crate::table::Table;
use gain::Gains;
use plans::World;
use reads::{Look, Read};
use search::Search;
use show::Words;
use values::Values;

/// A deed, and who would like to do it.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Who; `None` is a caller who is not signed in, for whom only settings can be changed.
    pub user: Option<UserId>,
    /// What.
    pub act: &'a Act,
    /// What every request carries, those of the persons who make changes too.
    pub context: &'a [Value],
    /// Strings and lists of the act and the context; stands on the organisation's.
    pub pool: &'a Pool,
}

/// How far to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// How many sets of changes are tried.
    pub sets: usize,
    /// How many changes a set has at most.
    pub size: usize,
}

/// How many other values of the request are tried.
const OPTIONS: usize = 24;

impl Default for Budget {
    fn default() -> Self {
        Self { sets: 4000, size: 3 }
    }
}

/// One change, with all who may make it when those before it are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is changed.
    pub change: Change,
    /// Who may.
    pub makers: Vec<UserId>,
}

/// A smallest set of changes that allows the deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The changes, in an order in which they can be made.
    pub steps: Vec<Step>,
    /// What else they give to the user.
    pub gain: Gain,
}

/// Something in the sentence with which the deed would be allowed as the facts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Otherwise {
    /// An attribute of the request, by slot.
    Context(usize, Value),
    /// An attribute of the target that nobody lists, by slot.
    Given(usize, Value),
}

/// How the search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// There are no other smallest sets, of whatever size.
    Complete,
    /// There are no others of up to so many changes.
    UpTo(usize),
    /// There may be others: not every set that a parameter could be was tried, nor for how long a role is given.
    Untried,
    /// The budget ended first.
    Stopped,
}

/// All that would allow a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternatives {
    /// It is allowed already; then there is nothing else.
    pub already: bool,
    /// The smallest sets, those that give least besides first.
    pub found: Vec<Alternative>,
    /// Smallest sets that would allow it, and that nobody may make.
    pub barred: Vec<Vec<Change>>,
    /// What could be asked instead, with the facts as they are.
    pub otherwise: Vec<Otherwise>,
    /// What must be asked instead for those found to allow it.
    pub supposing: Option<Otherwise>,
    /// How the search ended.
    pub end: End,
    /// How many sets were tried.
    pub tried: usize,
}

/// All smallest sets of changes that allow a deed and that somebody may make. Where there is none because of what the
/// request carries, they are looked for with other values of that.
#[must_use]
pub fn alternatives(table: &Table, facts: &Facts, wanted: &Wanted<'_>, budget: Budget) -> Alternatives {
    let mut facts = facts.clone();
    facts.pool = wanted.pool.clone();
    let values = Values::new(table.model(), &mut facts);
    let base = Org::new(table, &facts);
    let ground = Ground {
        table,
        base: &base,
        values: &values,
        budget,
    };
    let (mut all, asked) = ground.look(wanted);
    let options = asked.iter().flat_map(|read| ground.options(wanted, read));
    let options: Vec<Otherwise> = options.take(OPTIONS).collect();
    let otherwise = options.iter().filter(|option| ground.is_allowed(wanted, option));
    all.otherwise = otherwise.cloned().collect();
    if all.found.is_empty() && all.otherwise.is_empty() && all.end != End::Stopped {
        ground.suppose(wanted, &options, &mut all);
    }
    all
}

/// What is looked through.
struct Ground<'g> {
    table: &'g Table,
    base: &'g Org<'g>,
    values: &'g Values<'g>,
    budget: Budget,
}

impl Ground<'_> {
    /// What would allow a deed, and what was read of the request on the way.
    fn look(&self, wanted: &Wanted<'_>) -> (Alternatives, Vec<Read>) {
        let world = World::new(self.table, wanted, self.values, &self.base.facts);
        if world.failing(self.base).is_none() {
            let already = Alternatives {
                already: true,
                ..Alternatives::none()
            };
            return (already, Vec::new());
        }
        let mut search = Search::new(&world, self.base, self.budget);
        search.run();
        let asked = std::mem::take(&mut search.asked);
        let ways = std::mem::take(&mut search.ways);
        let all = Alternatives {
            found: ranked(&world, self.base, ways),
            barred: search.barred(),
            end: search.end(),
            tried: search.tried,
            ..Alternatives::none()
        };
        (all, asked)
    }

    /// True if the deed is allowed with another value, as the facts are.
    fn is_allowed(&self, wanted: &Wanted<'_>, option: &Otherwise) -> bool {
        let (act, context) = supposed(wanted, option);
        let with = Wanted {
            act: &act,
            context: &context,
            ..*wanted
        };
        let world = World::new(self.table, &with, self.values, &self.base.facts);
        world.failing(self.base).is_none()
    }

    /// Looks for changes with other values, up to the first for which there are some.
    fn suppose(&self, wanted: &Wanted<'_>, options: &[Otherwise], all: &mut Alternatives) {
        for option in options {
            let (act, context) = supposed(wanted, option);
            let with = Wanted {
                act: &act,
                context: &context,
                ..*wanted
            };
            let (found, _) = self.look(&with);
            if !found.found.is_empty() {
                (all.found, all.end, all.tried) = (found.found, found.end, found.tried);
                all.supposing = Some(option.clone());
                return;
            }
        }
    }

    /// Other values of what was read of the request or of what is made.
    fn options(&self, wanted: &Wanted<'_>, read: &Read) -> Vec<Otherwise> {
        let model = self.table.model();
        let values = |attribute: &Attribute, hints: &[Value]| {
            let known = (attribute.key, attribute.ty);
            self.values.of(&self.base.facts, known, Value::Missing, hints, false)
        };
        match (read, fresh(wanted.act)) {
            (Read::Value(Look::Context(slot), hints, _), _) if *slot != NOW => {
                let values = values(&model.context[*slot], hints).into_iter();
                values.map(|value| Otherwise::Context(*slot, value)).collect()
            }
            (Read::Value(Look::Given(slot), hints, _), Some(ty)) if !model.ty(ty).attributes[*slot].ty.many => {
                let values = values(&model.ty(ty).attributes[*slot], hints).into_iter();
                values.map(|value| Otherwise::Given(*slot, value)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The type of what a deed is done to, where nobody lists it.
fn fresh(act: &Act) -> Option<TypeId> {
    act.targets.first().and_then(|target| match target.resource {
        Resource::Unlisted(ty) => Some(ty),
        _ => None,
    })
}

/// The deed and the request with another value.
fn supposed(wanted: &Wanted<'_>, option: &Otherwise) -> (Act, Vec<Value>) {
    let (mut act, mut context) = (wanted.act.clone(), wanted.context.to_vec());
    match option {
        Otherwise::Context(slot, value) => context[*slot] = *value,
        Otherwise::Given(slot, value) => {
            act.given.retain(|(given, _)| given != slot);
            act.given.push((*slot, *value));
        }
    }
    (act, context)
}

/// The alternatives with what they give, least first.
fn ranked(world: &World<'_>, base: &Org<'_>, ways: Vec<Vec<Step>>) -> Vec<Alternative> {
    let gains = world.wanted.user.map(|user| Gains::new(world, base, user));
    let gain_of = |steps: &[Step]| {
        let changes: Vec<&Change> = steps.iter().map(|step| &step.change).collect();
        let facts = made(&base.facts, world.table.model(), &changes);
        let org = facts.as_ref().map(|facts| Org::new(world.table, facts));
        match (&gains, org) {
            (Some(gains), Some(org)) => gains.of(&org),
            _ => Gain {
                more: 0,
                less: 0,
                about: false,
            },
        }
    };
    let mut found: Vec<Alternative> = ways
        .into_iter()
        .map(|steps| Alternative {
            gain: gain_of(&steps),
            steps,
        })
        .collect();
    found.sort_by_key(|it| (it.gain.more, it.steps.len(), it.gain.less));
    found
}

/// What is answered to `how could …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HowCould {
    /// The decision as it is now, with its reasons.
    pub now: Decided,
    /// What would allow it.
    pub alternatives: Alternatives,
    /// What each alternative is called; for an expectation also `already allowed` and `not finished`.
    pub names: Vec<String>,
    /// The alternatives, those together that differ only in the place, the value, or who may make them.
    pub groups: Vec<Group>,
    /// What would allow it, and nobody may make.
    pub barred: Vec<String>,
    /// `creator = oz`: with these words in the sentence it is allowed as the facts are.
    pub otherwise: Vec<String>,
    /// Words without which the alternatives do not allow it.
    pub supposing: Option<String>,
}

impl Query<'_, '_> {
    pub(super) fn how_could(&mut self, who: &Id, deed: &Deed) -> Option<Answer> {
        if matches!(deed, Deed::Become { .. }) {
            return self.later("`how could … become`");
        }
        let user = self.caller(who);
        let act = self.act(deed)?;
        let user = user?;
        let now = self.decided(user, who, deed, &act);
        let mut facts = self.facts()?.clone();
        self.pool.to_mut().intern(change::values::OTHER);
        facts.pool = self.pool.clone().into_owned();
        let wanted = Wanted {
            user,
            act: &act,
            context: &self.context,
            pool: &self.pool,
        };
        let alternatives = match act.permissions.is_empty() {
            true => Alternatives::none(),
            false => alternatives(self.table, &facts, &wanted, self.budget),
        };
        let words = Words {
            changes: change::Words {
                model: self.model(),
                facts: &facts,
                asker: user,
            },
        };
        let ask = |option: &Otherwise| words.otherwise(option, fresh(&act));
        Some(Answer::HowCould(Box::new(HowCould {
            names: words.names(&alternatives, fresh(&act)),
            groups: words.groups(&alternatives.found),
            barred: alternatives.barred.iter().map(|set| words.all(set.iter())).collect(),
            otherwise: alternatives.otherwise.iter().map(ask).collect(),
            supposing: alternatives.supposing.as_ref().map(ask),
            alternatives,
            now,
        })))
    }
}

impl Alternatives {
    /// Of a deed that nothing allows, for it is none.
    const fn none() -> Self {
        Self {
            already: false,
            found: Vec::new(),
            barred: Vec::new(),
            otherwise: Vec::new(),
            supposing: None,
            end: End::Complete,
            tried: 0,
        }
    }

    /// Whether the deed could come to be allowed: unknown where the search did not finish.
    #[must_use]
    pub fn truth(&self) -> Tri {
        match (self.already || !self.found.is_empty(), self.end) {
            (true, _) => Tri::True,
            (false, End::Stopped | End::Untried) => Tri::Unknown,
            (false, _) => Tri::False,
        }
    }
}
