//! Conditions: every test typed, every path known to lead somewhere.

use super::Resolver;
use super::rules::Setting;
use crate::diagnostic::Diagnostic;
use crate::model::value::{AttributeType, Scalar, Value};
use crate::model::{self, Expr, Path, Root, Test, TestKind, TypeId};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, ExprKind, Held, Op, Operand, Shift};

/// A resolved side of a test, with its type; a list has the type of its elements.
type Side = (model::Operand, AttributeType);

impl Resolver<'_> {
    /// Resolves a condition; `None` if a part of it has an error.
    pub(super) fn condition(&mut self, expr: &ast::Expr, setting: &Setting) -> Option<Expr> {
        match &expr.kind {
            ExprKind::And(parts) => self.conditions(parts, setting).map(Expr::And),
            ExprKind::Or(parts) => self.conditions(parts, setting).map(Expr::Or),
            ExprKind::Not(inner) => Some(Expr::Not(Box::new(self.condition(inner, setting)?))),
            _ => {
                let kind = self.test(&expr.kind, setting)?;
                Some(Expr::Test(Test {
                    span: expr.span.0,
                    kind,
                }))
            }
        }
    }

    fn conditions(&mut self, parts: &[ast::Expr], setting: &Setting) -> Option<Vec<Expr>> {
        // Not `collect::<Option<_>>`: the faults of all parts are to be shown, not the first.
        let resolved: Vec<Option<Expr>> = parts.iter().map(|part| self.condition(part, setting)).collect();
        resolved.into_iter().collect()
    }

    fn test(&mut self, kind: &ExprKind, setting: &Setting) -> Option<TestKind> {
        match kind {
            ExprKind::Truth(operand) => self.truth(operand, setting),
            ExprKind::Compare { left, op, right, shift } => self.comparison(left, *op, right, *shift, setting),
            ExprKind::Quantified { all, path, op, right } => self.quantified(*all, path, *op, right, setting),
            ExprKind::Holds { who, held } => self.holds(who, held, setting),
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) => None,
        }
    }

    fn truth(&mut self, operand: &Operand, setting: &Setting) -> Option<TestKind> {
        let wanted = AttributeType::one(Scalar::Bool);
        let (side, ty) = self.side(operand, Some(wanted), setting)?;
        if (ty.of, ty.many) != (Scalar::Bool, false) {
            let span = super::attributes::operand_span(operand);
            let fault = Diagnostic::error("type/mismatch", "a condition that stands alone is `true` or `false`");
            let help = format!("this is a `{}`: compare it with something", self.model.show_type(ty));
            self.found.push(fault.at(span, "").help(help));
            return None;
        }
        Some(TestKind::Truth(side))
    }

    fn comparison(
        &mut self,
        left: &Operand,
        op: Spanned<Op>,
        right: &Operand,
        shift: Option<Shift>,
        setting: &Setting,
    ) -> Option<TestKind> {
        // The side whose type is sure tells the other what its bare words mean.
        let word = |o: &Operand, me: &Self| matches!(o, Operand::Path(p) if p.segments.is_empty() && !me.is_root(p));
        let left_is_vague = matches!(left, Operand::Literal(_)) || word(left, self);
        let (a, b) = if left_is_vague {
            let b = self.side(right, None, setting);
            let a = self.side(left, b.as_ref().map(|(_, ty)| *ty), setting);
            (a?, b?)
        } else {
            let a = self.side(left, None, setting);
            let b = self.side(right, a.as_ref().map(|(_, ty)| *ty), setting);
            (a?, b?)
        };
        self.check_operator(op, (a.1, &a.0), (b.1, &b.0))?;
        let minutes = self.shift_minutes(shift, b.1)?;
        Some(TestKind::Compare(a.0, op.value, b.0, minutes))
    }

    fn shift_minutes(&mut self, shift: Option<Shift>, ty: AttributeType) -> Option<i64> {
        let Some(shift) = shift else { return Some(0) };
        if matches!(ty.of, Scalar::Date | Scalar::DateTime) && !ty.many {
            return Some(shift.minutes);
        }
        let fault = Diagnostic::error("type/mismatch", "only a date or datetime can be shifted");
        self.found.push(fault.at(shift.span.0, ""));
        None
    }

    fn quantified(
        &mut self,
        all: bool,
        path: &ast::Path,
        op: Spanned<Op>,
        right: &Operand,
        setting: &Setting,
    ) -> Option<TestKind> {
        let set = self.path(path, setting);
        let element = set.as_ref().map(|set| AttributeType { many: false, ..set.ty });
        let side = self.side(right, element, setting);
        let (set, (right, ty)) = (set?, side?);
        if !set.ty.many {
            let message = format!("`{}` is one value, not a set", self.model.show_type(set.ty));
            let fault = Diagnostic::error("type/mismatch", message).at(path.span.0, "");
            self.found.push(fault.help("`any` and `all` go over a set"));
            return None;
        }
        let element = AttributeType {
            many: false,
            optional: false,
            ..set.ty
        };
        let probe = model::Operand::Path(set.clone());
        self.check_operator(op, (element, &probe), (ty, &right))?;
        Some(TestKind::Quantified {
            all,
            set,
            op: op.value,
            right,
        })
    }

    fn holds(&mut self, who: &ast::Path, held: &Held, setting: &Setting) -> Option<TestKind> {
        let who = self.path(who, setting);
        let (roles, at) = match held {
            Held::AnyRoleAt(ty) => (self.roles_at(ty)?, model::HeldAt::Above),
            Held::Role(name, at) => (self.find_roles(name), self.held_at(at, name.span.0, setting)?),
        };
        let who = who?;
        if !matches!(
            who.ty,
            AttributeType {
                of: Scalar::User(_),
                many: false,
                ..
            }
        ) {
            let fault = Diagnostic::error("type/mismatch", "only a user holds roles").at(who.span, "");
            let what = self.model.show_type(who.ty);
            self.found.push(fault.help(format!("this is a `{what}`")));
            return None;
        }
        (!roles.is_empty()).then_some(TestKind::Holds { who, roles, at })
    }

    fn roles_at(&mut self, name: &ast::Name) -> Option<Vec<model::RoleId>> {
        let ty = self.find_type(name)?;
        let roles: Vec<_> = self.model.role_ids().filter(|&r| self.model.role(r).ty == ty).collect();
        if roles.is_empty() {
            let message = format!("there is no role at `{}`", name.text);
            self.found
                .push(Diagnostic::error("role/not-at-this-type", message).at(name.span(), ""));
        }
        Some(roles)
    }

    fn held_at(&mut self, at: &ast::HeldAt, span: Span, setting: &Setting) -> Option<model::HeldAt> {
        match (at, setting.base) {
            (ast::HeldAt::Above, _) => Some(model::HeldAt::Above),
            (ast::HeldAt::Anywhere, _) => Some(model::HeldAt::Anywhere),
            (ast::HeldAt::Here, Some(base)) => {
                let ty = AttributeType::one(Scalar::Node(base));
                Some(model::HeldAt::At(Path {
                    root: Root::Here,
                    steps: Vec::new(),
                    ty,
                    span,
                }))
            }
            (ast::HeldAt::Here, None) => {
                let fault = Diagnostic::error("path/unknown-root", "`here` means nothing in a rule without a role");
                self.found.push(fault.at(span, ""));
                None
            }
            (ast::HeldAt::At(path), _) => {
                let path = self.path(path, setting)?;
                if !matches!(
                    path.ty,
                    AttributeType {
                        of: Scalar::Node(_),
                        many: false,
                        ..
                    }
                ) {
                    let fault = Diagnostic::error("type/mismatch", "a role is held at a node").at(path.span, "");
                    self.found.push(fault);
                    return None;
                }
                Some(model::HeldAt::At(path))
            }
        }
    }

    /// One side of a test; `expected` gives a meaning to bare words and strings.
    fn side(&mut self, operand: &Operand, expected: Option<AttributeType>, setting: &Setting) -> Option<Side> {
        match operand {
            Operand::Literal(literal) => self.literal_side(literal, expected),
            Operand::List(items, span) => self.list_side(items, span.0, expected, setting),
            Operand::Path(path) => {
                let bare = path.segments.is_empty();
                let value = expected
                    .filter(|_| bare)
                    .and_then(|ty| self.enum_value(&path.root, ty.of));
                match (value, expected) {
                    (Some(value), Some(ty)) => Some((model::Operand::Value(value), AttributeType::one(ty.of))),
                    (None, Some(ty)) if bare && matches!(ty.of, Scalar::Enum(_)) && !self.is_root(path) => {
                        self.unknown_enum_value(&path.root, ty.of);
                        None
                    }
                    _ => {
                        let path = self.path(path, setting)?;
                        let ty = path.ty;
                        Some((model::Operand::Path(path), ty))
                    }
                }
            }
        }
    }

    fn literal_side(&mut self, literal: &ast::Literal, expected: Option<AttributeType>) -> Option<Side> {
        let wanted = expected.map(|ty| ty.of);
        let of = wanted.filter(|&of| self.literal(literal, of).is_some());
        let of = of.unwrap_or_else(|| Self::literal_type(literal));
        let Some(value) = self.literal(literal, of) else {
            let message = format!(
                "`{}` is no valid {}",
                literal.text,
                self.model.show_type(AttributeType::one(of))
            );
            self.found
                .push(Diagnostic::error("type/literal", message).at(literal.span.0, ""));
            return None;
        };
        if let (Some(Scalar::Enum(id)), Value::Text(_)) = (wanted, value) {
            let values = self.model.enums[id.0 as usize].values.clone();
            let message = format!("unknown value `{}`", literal.text);
            let fault = Diagnostic::error("name/unknown-value", message).at(literal.span.0, "");
            self.found
                .push(fault.did_you_mean(&literal.text, values.iter().map(String::as_str)));
            return None;
        }
        Some((model::Operand::Value(value), AttributeType::one(of)))
    }

    fn list_side(
        &mut self,
        items: &[Operand],
        span: Span,
        expected: Option<AttributeType>,
        setting: &Setting,
    ) -> Option<Side> {
        let element = expected.map(|ty| AttributeType { many: false, ..ty });
        let sides: Vec<Option<Side>> = items.iter().map(|item| self.side(item, element, setting)).collect();
        let sides: Vec<Side> = sides.into_iter().collect::<Option<_>>()?;
        let Some(&(_, first)) = sides.first() else {
            let fault = Diagnostic::error("type/empty-list", "an empty list holds nothing to compare with");
            self.found.push(fault.at(span, ""));
            return None;
        };
        if let Some((_, other)) = sides.iter().find(|(_, ty)| !alike(ty.of, first.of) || ty.many) {
            let (one, two) = (self.model.show_type(first), self.model.show_type(*other));
            let message = format!("the list mixes `{one}` and `{two}`");
            self.found
                .push(Diagnostic::error("type/mismatch", message).at(span, ""));
            return None;
        }
        let list = sides.into_iter().map(|(side, _)| side).collect();
        Some((
            model::Operand::List(list),
            AttributeType {
                of: first.of,
                many: true,
                optional: false,
            },
        ))
    }

    fn check_operator(
        &mut self,
        op: Spanned<Op>,
        left: (AttributeType, &model::Operand),
        right: (AttributeType, &model::Operand),
    ) -> Option<()> {
        let (a, b) = (left.0, right.0);
        let fits = match op.value {
            Op::Is | Op::IsNot => !a.many && !b.many && alike(a.of, b.of),
            Op::Less | Op::AtMost | Op::Greater | Op::AtLeast => {
                !a.many && !b.many && alike(a.of, b.of) && self.is_ordered(a.of)
            }
            Op::Before | Op::After => {
                let dated = |ty: AttributeType| matches!(ty.of, Scalar::Date | Scalar::DateTime) && !ty.many;
                dated(a) && dated(b)
            }
            Op::In | Op::NotIn => !a.many && self.can_lie_in(a.of, b),
        };
        if fits {
            return Some(());
        }
        let message = format!(
            "`{}` and `{}` cannot be compared so",
            self.model.show_type(a),
            self.model.show_type(b)
        );
        let fault = Diagnostic::error("type/mismatch", message).at(op.span, "");
        self.found.push(match (op.value, a.many, b.many) {
            (_, true, _) => fault.help("over a set write `any … is …` or `all … is …`"),
            (Op::Is | Op::IsNot, _, true) => fault.help("for an element of a set write `in` or `not in`"),
            _ => fault,
        });
        None
    }

    fn is_ordered(&self, of: Scalar) -> bool {
        match of {
            Scalar::Int | Scalar::Decimal | Scalar::Date | Scalar::DateTime => true,
            Scalar::Enum(id) => self.model.enums[id.0 as usize].ordered,
            _ => false,
        }
    }

    fn can_lie_in(&self, of: Scalar, right: AttributeType) -> bool {
        if right.many {
            return alike(of, right.of) || (of == Scalar::Ip && right.of == Scalar::Network);
        }
        match (of, right.of) {
            (Scalar::Ip | Scalar::Network, Scalar::Network) | (Scalar::Ip, Scalar::Ip) => true,
            (Scalar::User(_), Scalar::Group) | (Scalar::Node(_), Scalar::Node(_)) => true,
            (Scalar::User(_), Scalar::Node(ty)) => self.is_place(ty),
            _ => false,
        }
    }

    fn is_place(&self, ty: TypeId) -> bool {
        self.model.ty(ty).kind.is_place()
    }
}

/// Types whose values can be equal.
fn alike(a: Scalar, b: Scalar) -> bool {
    match (a, b) {
        (Scalar::Int | Scalar::Decimal, Scalar::Int | Scalar::Decimal)
        | (Scalar::Date | Scalar::DateTime, Scalar::Date | Scalar::DateTime)
        | (Scalar::User(_), Scalar::User(_))
        | (Scalar::Node(_), Scalar::Node(_)) => true,
        _ => a == b,
    }
}
