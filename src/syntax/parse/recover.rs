//! Parsing that goes on after an error.
//!
//! pest stops at the first error, so a file is parsed in pieces, each from one line with an opening word to the next
//! ([`Series::run`]). A word that only looks like an opener (`user` at the start of a continued condition) makes the
//! piece end too early; the piece is then made longer, twice as long each time, so that the whole stays linear. A broken
//! item with a body keeps its head, and its body is parsed as a series of its own ([`mend`]), rule by rule or member by
//! member.

use pest::Parser;
use pest::error::{Error, InputLocation};
use pest::iterators::{Pair, Pairs};

use super::grammar::{Grammar, Rule};
use super::{Cx, OPENERS, items, rules};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{Item, ItemKind, Member, RoleRule, SpanEq};
use crate::syntax::outline::{Bracket, Fault, FaultKind, Head, MAX_DEPTH, closing, word_at};

/// Pieces of one kind, one after the other.
struct Series<'h, T> {
    /// Parses pieces up to the end of the text.
    all: Rule,
    /// Parses as many pieces as there are.
    some: Rule,
    /// One piece.
    one: Rule,
    build: fn(&mut Cx<'_>, Pair<'_, Rule>) -> T,
    /// Whether a piece may begin with the word at a place.
    opens: fn(&str, usize) -> bool,
    /// Whether a piece that was cut off is of use.
    useful: fn(&T) -> bool,
    /// Saves what can be saved of a broken piece, and tells where to go on.
    mend: fn(&mut Cx<'_>, &mut [T], &Break) -> Option<usize>,
    /// Where a piece may begin.
    heads: &'h [Head],
    end: usize,
}

/// A place at which parsing failed.
struct Break {
    /// Where the piece begins.
    start: usize,
    /// Where the part of it ends that could be parsed.
    good: usize,
    /// The place of the error.
    place: usize,
    /// Where the next item begins at the latest.
    next: usize,
    error: Box<Error<Rule>>,
}

impl<T> Series<'_, T> {
    fn run(&self, cx: &mut Cx<'_>, start: usize) -> Vec<T> {
        let mut built = Vec::new();
        let mut at = start;
        while at < self.end {
            at = match self.piece(cx, at, &mut built) {
                Ok(next) => next,
                Err((stop, error)) => self.broken(cx, at, stop, error, &mut built),
            };
        }
        built
    }

    /// Parses the piece at `at`, or tells where it ends and what is wrong with it.
    fn piece(&self, cx: &mut Cx<'_>, at: usize, built: &mut Vec<T>) -> Result<usize, (usize, Box<Error<Rule>>)> {
        let first = self.heads.partition_point(|head| head.at <= at);
        let mut count = 0;
        loop {
            let stop = self.heads.get(first + count).map_or(self.end, |head| head.at);
            if cx.outline.too_deep(at, stop) {
                return Ok(stop);
            }
            match cx.parse(self.all, at, stop) {
                Ok(pairs) => {
                    self.keep(cx, pairs, built);
                    return Ok(stop);
                }
                Err(error) if self.cut_short(cx, at, stop, &error) => count = 2 * count + 1,
                Err(error) => return Err((stop, error)),
            }
        }
    }

    /// Whether the error is at the end of a piece that is not the last. Where a bracket is open there is no point in
    /// going on.
    fn cut_short(&self, cx: &Cx<'_>, at: usize, stop: usize, error: &Error<Rule>) -> bool {
        stop < self.end && cx.place(error) >= stop && cx.outline.fault_in(at, stop).is_none()
    }

    fn keep(&self, cx: &mut Cx<'_>, pairs: Pairs<'_, Rule>, built: &mut Vec<T>) -> usize {
        let mut end = cx.shift;
        for pair in pairs
            .flat_map(Pair::into_inner)
            .filter(|pair| pair.as_rule() == self.one)
        {
            end = cx.outline.code_end(cx.text, cx.shift, cx.shift + pair.as_span().end());
            built.push((self.build)(cx, pair));
        }
        end
    }

    /// Keeps what stands before an error, reports it, and tells where to go on.
    fn broken(&self, cx: &mut Cx<'_>, at: usize, stop: usize, error: Box<Error<Rule>>, built: &mut Vec<T>) -> usize {
        let place = cx.place(&error);
        let good = match cx.parse(self.some, at, stop) {
            Ok(pairs) => self.keep(cx, pairs, built),
            Err(_) => at,
        };
        let broken = Break {
            start: at,
            good,
            place,
            next: self.resume(at, place),
            error,
        };
        if let Some(next) = (self.mend)(cx, built, &broken) {
            return next;
        }
        let cut = good > at && self.is_cut(cx, good, place);
        if cut && built.last().is_some_and(|last| !(self.useful)(last)) {
            built.pop();
        }
        cx.shift = at;
        cx.report_unless_known(&broken);
        broken.next
    }

    /// Whether the piece that ends at `good` would have gone on, had there been no error at `place`.
    fn is_cut(&self, cx: &Cx<'_>, good: usize, place: usize) -> bool {
        let next = cx.outline.code_start(cx.text, good, cx.text.len());
        let line_between = cx.text.get(good..next).is_some_and(|gap| gap.contains('\n'));
        !((self.opens)(cx.text, next) || line_between && place == next)
    }

    /// The last line before the error that opens an item without being indented; else the first behind the error.
    fn resume(&self, at: usize, place: usize) -> usize {
        let first = self.heads.partition_point(|head| head.at <= at);
        let behind = self.heads.partition_point(|head| head.at < place).max(first);
        let between = self.heads.get(first..behind).unwrap_or(&[]);
        let flush = between.iter().rev().find(|head| head.flush);
        flush
            .or_else(|| self.heads.get(behind))
            .map_or(self.end, |head| head.at)
    }
}

/// Parses the body of a broken item by itself. Only the last item can be broken, and its head was kept.
fn mend(cx: &mut Cx<'_>, built: &mut [Item], broken: &Break) -> Option<usize> {
    let open = cx.outline.code_start(cx.text, broken.good, cx.text.len());
    let bracket = cx.outline.bracket_at(open).filter(|bracket| bracket.kind == b'{')?;
    let item = built
        .last_mut()
        .filter(|_| broken.good > broken.start && broken.place >= open)?;
    let end = bracket.close.unwrap_or_else(|| broken.next.max(open + 1));
    let before = cx.reported;
    match &mut item.kind {
        ItemKind::Role(role) => role.rules = role_rules(cx, &bracket, end),
        ItemKind::NodeType(decl) => decl.members = members(cx, &bracket, end),
        ItemKind::Kind(decl) => decl.members = members(cx, &bracket, end),
        _ => return None,
    }
    let after = bracket.close.map_or(end, |close| close + 1);
    let last = cx.outline.code_end(cx.text, open, after);
    item.span = SpanEq(item.span.0.to(cx.at(open, last)));
    if cx.reported == before {
        cx.shift = broken.start;
        cx.report_unless_known(broken);
    }
    Some(after)
}

fn role_rules(cx: &mut Cx<'_>, bracket: &Bracket, end: usize) -> Vec<RoleRule> {
    let heads = cx.heads_of(bracket, end, |text, at| matches!(word_at(text, at), "can" | "cannot"));
    let series = Series {
        all: Rule::all_rules,
        some: Rule::some_rules,
        one: Rule::role_rule,
        build: rules::role_rule,
        opens: opens_rule,
        useful: |_| false,
        mend: |_, _, _| None,
        heads: &heads,
        end,
    };
    series.run(cx, bracket.open + 1)
}

fn members(cx: &mut Cx<'_>, bracket: &Bracket, end: usize) -> Vec<Member> {
    let heads = cx.heads_of(bracket, end, opens_member);
    let series = Series {
        all: Rule::all_members,
        some: Rule::some_members,
        one: Rule::member,
        build: items::member,
        opens: opens_member,
        useful: |_| false,
        mend: |_, _, _| None,
        heads: &heads,
        end,
    };
    series.run(cx, bracket.open + 1)
}

fn opens_item(text: &str, at: usize) -> bool {
    OPENERS.contains(&word_at(text, at))
}

fn opens_rule(text: &str, at: usize) -> bool {
    matches!(word_at(text, at), "can" | "cannot")
}

/// Whether a line looks like the beginning of a member.
fn opens_member(text: &str, at: usize) -> bool {
    let word = word_at(text, at);
    let rest = text
        .get(at + word.len()..)
        .unwrap_or("")
        .trim_start_matches([' ', '\t']);
    matches!(word, "actions" | "creating" | "fields") || rest.starts_with(':') || word_at(rest, 0) == "implies"
}

impl<'a> Cx<'a> {
    /// All items of a file, from the byte `start` on.
    pub(super) fn items(&mut self, start: usize) -> Vec<Item> {
        let heads: Vec<Head> = self.openers().collect();
        let series = Series {
            all: Rule::file,
            some: Rule::some_items,
            one: Rule::item,
            build: items::item,
            opens: opens_item,
            useful: |item| matches!(item.kind, ItemKind::Role(_) | ItemKind::NodeType(_) | ItemKind::Kind(_)),
            mend,
            heads: &heads,
            end: self.text.len(),
        };
        series.run(self, start)
    }

    /// The lines that open with the first word of an item.
    fn openers(&self) -> impl Iterator<Item = Head> + use<'a> {
        let (outline, text) = (self.outline, self.text);
        let heads = outline.heads.iter().copied();
        heads.filter(move |head| head.depth == 0 && opens_item(text, head.at))
    }

    /// The lines directly within a bracket that open with what `opens` accepts, which is clear enough for them to count as
    /// flush, however far they are indented.
    fn heads_of(&self, bracket: &Bracket, end: usize, opens: fn(&str, usize) -> bool) -> Vec<Head> {
        let heads = self.outline.heads_in(bracket.open, end);
        let depth = u32::from(bracket.close.is_some());
        let heads = heads
            .iter()
            .filter(|head| head.depth == depth && opens(self.text, head.at));
        heads.map(|head| Head { flush: true, ..*head }).collect()
    }

    /// Parses `start..end` of the text.
    fn parse(&mut self, rule: Rule, start: usize, end: usize) -> Result<Pairs<'a, Rule>, Box<Error<Rule>>> {
        self.shift = start;
        let text = self.text;
        Grammar::parse(rule, text.get(start..end).unwrap_or("")).map_err(Box::new)
    }

    /// Where in the text an error is.
    pub(super) fn place(&self, error: &Error<Rule>) -> usize {
        self.shift
            + match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            }
    }

    /// Reports an error, unless a bracket or a string in its piece has been reported already.
    fn report_unless_known(&mut self, broken: &Break) {
        self.reported += 1;
        let end = broken.next.max(broken.place + 1);
        if self.outline.fault_in(broken.start, end).is_none() {
            self.report(&broken.error);
        }
    }

    /// Reports what the scan found: per item every open string, and the first bracket that is wrong.
    pub(super) fn report_faults(&mut self) {
        let heads: Vec<Head> = self.openers().collect();
        let item = |fault: &Fault| heads.partition_point(|head| head.at <= fault.at);
        let outline = self.outline;
        for faults in outline.faults.chunk_by(|one, other| item(one) == item(other)) {
            let deep = faults.iter().find(|fault| fault.kind == FaultKind::TooDeep);
            let strings = faults.iter().filter(|fault| fault.kind == FaultKind::Unterminated);
            let mut bracket = faults.first().filter(|fault| fault.kind != FaultKind::Unterminated);
            bracket = deep.or(bracket);
            for fault in strings.chain(bracket) {
                self.found.push(self.describe_fault(*fault));
            }
        }
    }

    fn describe_fault(&self, fault: Fault) -> Diagnostic {
        let span = self.at(fault.at, fault.at + 1);
        match fault.kind {
            FaultKind::Unterminated => {
                Diagnostic::error("syntax/unterminated-string", "this text is not closed on its line")
                    .at(span, "opens here")
                    .help("put a `\"` at its end")
            }
            FaultKind::Unclosed(open) => {
                Diagnostic::error("syntax/unclosed", format!("`{}` is never closed", open as char))
                    .at(span, "opens here")
                    .help(format!("put a `{}` where it ends", closing(open) as char))
            }
            FaultKind::Unopened(close) => {
                Diagnostic::error("syntax/unopened", format!("`{}` closes nothing", close as char)).at(span, "")
            }
            FaultKind::TooDeep => Diagnostic::error(
                "syntax/too-deep",
                format!("brackets are nested more than {MAX_DEPTH} deep"),
            )
            .at(span, "one too many")
            .help("split the rule, or take needless brackets away"),
        }
    }
}
