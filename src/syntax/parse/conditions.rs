//! Conditions, and the values in them.
//!
//! Nesting is bounded by the scan of the brackets, so the recursion here is.

use pest::iterators::Pair;

use super::Cx;
use super::grammar::{Parts, Rule};
use super::names::{name, role_name, unescape};
use crate::diagnostic::Diagnostic;
use crate::source::Spanned;
use crate::syntax::ast::{Expr, ExprKind, Held, HeldAt, Literal, LiteralKind, Op, Operand, Path, Shift};

/// `when …` or `unless …`
pub(super) fn clause(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Expr {
    debug_assert!(matches!(pair.as_rule(), Rule::when | Rule::unless));
    expr(cx, Parts::of(pair).one(Rule::expr))
}

fn expr(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Expr {
    debug_assert_eq!(pair.as_rule(), Rule::expr);
    chain(cx, pair, Rule::conj, Rule::kw_or, conj, ExprKind::Or)
}

fn conj(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Expr {
    debug_assert_eq!(pair.as_rule(), Rule::conj);
    chain(cx, pair, Rule::term, Rule::kw_and, term, ExprKind::And)
}

/// A flat list of operands, or the only one. Brackets around a list of the same kind make no difference, so
/// `(a and b) and c` is flat too.
fn chain(
    cx: &mut Cx<'_>,
    pair: Pair<'_, Rule>,
    of: Rule,
    joint: Rule,
    build: fn(&mut Cx<'_>, Pair<'_, Rule>) -> Expr,
    join: fn(Vec<Expr>) -> ExprKind,
) -> Expr {
    let span = cx.span(&pair);
    let operands = pair.into_inner().filter(|inner| inner.as_rule() == of);
    let mut built: Vec<Expr> = operands.map(|inner| build(cx, inner)).collect();
    if built.len() == 1
        && let Some(only) = built.pop()
    {
        return only;
    }
    let mut flat = Vec::with_capacity(built.len());
    for operand in built {
        match (operand.kind, joint) {
            (ExprKind::And(list), Rule::kw_and) | (ExprKind::Or(list), Rule::kw_or) => flat.extend(list),
            (kind, _) => flat.push(Expr {
                kind,
                span: operand.span,
            }),
        }
    }
    Expr { kind: join(flat), span }
}

fn term(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Expr {
    debug_assert_eq!(pair.as_rule(), Rule::term);
    let inner = Parts::of(pair).any();
    if inner.as_rule() != Rule::negated {
        return primary(cx, inner);
    }
    let span = cx.span(&inner);
    let mut parts = Parts::of(inner);
    parts.has(Rule::kw_not);
    let negated = primary(cx, parts.any());
    Expr {
        kind: ExprKind::Not(Box::new(negated)),
        span,
    }
}

fn primary(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Expr {
    let span = cx.span(&pair);
    let kind = match pair.as_rule() {
        Rule::expr => return expr(cx, pair),
        Rule::quantified => quantified(cx, pair),
        Rule::claim => claim(cx, pair),
        _ => comparison(cx, pair),
    };
    Expr { kind, span }
}

fn quantified(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> ExprKind {
    debug_assert_eq!(pair.as_rule(), Rule::quantified);
    let mut parts = Parts::of(pair);
    ExprKind::Quantified {
        all: parts.any().as_rule() == Rule::kw_all,
        path: path(cx, parts.one(Rule::path)),
        op: compare(cx, parts.one(Rule::compare)),
        right: operand(cx, parts.one(Rule::operand)),
    }
}

/// What is said of a path: that it is true, that it holds a role, or a comparison.
fn claim(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> ExprKind {
    debug_assert_eq!(pair.as_rule(), Rule::claim);
    let mut parts = Parts::of(pair);
    let path = path(cx, parts.one(Rule::path));
    if parts.has(Rule::kw_holds) {
        return ExprKind::Holds {
            who: path,
            held: held(cx, parts.one(Rule::held)),
        };
    }
    compared(cx, Operand::Path(path), parts)
}

fn held(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Held {
    debug_assert_eq!(pair.as_rule(), Rule::held);
    let mut parts = Parts::of(pair);
    if let Some(any) = parts.opt(Rule::any_role) {
        return Held::AnyRoleAt(name(cx, Parts::of(any).one(Rule::type_ref)));
    }
    let role = role_name(cx, parts.one(Rule::role_name));
    let place = match parts.next() {
        None => HeldAt::Above,
        Some(pair) if pair.as_rule() == Rule::held_here => HeldAt::Here,
        Some(pair) if pair.as_rule() == Rule::anywhere => HeldAt::Anywhere,
        Some(pair) => HeldAt::At(path(cx, Parts::of(pair).one(Rule::path))),
    };
    Held::Role(role, place)
}

fn comparison(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> ExprKind {
    debug_assert_eq!(pair.as_rule(), Rule::comparison);
    let mut parts = Parts::of(pair);
    let left = operand(cx, parts.one(Rule::fixed));
    compared(cx, left, parts)
}

fn compared(cx: &mut Cx<'_>, left: Operand, mut parts: Parts<'_>) -> ExprKind {
    let Some(op) = parts.opt(Rule::compare) else {
        return ExprKind::Truth(left);
    };
    ExprKind::Compare {
        left,
        op: compare(cx, op),
        right: operand(cx, parts.one(Rule::operand)),
        shift: parts.opt(Rule::shift).map(|pair| shift(cx, pair)),
    }
}

fn compare(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Spanned<Op> {
    debug_assert_eq!(pair.as_rule(), Rule::compare);
    let span = cx.span(&pair);
    let op = match Parts::of(pair).any().as_rule() {
        Rule::is_not => Op::IsNot,
        Rule::not_in => Op::NotIn,
        Rule::is_in => Op::In,
        Rule::at_most => Op::AtMost,
        Rule::at_least => Op::AtLeast,
        Rule::less => Op::Less,
        Rule::greater => Op::Greater,
        Rule::before => Op::Before,
        Rule::after => Op::After,
        _ => Op::Is,
    };
    Spanned::new(op, span.0)
}

fn shift(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Shift {
    debug_assert_eq!(pair.as_rule(), Rule::shift);
    let span = cx.span(&pair);
    let mut parts = Parts::of(pair);
    let sign = if parts.any().as_rule() == Rule::minus { -1 } else { 1 };
    let duration = parts.one(Rule::duration);
    let minutes = minutes(duration.as_str()).unwrap_or_else(|| {
        cx.found.push(
            Diagnostic::error("syntax/number", format!("`{}` is too long", duration.as_str()))
                .at(cx.span(&duration).0, "")
                .help("a duration may have up to 6 digits"),
        );
        0
    });
    Shift {
        minutes: sign * minutes,
        span,
    }
}

/// `30 days` in minutes, unless it is longer than anybody means.
fn minutes(duration: &str) -> Option<i64> {
    let (count, unit) = duration.split_once(' ')?;
    let count: i64 = count.parse().ok().filter(|&count| count < 1_000_000)?;
    let unit = match unit.trim().trim_end_matches('s') {
        "minute" => 1,
        "hour" => 60,
        "day" => 24 * 60,
        _ => 7 * 24 * 60,
    };
    Some(count * unit)
}

pub(super) fn operand(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Operand {
    debug_assert!(matches!(pair.as_rule(), Rule::operand | Rule::fixed));
    let inner = Parts::of(pair).any();
    let span = cx.span(&inner);
    match inner.as_rule() {
        Rule::literal => Operand::Literal(literal(cx, inner)),
        Rule::list => Operand::List(Parts::of(inner).many(Rule::operand, |pair| operand(cx, pair)), span),
        _ => Operand::Path(path(cx, inner)),
    }
}

fn literal(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Literal {
    debug_assert_eq!(pair.as_rule(), Rule::literal);
    let inner = Parts::of(pair).any();
    let kind = match inner.as_rule() {
        Rule::datetime => LiteralKind::DateTime,
        Rule::date => LiteralKind::Date,
        Rule::ip4 | Rule::ip6 => LiteralKind::Address,
        Rule::number => LiteralKind::Number,
        Rule::truth => LiteralKind::Truth,
        _ => LiteralKind::Text,
    };
    let text = match kind {
        LiteralKind::Text => unescape(inner.as_str()).into_owned(),
        _ => inner.as_str().to_owned(),
    };
    Literal {
        kind,
        text,
        span: cx.span(&inner),
    }
}

pub(super) fn path(cx: &mut Cx<'_>, pair: Pair<'_, Rule>) -> Path {
    debug_assert_eq!(pair.as_rule(), Rule::path);
    let span = cx.span(&pair);
    let mut parts = Parts::of(pair);
    Path {
        root: name(cx, parts.one(Rule::root)),
        segments: parts.many(Rule::segment, |pair| name(cx, pair)),
        span,
    }
}
