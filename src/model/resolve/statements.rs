//! Constraints on facts and promises about the policy.

use super::Resolver;
use super::rules::{Frame, Setting};
use crate::diagnostic::Diagnostic;
use crate::model::{Constraint, ConstraintKind, Effect, Promise, PromiseKind, RoleId, Rule, TypeId, Who};
use crate::source::Span;
use crate::syntax::ast::{self, Exclusive, Item, ItemKind, Name, Permission, RoleName};

impl Resolver<'_> {
    /// Resolves every constraint and every promise.
    pub(super) fn resolve_statements(&mut self) {
        for item in self.items.clone() {
            let constraint = match &item.kind {
                ItemKind::Each(each) => self.each(each),
                ItemKind::Also(also) => self.also(also),
                ItemKind::Exclusive(exclusive) => self.exclusive(exclusive),
                ItemKind::Ensure(promise) => {
                    self.promise(promise, item);
                    None
                }
                _ => None,
            };
            if let Some(kind) = constraint {
                self.model.constraints.push(Constraint {
                    span: item.span.0,
                    doc: item.doc.clone(),
                    kind,
                });
            }
        }
    }

    fn each(&mut self, each: &ast::Each) -> Option<ConstraintKind> {
        let ty = self.find_type(&each.ty);
        let named = self.find_roles(&each.role);
        let ty = ty?;
        let roles: Vec<RoleId> = named.iter().copied().filter(|&r| self.model.role(r).ty == ty).collect();
        if roles.is_empty() && !named.is_empty() {
            self.no_role_at(ty, &each.role.name);
        }
        self.given_by_hand(&roles, each.role.span.0);
        let setting = Setting {
            resource: vec![ty],
            chain: vec![ty],
            ..Setting::default()
        };
        let when = each.when.as_ref().map(|expr| self.condition(expr, &setting));
        Some(ConstraintKind::Each {
            ty,
            count: each.count,
            roles,
            when: when.flatten(),
        })
    }

    /// Constraints count roles given by hand, so a derived one would never count.
    fn given_by_hand(&mut self, roles: &[RoleId], span: Span) {
        if let Some(&role) = roles.iter().find(|&&r| self.model.role(r).is_derived()) {
            let message = format!(
                "`{}` is derived; constraints count roles given by hand",
                self.model.show_role(role)
            );
            self.found
                .push(Diagnostic::error("constraint/derived-role", message).at(span, ""));
        }
    }

    fn counted(&mut self, name: &RoleName) -> Vec<RoleId> {
        let roles = self.find_roles(name);
        self.given_by_hand(&roles, name.span.0);
        roles
    }

    fn also(&mut self, also: &ast::Also) -> Option<ConstraintKind> {
        let is = self.counted(&also.is);
        let also: Vec<RoleId> = also.also.iter().flat_map(|name| self.counted(name)).collect();
        (!is.is_empty() && !also.is_empty()).then_some(ConstraintKind::Also { is, also })
    }

    fn exclusive(&mut self, exclusive: &Exclusive) -> Option<ConstraintKind> {
        match exclusive {
            Exclusive::Roles {
                pair: [left, right],
                same,
            } => {
                let (left, right) = (self.counted(left), self.counted(right));
                Some(ConstraintKind::Roles {
                    left,
                    right,
                    same: self.same(same.as_ref())?,
                })
            }
            Exclusive::Permissions {
                pair: [left, right],
                same,
            } => {
                let (left, right) = (self.named_permission(left), self.named_permission(right));
                Some(ConstraintKind::Permissions {
                    left,
                    right,
                    same: self.same(same.as_ref())?,
                })
            }
        }
    }

    #[expect(clippy::option_option, reason = "no type said, or one that is not known")]
    fn same(&mut self, name: Option<&Name>) -> Option<Option<TypeId>> {
        match name {
            None => Some(None),
            Some(name) => self.find_type(name).map(Some),
        }
    }

    fn named_permission(&mut self, permission: &Permission) -> Vec<crate::model::permission::PermId> {
        let acts = self.acts(permission.action.as_ref().map(std::slice::from_ref), &permission.target);
        self.records_only(acts)
    }

    fn promise(&mut self, promise: &ast::Promise, item: &Item) {
        let kind = match promise {
            ast::Promise::Nobody { with, but, rule } => {
                let (with, but) = (self.find_role_list(with), self.find_role_list(but));
                let rule = self.promised(rule, Effect::Prohibit, Who::Nobody(but.clone()), item);
                PromiseKind::Nobody { with, but, rule }
            }
            ast::Promise::Public { anyone, rule } => {
                let who = if *anyone { Who::Anyone } else { Who::Everyone };
                PromiseKind::Public(self.promised(rule, Effect::Grant, who, item))
            }
            ast::Promise::Contains { more, less } => PromiseKind::Contains {
                more: self.find_roles(more),
                less: self.find_roles(less),
            },
            ast::Promise::NeverBecome { actors, goal } => PromiseKind::NeverBecome {
                actors: self.find_role_list(actors),
                goal: self.find_roles(goal),
            },
            ast::Promise::Role { roles, can, rule } => {
                let effect = if *can { Effect::Grant } else { Effect::Prohibit };
                let roles = self.find_role_list(roles);
                if roles.is_empty() {
                    self.names_in(rule, item.span.0);
                }
                let rules = roles
                    .into_iter()
                    .map(|role| {
                        let who = Who::Holders(self.model.role(role).ty);
                        (role, self.promised(rule, effect, who, item))
                    })
                    .collect();
                PromiseKind::Role { can: *can, rules }
            }
        };
        self.model.promises.push(Promise {
            span: item.span.0,
            kind,
        });
    }

    fn promised(&mut self, rule: &ast::Rule, effect: Effect, who: Who, item: &Item) -> Rule {
        let of_all = matches!((effect, &who), (Effect::Prohibit, Who::Holders(_)));
        let frame = Frame {
            effect,
            who,
            reach: None,
            parameters: Vec::new(),
            span: item.span.0,
            doc: item.doc.clone(),
            of_all,
        };
        self.rule(rule, &frame)
    }
}
