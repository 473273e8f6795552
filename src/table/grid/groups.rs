//! Rows and their groups: areas, types, administration, single permissions.
//!
//! A permission has one row, in the smallest area that has it (of equal ones, the first declared), so that an area made
//! of others does not repeat them; it names them instead.

use std::collections::{BTreeMap, HashMap};

use super::rows::Gatherer;
use super::{Entry, Group, GroupKind, Row};
use crate::model::permission::{PermId, Permission};
use crate::model::{Area, Model, TypeId, USER};

/// All groups that have something to show.
pub(super) fn groups(gatherer: &mut Gatherer<'_>) -> Vec<Group> {
    let model = gatherer.model();
    let areas = Areas::of(model);
    let mut by_area: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
    let mut by_type: BTreeMap<(bool, TypeId), Vec<Row>> = BTreeMap::new();
    for placed in acts(gatherer, &areas) {
        match placed.home {
            Some(area) => by_area.entry(area).or_default().push(placed.row),
            None => by_type
                .entry((placed.ty == USER, placed.ty))
                .or_default()
                .push(placed.row),
        }
    }
    let mut groups: Vec<Group> = (0..model.areas.len())
        .map(|ix| areas.group(model, ix, by_area.remove(&ix).unwrap_or_default()))
        .collect();
    groups.extend(by_type.into_iter().map(|((_, ty), rows)| of_type(model, ty, rows)));
    groups.push(plain(
        GroupKind::Administration,
        "administration",
        administration(gatherer),
    ));
    groups.push(plain(GroupKind::Grants, "grants", grants(gatherer)));
    groups.retain(|group| !group.rows.is_empty() || !group.elsewhere.is_empty());
    groups
}

/// Which areas have a permission, and which of them shows it.
struct Areas {
    home: HashMap<PermId, usize>,
    all: HashMap<PermId, Vec<usize>>,
}

impl Areas {
    fn of(model: &Model) -> Self {
        let mut areas = Self {
            home: HashMap::new(),
            all: HashMap::new(),
        };
        let mut order: Vec<usize> = (0..model.areas.len()).collect();
        order.sort_by_key(|&ix| model.areas[ix].permissions.len());
        for ix in order {
            for &id in &model.areas[ix].permissions {
                areas.home.entry(id).or_insert(ix);
            }
        }
        for (ix, area) in model.areas.iter().enumerate() {
            for &id in &area.permissions {
                areas.all.entry(id).or_default().push(ix);
            }
        }
        areas
    }

    fn names(&self, model: &Model, id: PermId) -> Vec<String> {
        let of = self.all.get(&id).into_iter().flatten();
        of.map(|&ix| model.areas[ix].name.clone()).collect()
    }

    fn group(&self, model: &Model, ix: usize, rows: Vec<Row>) -> Group {
        let Area {
            name,
            labels,
            doc,
            permissions,
            ..
        } = &model.areas[ix];
        let homes = permissions.iter().filter_map(|id| self.home.get(id).copied());
        let mut others: Vec<usize> = homes.filter(|&home| home != ix).collect();
        others.sort_unstable();
        others.dedup();
        Group {
            kind: GroupKind::Area,
            name: name.clone(),
            labels: labels.clone(),
            doc: doc.clone(),
            rows,
            elsewhere: others
                .into_iter()
                .map(|other| model.areas[other].name.clone())
                .collect(),
        }
    }
}

/// A row with the place that it belongs to.
struct Placed {
    home: Option<usize>,
    ty: TypeId,
    row: Row,
}

/// Rows of ordinary permissions, those that nobody has included.
fn acts(gatherer: &mut Gatherer<'_>, areas: &Areas) -> Vec<Placed> {
    let model = gatherer.model();
    let mut rows: Vec<Placed> = Vec::new();
    let mut record = 0;
    for (id, permission) in model.permissions.iter() {
        let Permission::Act { ty, field, .. } = permission else {
            continue;
        };
        let home = areas.home.get(&id).copied();
        let cells = gatherer.cells(id);
        match (field, rows.get_mut(record)) {
            (None, _) => record = rows.len(),
            (Some(field), Some(of)) if of.home == home && of.row.cells == cells => {
                of.row.stands_for.push(model.ty(ty).fields[field].name.clone());
                continue;
            }
            _ => {}
        }
        rows.push(Placed {
            home,
            ty,
            row: Row {
                areas: areas.names(model, id),
                ..act(model, id, cells)
            },
        });
    }
    rows
}

/// The row of an action.
fn act(model: &Model, id: PermId, cells: Vec<Entry>) -> Row {
    let (action, ty, field) = match model.permissions.get(id) {
        Permission::Act { ty, action, field } => (model.ty(ty).actions[action].name.as_str(), ty, field),
        _ => ("", USER, None),
    };
    let name = &model.ty(ty).name;
    Row {
        field: field.map(|field| model.ty(ty).fields[field].name.clone()),
        ..row(action, name, name, model.show_permission(id), cells)
    }
}

/// Rows for roles and memberships that somebody may give or take.
fn administration(gatherer: &mut Gatherer<'_>) -> Vec<Row> {
    let model = gatherer.model();
    let heads = super::columns::roles(model);
    let mut roles: Vec<_> = model.role_ids().collect();
    roles.sort_by_key(|&id| (model.role(id).ty, id));
    let mut rows = Vec::new();
    for role in roles {
        let head = &heads[role.ix()];
        for (verb, cells) in handing(gatherer, [Permission::Give(role), Permission::Take(role)]) {
            let text = format!("{verb} {}", head.shown());
            rows.push(row(verb, &head.shown(), &head.ty, text, cells));
        }
    }
    for ty in model.type_ids() {
        let name = &model.ty(ty).name;
        for (verb, cells) in handing(gatherer, [Permission::AddMember(ty), Permission::RemoveMember(ty)]) {
            let text = format!("{verb} member at {name}");
            rows.push(row(&format!("{verb} member"), name, name, text, cells));
        }
    }
    rows
}

/// `give` and `take`, or `assign` where both are had alike; without those that nobody is granted.
fn handing(gatherer: &mut Gatherer<'_>, halves: [Permission; 2]) -> Vec<(&'static str, Vec<Entry>)> {
    let model = gatherer.model();
    let [give, take] = halves.map(|half| {
        model
            .permissions
            .id(half)
            .map_or_else(Vec::new, |id| gatherer.cells(id))
    });
    let mut rows = if give == take {
        vec![("assign", give)]
    } else {
        vec![("give", give), ("take", take)]
    };
    rows.retain(|(_, cells)| gatherer.grants(cells));
    rows
}

/// Rows for single permissions that somebody may hand out.
fn grants(gatherer: &mut Gatherer<'_>) -> Vec<Row> {
    let model = gatherer.model();
    let mut rows: Vec<Row> = Vec::new();
    let mut record = 0;
    for (id, permission) in model.permissions.iter() {
        let Permission::Grant(inner) = permission else { continue };
        let cells = gatherer.cells(id);
        if !gatherer.grants(&cells) {
            continue;
        }
        let inner = act(model, inner, cells);
        let action = format!("grant {}", inner.action);
        let told = rows
            .get_mut(record)
            .filter(|of| of.action == action && of.ty == inner.ty && of.cells == inner.cells);
        match (&inner.field, told) {
            (None, _) => record = rows.len(),
            (Some(field), Some(told)) if told.field.is_none() => {
                told.stands_for.push(field.clone());
                continue;
            }
            _ => {}
        }
        rows.push(Row {
            action,
            text: format!("grant {}", inner.text),
            ..inner
        });
    }
    rows
}

fn row(action: &str, target: &str, ty: &str, text: String, cells: Vec<Entry>) -> Row {
    Row {
        action: action.to_owned(),
        target: target.to_owned(),
        ty: ty.to_owned(),
        field: None,
        text,
        areas: Vec::new(),
        stands_for: Vec::new(),
        cells,
    }
}

fn of_type(model: &Model, ty: TypeId, rows: Vec<Row>) -> Group {
    let ty = model.ty(ty);
    let group = plain(GroupKind::Type, &ty.name, rows);
    Group {
        labels: ty.labels.clone(),
        doc: ty.doc.clone(),
        ..group
    }
}

fn plain(kind: GroupKind, name: &str, rows: Vec<Row>) -> Group {
    Group {
        kind,
        name: name.to_owned(),
        labels: Vec::new(),
        doc: None,
        rows,
        elsewhere: Vec::new(),
    }
}
