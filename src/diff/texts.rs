//! The rules of a policy as written, and which old rule became which new one.
//!
//! 1. [`Texts::of`] lists every rule of a policy with the roles that state it.
//! 2. [`Pairs::of`] finds partners: first rules that read alike and share a role, then rules of one role that are
//!    similar, last rules that read alike and moved to another role.

use super::Side;
use crate::model::RoleId;
use crate::source::Span;
use crate::syntax::ast::{self, ItemKind};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// Rules that share less are two rules.
const LIKENESS: usize = 40;

/// A rule as written.
#[derive(Debug, Clone)]
pub(super) struct Text<'t> {
    /// The whole rule.
    pub(super) span: Span,
    /// What follows `can`.
    pub(super) rule: &'t ast::Rule,
    /// It grants.
    pub(super) grants: bool,
    /// The block of roles around it; `None` for a rule without a role.
    pub(super) block: Option<&'t ast::RoleDecl>,
    /// For whom, for a rule without a role.
    pub(super) public: Option<&'t ast::Public>,
    /// `Entity.Lead`: the roles that state it.
    pub(super) roles: Vec<String>,
    /// On one line, without comments.
    pub(super) line: String,
}

impl Text<'_> {
    /// The reach, also one that the block's head gives.
    pub(super) fn reach(&self) -> Option<&ast::Reach> {
        self.rule
            .reach
            .as_ref()
            .or(self.block.and_then(|block| block.reach.as_ref()))
    }

    /// The reach that the head of the block gives to a rule without one.
    pub(super) fn head_reach(&self) -> Option<&ast::Reach> {
        let head = self.block.and_then(|block| block.reach.as_ref());
        head.filter(|_| self.rule.reach.is_none())
    }

    /// True if both were written alike, but for layout.
    pub(super) fn reads_like(&self, other: &Self) -> bool {
        self.grants == other.grants && self.rule == other.rule && self.public == other.public
    }

    fn shares_role(&self, other: &Self) -> bool {
        match (self.roles.is_empty(), other.roles.is_empty()) {
            (true, true) => true,
            _ => self.roles.iter().any(|role| other.roles.contains(role)),
        }
    }
}

/// All rules of a policy.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts<'t> {
    pub(super) list: Vec<Text<'t>>,
    by_span: HashMap<Span, usize>,
}

impl<'t> Texts<'t> {
    pub(super) fn of(side: &Side<'t>) -> Self {
        let stated = stated(side);
        let mut texts = Self::default();
        for item in side.trees.iter().flat_map(|file| &file.items) {
            match &item.kind {
                ItemKind::Role(block) => {
                    for rule in &block.rules {
                        let roles = stated.get(&rule.span.0).cloned().unwrap_or_default();
                        texts.push(Text {
                            span: rule.span.0,
                            rule: &rule.rule,
                            grants: rule.can,
                            block: Some(block),
                            public: None,
                            roles,
                            line: one_line(side.sources.snippet(rule.span.0)),
                        });
                    }
                }
                ItemKind::Public(public) => texts.push(Text {
                    span: item.span.0,
                    rule: &public.rule,
                    grants: !matches!(public.who, ast::Public::Nobody { .. }),
                    block: None,
                    public: Some(&public.who),
                    roles: Vec::new(),
                    line: one_line(side.sources.snippet(item.span.0)),
                }),
                _ => {}
            }
        }
        texts
    }

    fn push(&mut self, text: Text<'t>) {
        self.by_span.insert(text.span, self.list.len());
        self.list.push(text);
    }

    /// The rule written at a place.
    pub(super) fn at(&self, span: Span) -> Option<usize> {
        self.by_span.get(&span).copied()
    }
}

/// The roles that state each rule themselves.
fn stated(side: &Side<'_>) -> HashMap<Span, Vec<String>> {
    let model = side.table.model();
    let mut stated: HashMap<Span, Vec<String>> = HashMap::new();
    let own = |role: RoleId| model.role(role).rules.iter().filter(|rule| rule.via.is_none());
    for role in model.role_ids() {
        for rule in own(role) {
            let roles = stated.entry(model.rule(rule.rule).span).or_default();
            roles.push(model.full_role(role));
        }
    }
    stated
}

/// Which old rule became which new one.
#[derive(Debug, Clone, Default)]
pub(super) struct Pairs {
    new_of: BTreeMap<usize, usize>,
    old_of: BTreeMap<usize, usize>,
}

impl Pairs {
    pub(super) fn of(old: &Texts<'_>, new: &Texts<'_>) -> Self {
        let mut pairs = Self::default();
        pairs.alike(old, new, true);
        pairs.similar(old, new);
        pairs.alike(old, new, false);
        pairs
    }

    /// The partner in the new policy.
    pub(super) fn new_of(&self, old: usize) -> Option<usize> {
        self.new_of.get(&old).copied()
    }

    /// The partner in the old policy.
    pub(super) fn old_of(&self, new: usize) -> Option<usize> {
        self.old_of.get(&new).copied()
    }

    fn join(&mut self, old: usize, new: usize) {
        self.new_of.insert(old, new);
        self.old_of.insert(new, old);
    }

    /// Joins rules that read alike: those that share the most roles, or those that share none.
    fn alike(&mut self, old: &Texts<'_>, new: &Texts<'_>, shared: bool) {
        let mut by_line: HashMap<&str, Vec<usize>> = HashMap::new();
        for (ix, text) in new.list.iter().enumerate() {
            by_line.entry(&text.line).or_default().push(ix);
        }
        for (ix, text) in old.list.iter().enumerate() {
            if self.new_of.contains_key(&ix) {
                continue;
            }
            let candidates = by_line.get(text.line.as_str()).into_iter().flatten();
            let free = candidates.filter(|candidate| !self.old_of.contains_key(candidate));
            let fits = free.filter(|&&other| !shared || text.shares_role(&new.list[other]));
            let common = |other: usize| {
                let theirs = &new.list[other].roles;
                text.roles.iter().filter(|role| theirs.contains(role)).count()
            };
            let best = fits.copied().max_by_key(|&other| (common(other), Reverse(other)));
            if let Some(best) = best {
                self.join(ix, best);
            }
        }
    }

    /// Joins what is most similar among the rules that share a role.
    fn similar(&mut self, old: &Texts<'_>, new: &Texts<'_>) {
        let mut by_role: HashMap<&str, Vec<usize>> = HashMap::new();
        let free = |ix: &usize| !self.old_of.contains_key(ix);
        for ix in (0..new.list.len()).filter(free) {
            for role in keys(&new.list[ix]) {
                by_role.entry(role).or_default().push(ix);
            }
        }
        let mut scored = Vec::new();
        for (ix, text) in old.list.iter().enumerate() {
            if self.new_of.contains_key(&ix) {
                continue;
            }
            let mut candidates: Vec<usize> = keys(text)
                .filter_map(|role| by_role.get(role))
                .flatten()
                .copied()
                .collect();
            candidates.sort_unstable();
            candidates.dedup();
            let score = |other: usize| (likeness(text, &new.list[other]), Reverse(ix), Reverse(other));
            scored.extend(candidates.into_iter().map(score).filter(|score| score.0 >= LIKENESS));
        }
        scored.sort_unstable();
        for (_, Reverse(ix), Reverse(other)) in scored.into_iter().rev() {
            if !self.new_of.contains_key(&ix) && !self.old_of.contains_key(&other) {
                self.join(ix, other);
            }
        }
    }
}

/// The roles that state a rule; a rule without a role stands under the empty word.
fn keys<'t>(text: &'t Text<'_>) -> impl Iterator<Item = &'t str> {
    let public = text.roles.is_empty().then_some("");
    text.roles.iter().map(String::as_str).chain(public)
}

/// Words with which the terms of a rule start.
const TERMS: [&str; 9] = ["they", "to", "only", "in", "across", "anywhere", "as", "when", "unless"];

/// How alike two rules are, of a hundred: what they are about counts twice, their terms once. A grant is little like a
/// prohibition.
fn likeness(a: &Text<'_>, b: &Text<'_>) -> usize {
    let (left, right) = (halves(&a.line), halves(&b.line));
    let terms = match (left.1.is_empty(), right.1.is_empty()) {
        (true, true) => 100,
        _ => alike(left.1, right.1),
    };
    let score = (2 * alike(left.0, right.0) + terms) / 3;
    if a.grants == b.grants { score } else { score / 2 }
}

/// What a rule is about, and its terms.
fn halves(line: &str) -> (&str, &str) {
    let mut from = 0;
    let starts = line.split(' ').map(|word| {
        let start = from;
        from += word.len() + 1;
        (start, word)
    });
    let cut = starts
        .filter(|(_, word)| TERMS.contains(word))
        .map(|(start, _)| start)
        .next();
    line.split_at(cut.unwrap_or(line.len()))
}

/// How many of a hundred words two lines share.
pub(super) fn alike(a: &str, b: &str) -> usize {
    let (left, right) = (words(a), words(b));
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in &left {
        *counts.entry(word).or_default() += 1;
    }
    let mut shared = 0;
    for word in &right {
        if let Some(count) = counts.get_mut(word).filter(|count| **count > 0) {
            *count -= 1;
            shared += 1;
        }
    }
    200 * shared / (left.len() + right.len()).max(1)
}

/// The words of a rule that tell it from others.
fn words(line: &str) -> Vec<&str> {
    let words = line
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty());
    words
        .filter(|word| !matches!(*word, "can" | "cannot" | "nobody"))
        .collect()
}

/// A stretch of a policy on one line, without its comments.
pub(super) fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| line[..comment(line)].trim());
    let joined: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    joined.join(" ")
}

/// Where a line's comment starts; a `#` within quotes is none.
fn comment(line: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            '#' if !quoted => return at,
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_part_of_a_rule() {
        assert_eq!(
            one_line("can view  Order # \"all\"\n   when x is \"a # b\""),
            "can view Order when x is \"a # b\""
        );
    }
}
