//! How the paths of conditions come to their values.

use rolebook::eval::Resource;
use rolebook::model::value::{Scalar, Value};
use rolebook::model::{Default, Expr, Model, Operand, Path, Root, Rule, TestKind, TypeId, TypeKind, USER, Who};

use crate::agreement::Setup;
use crate::requests::Question;

/// The paths of a condition.
pub(super) fn paths(expr: &Expr) -> Vec<&Path> {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().flat_map(paths).collect(),
        Expr::Not(inner) => paths(inner),
        Expr::Test(test) => match &test.kind {
            TestKind::Truth(operand) => of_operand(operand),
            TestKind::Compare(left, _, right, _) => [of_operand(left), of_operand(right)].concat(),
            TestKind::Quantified { set, right, .. } => std::iter::once(set).chain(of_operand(right)).collect(),
            TestKind::Holds { who, .. } => vec![who],
        },
    }
}

fn of_operand(operand: &Operand) -> Vec<&Path> {
    match operand {
        Operand::Path(path) => vec![path],
        Operand::List(items) => items.iter().flat_map(of_operand).collect(),
        Operand::Value(_) => Vec::new(),
    }
}

/// How a path comes to its value: through a principal, by a default of one step or several, from a parameter.
pub(super) fn ways(setup: &Setup, question: &Question, rule: &Rule, path: &Path) -> Vec<String> {
    let (model, facts) = (&setup.policy.model, &setup.facts);
    let request = question.request();
    let mut found = Vec::new();
    let mut at = match path.root {
        Root::Near(ty) => Some(ty),
        Root::User => request.user.map(|user| facts.user(user).ty),
        Root::Recipient => request.recipient.map(|user| facts.user(user).ty),
        Root::Here => match rule.who {
            Who::Holders(ty) => Some(ty),
            _ => None,
        },
        Root::Resource => match request.target.resource {
            Resource::Node(node) => Some(facts.node(node).ty),
            Resource::Unlisted(ty) => Some(ty),
            Resource::User(user) => Some(facts.user(user).ty),
        },
        Root::Context(slot) => {
            let it = &model.context[slot];
            found.extend(by_default("of the request", &it.default));
            of_type(it.ty.of)
        }
        Root::Holding(key) => {
            let name = &model.attr_names[key.0 as usize];
            match &name[..] {
                "from" | "until" => found.push(format!("holding.{name}")),
                _ => found.push("a parameter".to_owned()),
            }
            None
        }
    };
    for &step in &path.steps {
        let Some(ty) = at else { break };
        if model.ty(ty).kind == TypeKind::Principal && ty != USER {
            found.push("through a principal".to_owned());
        }
        let Some(it) = model.attribute(ty, step) else { break };
        found.extend(by_default("of a type", &it.default));
        at = of_type(it.ty.of);
    }
    found
}

const fn of_type(of: Scalar) -> Option<TypeId> {
    match of {
        Scalar::Node(ty) | Scalar::User(ty) => Some(ty),
        _ => None,
    }
}

fn by_default(whose: &str, default: &Default) -> Option<String> {
    match default {
        Default::None => None,
        Default::Value(Value::List(_)) => Some(format!("a default {whose}, a set")),
        Default::Value(_) => Some(format!("a default {whose}")),
        Default::Path(_, steps) if steps.len() == 1 => Some(format!("a default {whose}, a path")),
        Default::Path(..) => Some(format!("a default {whose}, a path of several steps")),
    }
}

/// Enumerations of which a condition speaks, and that share a word with another: ordered, or not.
pub(super) fn shared_words(model: &Model, expr: &Expr) -> Vec<&'static str> {
    let of = |path: &&Path| match path.ty.of {
        Scalar::Enum(id) => Some(id.0 as usize),
        _ => None,
    };
    let asked: Vec<usize> = paths(expr).iter().filter_map(of).collect();
    let shares = |&ix: &usize| {
        let own = &model.enums[ix];
        let mut others = model.enums.iter().enumerate().filter(|(other, _)| *other != ix);
        let alike = others.any(|(_, other)| own.values.iter().any(|word| other.values.contains(word)));
        alike.then_some(if own.ordered { "ordered" } else { "plain" })
    };
    asked.iter().filter_map(shares).collect()
}
