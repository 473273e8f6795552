//! Users to whom one role is given and nothing else: what is contained in what, and the promises `R cannot P`.

use std::collections::HashMap;

use rolebook::containment::reach::reaches;
use rolebook::eval::Eval;
use rolebook::eval::condition::Scope;
use rolebook::eval::degree;
use rolebook::eval::org::Org;
use rolebook::model::value::Tri;
use rolebook::model::{PromiseKind, Reach, RoleId};

use crate::asks::Ask;
use crate::evidence::{Evidence, Seen};
use crate::promises::concerns;
use crate::small::Small;
use crate::space::{Given, Space, U, id};

/// What roles allow when each is held alone at the same node.
#[derive(Debug, Default)]
pub(crate) struct Alone {
    /// `(more, less)`: something that `less` allows and `more` does not; where nothing is missing, then anywhere.
    pub(crate) beyond: HashMap<(RoleId, RoleId), [Option<Seen>; 2]>,
}

impl Alone {
    pub(crate) fn new(small: &Small) -> Self {
        let roles: Vec<RoleId> = small.given().collect();
        let same = |a: RoleId, b: RoleId| a != b && small.model().role(a).ty == small.model().role(b).ty;
        let pairs = roles.iter().flat_map(|&a| roles.iter().map(move |&b| (a, b)));
        Self {
            beyond: pairs
                .filter(|&(a, b)| same(a, b))
                .map(|pair| (pair, [None, None]))
                .collect(),
        }
    }

    /// True if `more` allows all that `less` does.
    pub(crate) fn contains(&self, more: RoleId, less: RoleId, missing: bool) -> bool {
        more == less
            || self
                .beyond
                .get(&(more, less))
                .is_some_and(|seen| seen[usize::from(missing)].is_none())
    }
}

/// Runs through the organisations of a shape, each role in turn.
pub(crate) fn run(space: &Space<'_>, asks: &[Ask], shape: usize, evidence: &mut Evidence) {
    let small = space.small;
    for state in space.bare_states() {
        for node in 0..space.shape.bare {
            let fits = |role: &RoleId| small.model().role(*role).ty == space.shape.types[node];
            let rows: Vec<(RoleId, Vec<Tri>)> = small
                .given()
                .filter(fits)
                .map(|role| {
                    (
                        role,
                        row(
                            space,
                            asks,
                            (shape, &state),
                            Given {
                                user: U,
                                role,
                                node,
                                via: false,
                            },
                            evidence,
                        ),
                    )
                })
                .collect();
            compare(space, asks, (shape, &state), &rows, evidence);
        }
    }
}

/// The decisions on all requests of a user who has this role alone.
fn row(
    space: &Space<'_>,
    asks: &[Ask],
    (shape, state): (usize, &[usize]),
    given: Given,
    evidence: &mut Evidence,
) -> Vec<Tri> {
    let others: Vec<Given> = space
        .given(state)
        .into_iter()
        .filter(|it| it.user != U)
        .chain([given])
        .collect();
    let facts = space.facts_with(state, &others);
    let table = &space.small.table;
    let org = Org::new(table, &facts);
    let complete = space.is_complete(&facts);
    let decide = |(ix, ask): (usize, &Ask)| {
        if ask.user.is_none() || !ask.makes_sense(&org) {
            return Tri::False;
        }
        let request = ask.request(space);
        let decision = degree(table, &org, &request);
        if decision == Tri::True && complete && ask.complete {
            let eval = Eval {
                table,
                org: &org,
                request: &request,
            };
            let seen = || Seen {
                shape,
                state: state.to_vec(),
                ask: ix,
            };
            note_promises(space.small, &eval, given, evidence, &seen);
        }
        decision
    };
    asks.iter().enumerate().map(decide).collect()
}

/// `R cannot P`.
fn note_promises(small: &Small, eval: &Eval<'_>, given: Given, evidence: &mut Evidence, seen: &dyn Fn() -> Seen) {
    for (promise, broken) in small.model().promises.iter().zip(&mut evidence.broken) {
        let PromiseKind::Role { can: false, rules } = &promise.kind else {
            continue;
        };
        let node = id(given.node);
        let speaks = rules.iter().any(|(role, rule)| {
            let entry = eval.org.entries_at(U, node).iter().find(|entry| entry.role == *role);
            let scope = Scope {
                here: Some(node),
                entry,
            };
            *role == given.role
                && concerns(rule, eval.request.permission)
                && (rule.reach == Reach::Below || reaches(eval.org, rule, node, &eval.request.target))
                && eval.conditions(rule, scope) == Tri::True
        });
        if speaks && broken.is_none() {
            *broken = Some(seen());
        }
    }
}

fn compare(
    space: &Space<'_>,
    asks: &[Ask],
    (shape, state): (usize, &[usize]),
    rows: &[(RoleId, Vec<Tri>)],
    evidence: &mut Evidence,
) {
    let complete = space.is_complete(&space.facts_with(state, &[]));
    for (more, allowed) in rows {
        for (less, wanted) in rows {
            let Some(seen) = evidence.alone.beyond.get_mut(&(*more, *less)) else {
                continue;
            };
            let lacking = |(a, w): (&Tri, &Tri)| *w == Tri::True && *a != Tri::True;
            for (ix, _) in allowed
                .iter()
                .zip(wanted)
                .enumerate()
                .filter(|(_, pair)| lacking(*pair))
            {
                let it = Seen {
                    shape,
                    state: state.to_vec(),
                    ask: ix,
                };
                if complete && asks[ix].complete {
                    seen[0].get_or_insert_with(|| it.clone());
                }
                seen[1].get_or_insert(it);
            }
        }
    }
}
