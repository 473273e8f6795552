//! What changed between two policies, grouped by cause: the *semantic diff*.
//!
//! [`crate::analyze`] finds the cells (permission × role) that changed in meaning. Here each of them is traced to what was
//! edited, so that a reader sees one heading per edit and below it who gains and loses what:
//!
//! 1. `texts` lists the rules as written and finds which old rule became which new one.
//! 2. `declared` compares what is declared: types, actions, attributes, areas, roles and their heads, constraints.
//! 3. `causes` traces a cell to its causes: a way that is there on one side only is followed to its rule, along
//!    `extends`, into areas and role sets.
//! 4. `words` says what changed in a rule, in slices of its source; never in a normal form.
//! 5. [`paths`] finds new ways of handing roles on; [`people`] tells who gains and loses what in one organisation.

mod causes;
mod declared;
mod names;
pub mod paths;
pub mod people;
mod texts;
mod words;

use crate::analyze::compare::{self, Change, Closed, Comparison, SETTING, Shown};

use crate::model::Model;
use crate::model::permission::{PermId, Permission};
use crate::source::{Sources, Span};
use crate::syntax::ast;
use crate::table::Table;
use std::collections::{BTreeMap, BTreeSet};

/// One of the two policies.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The compiled policy.
    pub table: &'a Table,
    /// Its files as written.
    pub trees: &'a [ast::File],
    /// Their texts; one collection for both sides.
    pub sources: &'a Sources,
}

/// What kind of edit a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A rule added, taken away or changed.
    Rule,
    /// The same, of a rule by which roles, memberships or permissions are handed out.
    Assignment,
    /// `extends` added or taken away.
    Inheritance,
    /// Something in a role's head: `default`, `for whoever`, a reach, parameters, whom a block serves.
    Head,
    /// A role added or removed.
    Role,
    /// A type added or removed, or of another kind.
    Type,
    /// An action or field added or removed.
    Action,
    /// `a implies b`
    Implication,
    /// What an area holds.
    Area,
    /// What a role set holds.
    RoleSet,
    /// An attribute: its type, its default, the field it stands in.
    Attribute,
    /// What a type may lie in.
    Containment,
    /// A constraint on facts.
    Constraint,
    /// A promise.
    Promise,
    /// Several edits together.
    Unclear,
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Which kind.
    pub kind: Kind,
    /// What it is, in a line.
    pub title: String,
    /// Where it stood.
    pub old: Option<Span>,
    /// Where it stands.
    pub new: Option<Span>,
    /// What changed, in the author's words; empty where the texts tell it all.
    pub words: Vec<String>,
}

/// A cell under a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// `Entity.Manager`; `None` is everyone.
    pub role: Option<String>,
    /// `edit Entity.billing`, `give Entity.Lead`
    pub permission: String,
    /// Both as they are shown: roles with their type only where the name alone would not tell.
    pub shown: (String, String),
    /// How it changed.
    pub change: Change,
    /// A field that changed as its record did, with all other fields; readers need not be told.
    pub folded: bool,
}

/// An organisation and a request that show a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The two.
    pub shown: Shown,
    /// The new policy allows it, and the old one did not; or the other way round.
    pub wider: bool,
    /// What it allows is to change a setting: both may allow the deed itself.
    pub of_setting: bool,
}

/// A cause with all that it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The edit.
    pub cause: Cause,
    /// The cells; none for an edit that changes no right of a role.
    pub cells: Vec<Touched>,
    /// One for all of them.
    pub witness: Option<Witness>,
}

/// A change that no cell shows: it takes several roles, or what data hands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// The permission.
    pub permission: String,
    /// It comes by a single grant or a tenant's role alone.
    pub by_data: bool,
    /// Whoever may do it changes settings.
    pub changes_settings: bool,
    /// The edits behind it.
    pub causes: Vec<Cause>,
    /// Who can do it now, or could.
    pub witness: Witness,
}

/// What changed between two policies.
#[derive(Debug, Clone)]
pub struct Diff {
    /// Causes with the cells that they changed; what widens comes first.
    pub groups: Vec<Group>,
    /// Declarations that were edited, and change no cell.
    pub aside: Vec<Cause>,
    /// Rules that were written differently, added or taken away, and change nothing.
    pub same: Vec<Cause>,
    /// New chains of roles that can be handed on.
    pub paths: Vec<paths::Path>,
    /// Changes beyond the cells.
    pub beyond: Vec<Beyond>,
    /// What shows that nothing else changed.
    pub closed: Closed,
    /// How many permissions, roles and changed cells there are.
    pub counted: Counted,
}

/// The size of what was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Permissions of either policy.
    pub permissions: usize,
    /// Roles of either policy.
    pub roles: usize,
    /// Cells that changed.
    pub changed: usize,
    /// Changed cells by which more can be handed out than before.
    pub handing: usize,
}

/// Compares two policies.
#[must_use]
pub fn compare(old: &Side<'_>, new: &Side<'_>) -> Diff {
    grouped(old, new, compare::compare(old.table, new.table))
}

/// Sorts what changed by cause.
fn grouped(old: &Side<'_>, new: &Side<'_>, comparison: Comparison) -> Diff {
    let names = names::Names::of(old.table.model(), new.table.model());
    let tracer = causes::Tracer::of(old, new, &names);
    let mut touched = causes::Touched::default();
    let mut groups: BTreeMap<Cause, Group> = BTreeMap::new();
    for cell in &comparison.cells {
        for cause in tracer.trace(cell, &mut touched) {
            let group = groups.entry(cause).or_insert_with_key(|cause| Group::of(cause.clone()));
            group.take(cell, &names);
        }
    }
    let beyond: Vec<Beyond> = comparison
        .beyond
        .iter()
        .map(|it| Beyond::of(it, tracer.trace(&it.as_cell(), &mut touched), new.table.model()))
        .collect();
    let told = groups.keys().chain(beyond.iter().flat_map(|it| &it.causes));
    let (aside, same) = tracer.rest(&told.collect(), &touched);
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        tracer.tell(group);
        names.fold(&mut group.cells);
    }
    groups.sort_by_key(|group| (!group.is_wider(), group.cause.new.or(group.cause.old)));
    Diff {
        groups,
        aside,
        same,
        paths: paths::new_paths(old.table, new.table, &names),
        counted: Counted::of(&comparison, &names, new.table),
        beyond,
        closed: comparison.closed,
    }
}

impl Witness {
    /// What is allowed now matters more than what no longer is; a small organisation is read more easily.
    fn rank(&self) -> (bool, usize) {
        (!self.wider, self.shown.facts.len())
    }
}

impl Beyond {
    fn of(it: &compare::Beyond, causes: BTreeSet<Cause>, new: &Model) -> Self {
        Self {
            permission: it.permission.clone(),
            changes_settings: it.new_permission.is_some_and(|id| changes_settings(new, id)),
            by_data: it.by_data,
            causes: causes.into_iter().collect(),
            witness: Witness {
                shown: it.shown.clone(),
                wider: it.wider,
                of_setting: it.permission.starts_with(SETTING),
            },
        }
    }
}

impl Counted {
    fn of(comparison: &Comparison, names: &names::Names, new: &Table) -> Self {
        Self {
            permissions: names.permissions(),
            roles: names.roles(),
            changed: comparison.cells.len(),
            handing: comparison.cells.iter().filter(|cell| cell_hands_out(cell, new)).count(),
        }
    }
}

/// True if more can be handed out through a cell than before, or a setting changed by more people.
fn cell_hands_out(cell: &compare::Cell, table: &Table) -> bool {
    let model = table.model();
    let gives = |id: PermId| {
        let permission = model.permissions.get(id);
        let handing = matches!(
            permission,
            Permission::Give(_) | Permission::Grant(_) | Permission::AddMember(_)
        );
        handing || changes_settings(model, id)
    };
    let is_given = cell.permission.starts_with(SETTING) || cell.new_permission.is_some_and(gives);
    is_wider(cell.change) && is_given
}

/// The permission is the one by which some attribute is changed.
fn changes_settings(model: &Model, id: PermId) -> bool {
    let Permission::Act { ty, .. } = model.permissions.get(id) else {
        return false;
    };
    (0..model.ty(ty).attributes.len()).any(|slot| model.changing(ty, slot) == Some(id))
}

/// True if a permission, as it is shown, is one to hand something out, or to change a setting.
#[must_use]
pub fn hands_out(permission: &str) -> bool {
    ["give ", "assign ", "grant ", SETTING]
        .iter()
        .any(|word| permission.starts_with(word))
}

/// True if something is allowed that was not.
#[must_use]
pub const fn is_wider(change: Change) -> bool {
    matches!(change, Change::Gained | Change::Wider | Change::Both)
}

impl Group {
    fn of(cause: Cause) -> Self {
        Self {
            cause,
            cells: Vec::new(),
            witness: None,
        }
    }

    /// Takes a cell in, and its witness if there is none that tells more.
    fn take(&mut self, cell: &compare::Cell, names: &names::Names) {
        self.cells.push(Touched {
            role: cell.role.clone(),
            permission: cell.permission.clone(),
            shown: (names.subject(cell.role.as_deref()), names.permission(&cell.permission)),
            change: cell.change,
            folded: false,
        });
        let shown = [(&cell.wider, true), (&cell.narrower, false)];
        for (shown, wider) in shown {
            let Some(shown) = shown.clone() else { continue };
            let of_setting = cell.permission.starts_with(SETTING);
            let witness = Witness {
                shown,
                wider,
                of_setting,
            };
            if self.witness.as_ref().is_none_or(|known| witness.rank() < known.rank()) {
                self.witness = Some(witness);
            }
        }
    }

    /// True if something is allowed that was not.
    #[must_use]
    pub fn is_wider(&self) -> bool {
        self.cells.iter().any(|cell| is_wider(cell.change))
    }

    /// True if something is no longer allowed.
    #[must_use]
    pub fn is_narrower(&self) -> bool {
        let narrower = |change| matches!(change, Change::Lost | Change::Narrower | Change::Both);
        self.cells.iter().any(|cell| narrower(cell.change))
    }
}

impl Diff {
    /// True if both policies allow the same in every organisation, and that is known.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.groups.is_empty() && self.beyond.is_empty() && !matches!(self.closed, Closed::Unknown(_))
    }

    /// True if the new policy allows something that the old one did not, or that cannot be ruled out.
    #[must_use]
    pub fn is_wider(&self) -> bool {
        self.groups.iter().any(Group::is_wider)
            || self.beyond.iter().any(|beyond| beyond.witness.wider)
            || matches!(self.closed, Closed::Unknown(_))
    }

    /// True if something is no longer allowed, or that cannot be ruled out.
    #[must_use]
    pub fn is_narrower(&self) -> bool {
        self.groups.iter().any(Group::is_narrower)
            || self.beyond.iter().any(|beyond| !beyond.witness.wider)
            || matches!(self.closed, Closed::Unknown(_))
    }

    /// True if more can be handed out than before, or that cannot be ruled out.
    #[must_use]
    pub fn escalates(&self) -> bool {
        let handing =
            |beyond: &Beyond| beyond.witness.wider && (beyond.changes_settings || hands_out(&beyond.permission));
        self.counted.handing > 0
            || !self.paths.is_empty()
            || self.beyond.iter().any(handing)
            || matches!(self.closed, Closed::Unknown(_))
    }

    /// True if anything was edited that means something, be it a constraint or a promise.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.is_equal() || !self.aside.is_empty()
    }
}
