//! Conditions in the author's words, written back from their resolved form.

use super::show::snake_case;
use super::value::{Scalar, Value, show_date, show_time};
use super::{AttrName, Expr, HeldAt, Model, Operand, Path, Root, Test, TestKind};
use crate::syntax::ast::Op;

impl Model {
    /// `entity.legal and not (user in resource.banned)`
    #[must_use]
    pub fn show_expr(&self, expr: &Expr) -> String {
        self.expr(expr, false)
    }

    fn expr(&self, expr: &Expr, inner: bool) -> String {
        let joined = |parts: &[Expr], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.expr(part, true)).collect();
            let text = parts.join(word);
            if inner { format!("({text})") } else { text }
        };
        match expr {
            Expr::And(parts) => joined(parts, " and "),
            Expr::Or(parts) => joined(parts, " or "),
            Expr::Not(part) => format!("not {}", self.expr(part, true)),
            Expr::Test(test) => self.show_test(test),
        }
    }

    /// One test.
    #[must_use]
    pub fn show_test(&self, test: &Test) -> String {
        match &test.kind {
            TestKind::Truth(operand) => self.show_operand(operand, None),
            TestKind::Compare(left, op, right, minutes) => {
                let (a, b) = (of(left), of(right));
                let shift = show_shift(*minutes);
                let (left, right) = (self.show_operand(left, b), self.show_operand(right, a));
                format!("{left} {} {right}{shift}", word(*op))
            }
            TestKind::Quantified { all, set, op, right } => {
                let every = if *all { "all" } else { "any" };
                let right = self.show_operand(right, Some(set.ty.of));
                format!("{every} {} {} {right}", self.show_path(set), word(*op))
            }
            TestKind::Holds { who, roles, at } => {
                let names: Vec<String> = roles.iter().map(|&role| self.show_role(role)).collect();
                let at = match at {
                    HeldAt::Above => String::new(),
                    HeldAt::Anywhere => " anywhere".to_owned(),
                    HeldAt::At(path) if path.root == Root::Here && path.steps.is_empty() => " here".to_owned(),
                    HeldAt::At(path) => format!(" at {}", self.show_path(path)),
                };
                format!("{} holds {}{at}", self.show_path(who), names.join("|"))
            }
        }
    }

    fn show_operand(&self, operand: &Operand, other: Option<Scalar>) -> String {
        match operand {
            Operand::Value(value) => self.show_constant(*value, other),
            Operand::Path(path) => self.show_path(path),
            Operand::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.show_operand(item, other)).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    fn show_constant(&self, value: Value, of: Option<Scalar>) -> String {
        match (value, of) {
            (Value::Bool(value), _) => value.to_string(),
            (Value::Number(value), _) => value.to_string(),
            (Value::Text(sym), _) => format!("\"{}\"", self.pool.text(sym)),
            (Value::Date(day), _) => show_date(day),
            (Value::Time(second), _) => show_time(second),
            (Value::Net(net), _) => net.to_string(),
            (Value::Enum(ix), Some(Scalar::Enum(id))) => self.enums[id.0 as usize].values[ix as usize].clone(),
            _ => "?".to_owned(),
        }
    }

    /// `entity.profile.stock`
    #[must_use]
    pub fn show_path(&self, path: &Path) -> String {
        let name = |key: AttrName| self.attr_names[key.0 as usize].as_str();
        let root = match path.root {
            Root::Resource => "resource".to_owned(),
            Root::User => "user".to_owned(),
            Root::Recipient => "recipient".to_owned(),
            Root::Here => "here".to_owned(),
            Root::Near(ty) => snake_case(&self.ty(ty).name),
            Root::Context(slot) => format!("context.{}", self.context[slot].name),
            Root::Holding(key) => format!("holding.{}", name(key)),
        };
        path.steps
            .iter()
            .fold(root, |text, &step| format!("{text}.{}", name(step)))
    }
}

fn of(operand: &Operand) -> Option<Scalar> {
    match operand {
        Operand::Path(path) => Some(path.ty.of),
        _ => None,
    }
}

fn show_shift(minutes: i64) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let size = minutes.abs();
    let (count, unit) = match size {
        0 => return String::new(),
        _ if size % 1440 == 0 => (size / 1440, "day"),
        _ if size % 60 == 0 => (size / 60, "hour"),
        _ => (size, "minute"),
    };
    format!(" {sign} {count} {unit}{}", if count == 1 { "" } else { "s" })
}

const fn word(op: Op) -> &'static str {
    match op {
        Op::Is => "is",
        Op::IsNot => "is not",
        Op::Less => "<",
        Op::AtMost => "<=",
        Op::Greater => ">",
        Op::AtLeast => ">=",
        Op::In => "in",
        Op::NotIn => "not in",
        Op::Before => "before",
        Op::After => "after",
    }
}
