//! What brings a rule that reads as before to a cell: `extends`, areas, role sets, `implies`, containment.

use super::{Spot, Tracer, Which};
use crate::diff::Cause;
use crate::diff::declared::Subject;
use crate::model::permission::Permission;
use crate::model::{Model, RoleId};
use crate::syntax::ast;
use std::collections::BTreeSet;

impl Tracer<'_> {
    /// The first edge of `extends` along which a rule came, where the other side lacks it and with it the rule.
    pub(super) fn edge(&self, spot: Spot<'_>, partner: usize) -> Option<&Cause> {
        let there = self.half(spot.which.other());
        let span = there.texts.list[partner].span;
        let others = there.side.table.model();
        let role = role_named(others, spot.cell.role.as_deref()?)?;
        let mut rules = others.role(role).rules.iter();
        if rules.any(|rule| others.rule(rule.rule).span == span) {
            return None;
        }
        let model = self.model(spot.which);
        let path = self.half(spot.which).side.table.path(spot.way);
        let names: Vec<String> = path.iter().map(|&role| model.full_role(role)).collect();
        names.windows(2).find_map(|pair| {
            let subject = Subject::Extends(pair[0].clone(), pair[1].clone());
            self.declared.find(&subject)
        })
    }

    /// What brought a rule to the cell that reads the same on both sides.
    pub(super) fn through(&self, spot: Spot<'_>, text: usize) -> Option<&Cause> {
        if let (Which::New, None) = (spot.which, spot.cell.old_permission) {
            return spot
                .cell
                .new_permission
                .and_then(|id| self.of_permission(Which::New, id));
        }
        let rule = self.half(spot.which).texts.list[text].rule;
        self.of_area(rule)
            .or_else(|| self.of_role_set(spot, text))
            .or_else(|| self.of_type(spot))
    }

    /// An area that the rule names, or one within it.
    fn of_area(&self, rule: &ast::Rule) -> Option<&Cause> {
        let mut open: Vec<String> = Vec::new();
        match &rule.power.targets {
            ast::Targets::List(targets) => open.extend(targets.iter().map(|target| target.name.text.clone())),
            ast::Targets::Each(list) => open.extend(list.iter().map(|it| it.target.name.text.clone())),
            ast::Targets::Everything { .. } => {}
        }
        for except in &rule.power.except {
            if let ast::Except::Permission(it) = except {
                open.push(it.target.name.text.clone());
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            if let Some(cause) = self.declared.find(&Subject::Area(name.clone())) {
                return Some(cause);
            }
            open.extend(self.within(&name));
        }
        None
    }

    /// The names in an area.
    fn within(&self, area: &str) -> Vec<String> {
        let items = self.halves[1].side.trees.iter().flat_map(|file| &file.items);
        let areas = items.filter_map(|item| match &item.kind {
            ast::ItemKind::Area(decl) if decl.name.text == area => Some(decl),
            _ => None,
        });
        areas
            .flat_map(|decl| &decl.permissions)
            .map(|it| it.target.name.text.clone())
            .collect()
    }

    /// A role set that the rule's text names.
    fn of_role_set(&self, spot: Spot<'_>, text: usize) -> Option<&Cause> {
        let line = &self.half(spot.which).texts.list[text].line;
        let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.find_map(|word| self.declared.find(&Subject::RoleSet(word.to_owned())))
    }

    /// `implies`, or where the type lies.
    fn of_type(&self, spot: Spot<'_>) -> Option<&Cause> {
        let model = self.model(spot.which);
        let id = match spot.which {
            Which::Old => spot.cell.old_permission,
            Which::New => spot.cell.new_permission,
        };
        let Permission::Act { ty, .. } = model.permissions.get(id?) else {
            return None;
        };
        let name = &model.ty(ty).name;
        let implied = self.declared.find(&Subject::Implies(name.clone()));
        implied.or_else(|| self.declared.find(&Subject::Containers(name.clone())))
    }
}

pub(super) fn role_named(model: &Model, full: &str) -> Option<RoleId> {
    model.role_ids().find(|&role| model.full_role(role) == full)
}
