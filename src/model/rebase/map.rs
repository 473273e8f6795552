//! What one policy says, in the common numbering.

use super::{Map, nowhere};
use crate::model::permission::{PermId, Permission};
use crate::model::value::{AttributeType, Pool, Scalar, Sym, Value};
use crate::model::{
    AttrName, Attribute, Constraint, ConstraintKind, Default, DerivationTerm, Expr, HeldAt, Operand, Path, Reach,
    Receiver, Relation, RoleId, Root, Rule, Test, TestKind, TypeId, Who,
};

impl Map<'_> {
    pub(super) fn ty(&self, id: TypeId) -> TypeId {
        self.types[id.ix()]
    }

    pub(super) fn role(&self, id: RoleId) -> RoleId {
        self.roles[id.ix()]
    }

    pub(super) fn all_roles(&self, roles: &[RoleId]) -> Vec<RoleId> {
        roles.iter().map(|&role| self.role(role)).collect()
    }

    pub(super) fn all_permissions(&self, permissions: &[PermId]) -> Vec<PermId> {
        let mut all: Vec<PermId> = permissions.iter().map(|id| self.permissions[id.ix()]).collect();
        all.sort_unstable();
        all
    }

    pub(super) fn attr(&self, name: AttrName) -> AttrName {
        self.attrs[name.0 as usize]
    }

    pub(super) fn permission(&self, permission: Permission) -> Permission {
        match permission {
            Permission::Act { ty, action, field } => Permission::Act {
                ty: self.ty(ty),
                action: self.actions[ty.ix()][action],
                field: field.map(|field| self.fields[ty.ix()][field]),
            },
            Permission::Grant(inner) => Permission::Grant(self.permissions[inner.ix()]),
            Permission::Give(role) => Permission::Give(self.role(role)),
            Permission::Take(role) => Permission::Take(self.role(role)),
            Permission::AddMember(ty) => Permission::AddMember(self.ty(ty)),
            Permission::RemoveMember(ty) => Permission::RemoveMember(self.ty(ty)),
        }
    }

    pub(super) fn scalar(&self, of: Scalar) -> Scalar {
        match of {
            Scalar::Enum(id) => Scalar::Enum(self.enums[id.0 as usize]),
            Scalar::User(ty) => Scalar::User(self.ty(ty)),
            Scalar::Node(ty) => Scalar::Node(self.ty(ty)),
            other => other,
        }
    }

    pub(super) fn value_type(&self, ty: AttributeType) -> AttributeType {
        AttributeType {
            of: self.scalar(ty.of),
            ..ty
        }
    }

    pub(super) fn value(&self, value: Value, of: Scalar, pool: &mut Pool) -> Value {
        match (value, of) {
            (Value::Text(text), _) => Value::Text(self.text(text, pool)),
            (Value::Enum(ix), Scalar::Enum(id)) => {
                Value::Enum(self.values[id.0 as usize].get(ix as usize).copied().unwrap_or(ix))
            }
            (Value::List(list), _) if value != Value::EMPTY => {
                let values = self.model.pool.values(list).to_vec();
                let values = values.into_iter().map(|each| self.value(each, of, pool)).collect();
                pool.list(values)
            }
            _ => value,
        }
    }

    pub(super) fn text(&self, text: Sym, pool: &mut Pool) -> Sym {
        pool.intern(self.model.pool.text(text))
    }

    pub(super) fn attribute(&self, it: &Attribute, pool: &mut Pool) -> Attribute {
        Attribute {
            key: self.attr(it.key),
            ty: self.value_type(it.ty),
            default: match &it.default {
                Default::None => Default::None,
                Default::Value(value) => Default::Value(self.value(*value, it.ty.of, pool)),
                Default::Path(ty, steps) => {
                    Default::Path(self.ty(*ty), steps.iter().map(|&step| self.attr(step)).collect())
                }
            },
            span: None,
            ..it.clone()
        }
    }

    pub(super) fn being(&self, being: &DerivationTerm) -> DerivationTerm {
        match being {
            DerivationTerm::Relation(name) => DerivationTerm::Relation(self.attr(*name)),
            DerivationTerm::Member => DerivationTerm::Member,
            DerivationTerm::Holds(roles) => DerivationTerm::Holds(self.all_roles(roles)),
            DerivationTerm::Can(permissions) => DerivationTerm::Can(self.all_permissions(permissions)),
        }
    }

    pub(super) fn rule(&self, rule: &Rule, pool: &mut Pool) -> Rule {
        Rule {
            span: nowhere(),
            doc: crate::syntax::ast::Doc::default(),
            effect: rule.effect,
            who: match &rule.who {
                Who::Holders(ty) => Who::Holders(self.ty(*ty)),
                Who::Nobody(but) => Who::Nobody(self.all_roles(but)),
                other => other.clone(),
            },
            permissions: self.all_permissions(&rule.permissions),
            named: rule.named.iter().map(|&ty| self.ty(ty)).collect(),
            excepted: self.all_permissions(&rule.excepted),
            limits: self.all_permissions(&rule.limits),
            except_self: rule.except_self,
            they_have: rule.they_have,
            receiver: match &rule.receiver {
                Receiver::Holders(roles) => Receiver::Holders(self.all_roles(roles)),
                other => other.clone(),
            },
            reach: match rule.reach {
                Reach::In(ty) => Reach::In(self.ty(ty)),
                Reach::Across(ty) => Reach::Across(self.ty(ty)),
                other => other,
            },
            relation: rule.relation.iter().map(|it| self.relation(it)).collect(),
            when: rule.when.as_ref().map(|it| self.expr(it, pool)),
            unless: rule.unless.as_ref().map(|it| self.expr(it, pool)),
        }
    }

    pub(super) fn relation(&self, it: &Relation) -> Relation {
        Relation {
            at: it.at.map(|ty| self.ty(ty)),
            first: self.attr(it.first),
            then: it.then.iter().map(|&(step, plus)| (self.attr(step), plus)).collect(),
            span: nowhere(),
        }
    }

    pub(super) fn expr(&self, expr: &Expr, pool: &mut Pool) -> Expr {
        match expr {
            Expr::And(parts) => Expr::And(parts.iter().map(|part| self.expr(part, pool)).collect()),
            Expr::Or(parts) => Expr::Or(parts.iter().map(|part| self.expr(part, pool)).collect()),
            Expr::Not(inner) => Expr::Not(Box::new(self.expr(inner, pool))),
            Expr::Test(test) => Expr::Test(Test {
                span: nowhere(),
                kind: self.test(&test.kind, pool),
            }),
        }
    }

    pub(super) fn test(&self, test: &TestKind, pool: &mut Pool) -> TestKind {
        match test {
            TestKind::Truth(operand) => TestKind::Truth(self.operand(operand, Scalar::Bool, pool)),
            TestKind::Compare(left, op, right, minutes) => {
                let of = scalar_of(left).or_else(|| scalar_of(right)).unwrap_or(Scalar::Bool);
                TestKind::Compare(
                    self.operand(left, of, pool),
                    *op,
                    self.operand(right, of, pool),
                    *minutes,
                )
            }
            TestKind::Quantified { all, set, op, right } => TestKind::Quantified {
                all: *all,
                set: self.path(set),
                op: *op,
                right: self.operand(right, set.ty.of, pool),
            },
            TestKind::Holds { who, roles, at } => TestKind::Holds {
                who: self.path(who),
                roles: self.all_roles(roles),
                at: match at {
                    HeldAt::At(path) => HeldAt::At(self.path(path)),
                    other => other.clone(),
                },
            },
        }
    }

    pub(super) fn operand(&self, operand: &Operand, of: Scalar, pool: &mut Pool) -> Operand {
        match operand {
            Operand::Value(value) => Operand::Value(self.value(*value, of, pool)),
            Operand::List(items) => Operand::List(items.iter().map(|item| self.operand(item, of, pool)).collect()),
            Operand::Path(path) => Operand::Path(self.path(path)),
        }
    }

    pub(super) fn path(&self, path: &Path) -> Path {
        Path {
            root: match path.root {
                Root::Near(ty) => Root::Near(self.ty(ty)),
                Root::Context(slot) => Root::Context(self.context[slot]),
                Root::Holding(key) => Root::Holding(self.attr(key)),
                other => other,
            },
            steps: path.steps.iter().map(|&step| self.attr(step)).collect(),
            ty: self.value_type(path.ty),
            span: nowhere(),
        }
    }

    pub(super) fn constraint(&self, it: &Constraint, pool: &mut Pool) -> Constraint {
        let kind = match &it.kind {
            ConstraintKind::Roles { left, right, same } => ConstraintKind::Roles {
                left: self.all_roles(left),
                right: self.all_roles(right),
                same: same.map(|ty| self.ty(ty)),
            },
            ConstraintKind::Permissions { left, right, same } => ConstraintKind::Permissions {
                left: self.all_permissions(left),
                right: self.all_permissions(right),
                same: same.map(|ty| self.ty(ty)),
            },
            ConstraintKind::Also { is, also } => ConstraintKind::Also {
                is: self.all_roles(is),
                also: self.all_roles(also),
            },
            ConstraintKind::Each { ty, count, roles, when } => ConstraintKind::Each {
                ty: self.ty(*ty),
                count: *count,
                roles: self.all_roles(roles),
                when: when.as_ref().map(|it| self.expr(it, pool)),
            },
        };
        Constraint {
            span: nowhere(),
            doc: crate::syntax::ast::Doc::default(),
            kind,
        }
    }
}

fn scalar_of(operand: &Operand) -> Option<Scalar> {
    match operand {
        Operand::Path(path) => Some(path.ty.of),
        Operand::List(items) => items.iter().find_map(scalar_of),
        Operand::Value(_) => None,
    }
}
