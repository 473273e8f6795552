//! Inheritance: `extends` copies rules, prohibitions included, and reads each again where it lands.

use std::collections::HashSet;

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Resolver, cycles};
use crate::diagnostic::Diagnostic;
use crate::model::permission::PermId;
use crate::model::{Effect, RoleId, RoleRule, RuleId};
use crate::source::Span;

/// Through how many roles a rule may be inherited.
const DEEPEST: usize = 64;

impl Resolver<'_> {
    /// Gives every role its own rules and those of the roles it extends; checks what `but not` promises.
    pub(super) fn inherit_rules(&mut self) {
        let graph = self.inheritance();
        let circles = cycles::circles(&graph);
        let name = |role: &RoleId| self.model.show_role(*role);
        let faults = cycles::report(&graph, "role/inheritance-cycle", "extends", name);
        faults.into_iter().for_each(|fault| self.found.push(fault));
        let order: Vec<RoleId> = match toposort(&graph, None) {
            Ok(order) => order.into_iter().rev().map(|ix| graph[ix]).collect(),
            Err(_) => self.model.role_ids().collect(),
        };
        let copies = circles.is_empty() && self.is_shallow(&order);
        for role in order {
            let rules = self.all_rules(role, copies);
            self.model.roles[role.ix()].rules = rules;
        }
        for role in self.model.role_ids() {
            self.check_limits(role);
        }
        self.model.index = std::mem::take(&mut self.names);
        self.names = self.model.index.clone();
    }

    fn inheritance(&self) -> DiGraph<RoleId, Span> {
        let mut graph = DiGraph::new();
        let nodes: Vec<NodeIndex> = self.model.role_ids().map(|role| graph.add_node(role)).collect();
        for role in self.model.role_ids() {
            for &(parent, span) in &self.model.role(role).parents {
                graph.update_edge(nodes[role.ix()], nodes[parent.ix()], span);
            }
        }
        graph
    }

    /// False, with an error, if a role inherits through too many others; `order` has parents first.
    fn is_shallow(&mut self, order: &[RoleId]) -> bool {
        let mut depth = vec![0; self.model.roles.len()];
        for &role in order {
            let parents = self.model.role(role).parents.iter();
            depth[role.ix()] = parents.map(|(parent, _)| depth[parent.ix()] + 1).max().unwrap_or(0);
            if depth[role.ix()] > DEEPEST {
                let message = format!(
                    "`{}` inherits through more than {DEEPEST} roles",
                    self.model.show_role(role)
                );
                let fault = Diagnostic::error("role/too-deep", message).at(self.model.role(role).spans[0], "");
                self.found
                    .push(fault.help("nobody could follow such a chain; extend fewer roles"));
                return false;
            }
        }
        true
    }

    fn all_rules(&mut self, role: RoleId, copies: bool) -> Vec<RoleRule> {
        let ty = self.model.role(role).ty;
        let mut seen: HashSet<RuleId> = HashSet::new();
        let mut rules = Vec::new();
        for (block, ix) in self.own[role.ix()].clone() {
            let rule = self.rule_at(block, ix, ty);
            if seen.insert(rule) {
                rules.push(RoleRule { rule, via: None });
            }
        }
        if !copies {
            return rules;
        }
        for (parent, _) in self.model.role(role).parents.clone() {
            for ix in 0..self.model.role(parent).rules.len() {
                let rule = self.landed(self.model.role(parent).rules[ix].rule, ty);
                if seen.insert(rule) {
                    rules.push(RoleRule {
                        rule,
                        via: Some(parent),
                    });
                }
            }
        }
        rules
    }

    /// A rule as it reads at the heir's node type.
    fn landed(&mut self, rule: RuleId, ty: crate::model::TypeId) -> RuleId {
        match self.origin.get(&rule) {
            Some(&(block, ix)) => self.rule_at(block, ix, ty),
            None => rule,
        }
    }

    /// `can view but not modify Offer`: no rule of the role, own or copied, may give what an own rule rules out.
    fn check_limits(&mut self, role: RoleId) {
        let it = self.model.role(role);
        let own = it.rules.iter().filter(|r| r.via.is_none());
        let limits: Vec<(PermId, Span)> = own
            .map(|r| self.model.rule(r.rule))
            .flat_map(|rule| rule.limits.iter().map(|&id| (id, rule.span)))
            .collect();
        if limits.is_empty() {
            return;
        }
        let mut faults = Vec::new();
        for granted in it
            .rules
            .iter()
            .map(|r| self.model.rule(r.rule))
            .filter(|r| r.effect == Effect::Grant)
        {
            let broken = limits
                .iter()
                .find(|(id, _)| granted.permissions.binary_search(id).is_ok());
            if let Some(&(id, span)) = broken {
                let what = self.model.show_permission(id);
                let message = format!(
                    "`{}` says it cannot `{what}`, and grants it",
                    self.model.show_role(role)
                );
                let fault = Diagnostic::error("rule/beyond-limit", message).at(granted.span, "granted here");
                faults.push(fault.at(span, "ruled out here"));
            }
        }
        faults.into_iter().for_each(|fault| self.found.push(fault));
    }
}
