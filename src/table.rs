//! The decision table: a row per permission, in it the ways in which it is granted and what prohibits it.
//!
//! [`compile`] is total: it takes a [`Checked`] model and cannot fail. A way names its rule (reach, relation, condition,
//! span) and the role whose holders it serves; ways of one role stand together, so that a cell is a slice. The table is
//! what `rolebook table` prints, what queries read and what [`crate::eval`] walks.

pub mod brief;
pub mod grid;
pub mod plain;

use crate::model::permission::PermId;
use brief::{Brief, Briefs, Tag};
use plain::Plain;

use crate::model::{Checked, Effect, Model, Reach, RoleId, Rule, RuleId};
use crate::source::Span;

/// One way in which a permission is granted or prohibited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The role whose holders it is about; `None` for rules without a role.
    pub role: Option<RoleId>,
    /// The rule.
    pub rule: RuleId,
    /// The role from which this one copied the rule.
    pub via: Option<RoleId>,
}

/// A permission's row: ways sorted by role, those without a role first.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Ways in which it is granted.
    pub grants: Vec<Way>,
    /// What prohibits it.
    pub prohibitions: Vec<Way>,
    grant_needs: Needs,
    prohibition_needs: Needs,
    plain: Plain,
    /// What a listed node says in brief that it is about.
    about: Tag,
}

/// Which searches a row needs, found out once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// How many ways are without a role; they stand first.
    pub public: u32,
    /// Some way reaches from holdings that do not enclose the target (`across`, `anywhere`).
    pub far: bool,
    /// Some way is of a derived role.
    pub derived: bool,
    /// Some way is of a role held by hand or by default.
    pub held: bool,
}

/// The compiled policy.
#[derive(Debug, Clone)]
pub struct Table {
    model: Model,
    rows: Vec<Row>,
    briefs: Briefs,
}

/// Flattens the rules of every role into rows. Time and memory are linear in the (role, rule, permission) triples.
#[must_use]
pub fn compile(checked: Checked<'_>) -> Table {
    let model = checked.model();
    let mut rows = vec![Row::default(); model.permissions.len()];
    for &rule in &model.public {
        enter(
            &mut rows,
            model.rule(rule),
            Way {
                role: None,
                rule,
                via: None,
            },
        );
    }
    for role in model.role_ids() {
        for copied in &model.role(role).rules {
            let way = Way {
                role: Some(role),
                rule: copied.rule,
                via: copied.via,
            };
            enter(&mut rows, model.rule(copied.rule), way);
        }
    }
    let briefs = Briefs::of(model);
    for (row, (id, _)) in rows.iter_mut().zip(model.permissions.iter()) {
        row.grant_needs = needs(&row.grants, model);
        row.prohibition_needs = needs(&row.prohibitions, model);
        row.plain = Plain::of(id, &row.grants, model, &briefs);
        row.about = plain::target(id, model).map_or_else(Tag::default, Tag::of);
    }
    Table {
        model: model.clone(),
        rows,
        briefs,
    }
}

fn enter(rows: &mut [Row], rule: &Rule, way: Way) {
    for id in &rule.permissions {
        let row = &mut rows[id.ix()];
        match rule.effect {
            Effect::Grant => row.grants.push(way),
            Effect::Prohibit => row.prohibitions.push(way),
        }
    }
}

fn needs(ways: &[Way], model: &Model) -> Needs {
    let mut needs = Needs::default();
    for way in ways {
        let Some(role) = way.role else {
            needs.public += 1;
            continue;
        };
        let derived = model.role(role).is_derived();
        needs.derived |= derived;
        needs.held |= !derived;
        needs.far |= is_far(model.rule(way.rule).reach);
    }
    needs
}

/// True if a rule may reach what does not lie below the node of the holding.
#[must_use]
pub const fn is_far(reach: Reach) -> bool {
    matches!(reach, Reach::Across(_) | Reach::Anywhere)
}

impl Row {
    /// True if the permission is about nodes of the type that one says in brief it is of.
    #[must_use]
    #[inline]
    pub fn is_about(&self, brief: Brief) -> bool {
        brief.is_of(self.about)
    }

    /// The ways of granting that are settled first.
    #[must_use]
    #[inline]
    pub const fn plain(&self) -> &Plain {
        &self.plain
    }
}

impl Table {
    /// Where the rule of a way stands.
    #[must_use]
    pub fn span(&self, way: Way) -> Span {
        self.model().rule(way.rule).span
    }

    /// The policy it was compiled from.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// What is told of a node in brief.
    #[must_use]
    pub const fn briefs(&self) -> &Briefs {
        &self.briefs
    }

    /// A permission's row.
    #[must_use]
    #[inline]
    pub fn row(&self, id: PermId) -> &Row {
        &self.rows[id.ix()]
    }

    /// The same of what may be no permission of the policy.
    #[must_use]
    #[inline]
    pub fn known_row(&self, id: PermId) -> Option<&Row> {
        self.rows.get(id.ix())
    }

    /// The ways of one effect.
    #[must_use]
    pub fn ways(&self, id: PermId, effect: Effect) -> &[Way] {
        match effect {
            Effect::Grant => &self.row(id).grants,
            Effect::Prohibit => &self.row(id).prohibitions,
        }
    }

    /// Which searches the ways of one effect need.
    #[must_use]
    pub fn needs(&self, id: PermId, effect: Effect) -> Needs {
        match effect {
            Effect::Grant => self.row(id).grant_needs,
            Effect::Prohibit => self.row(id).prohibition_needs,
        }
    }

    /// True if holders of one role have whatever holders of another have at the same node, as far as [`Plain`] tells.
    #[must_use]
    pub fn covers(&self, role: RoleId, other: RoleId) -> bool {
        let rules = self.model.roles.get(other.ix()).map_or(&[][..], |it| &it.rules);
        let permissions = rules.iter().flat_map(|it| &self.model.rule(it.rule).permissions);
        let covers = |&id: &PermId| self.row(id).plain.covers(role, other);
        role == other || permissions.into_iter().all(covers)
    }

    /// The ways of one role in a list that is sorted by role: a cell.
    #[must_use]
    pub fn cell(ways: &[Way], role: Option<RoleId>) -> &[Way] {
        let start = ways.partition_point(|way| way.role < role);
        let len = ways[start..].iter().take_while(|way| way.role == role).count();
        &ways[start..start + len]
    }

    /// The roles through which a rule came to a role: the role itself first, the one that states it last.
    #[must_use]
    pub fn path(&self, way: Way) -> Vec<RoleId> {
        let mut path: Vec<RoleId> = way.role.into_iter().collect();
        let mut via = way.via;
        while let Some(role) = via {
            path.push(role);
            via = self
                .model
                .role(role)
                .rules
                .iter()
                .find(|r| self.same_source(r.rule, way.rule))
                .and_then(|r| r.via);
        }
        path
    }

    /// True if two resolved rules were written in one place.
    fn same_source(&self, a: RuleId, b: RuleId) -> bool {
        a == b || self.model.rule(a).span == self.model.rule(b).span
    }
}
