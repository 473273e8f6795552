//! The terms of a rule in the author's words.

use crate::model::{AttrName, Effect, Model, Receiver, Relation, RoleId, Rule, Who};
use crate::source::Span;
use crate::syntax::ast::Doc;
use crate::table::Table;

/// A clause of a rule as written, without the words that a cell does not need.
pub type Words = String;

/// What a grant without terms says.
pub const YES: &str = "yes";

/// What a prohibition of a role without terms says.
pub const NEVER: &str = "never";

/// What a prohibition for all without terms says, behind `nobody`.
pub const AT_ALL: &str = "at all";

/// What a role says by `but not`.
pub const NOT: &str = "not";

/// A rule without what it is about: its terms, each as the author would write it after its word.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Grants or prohibits.
    pub effect: Effect,
    /// `nobody but …`: the roles that are exempt.
    pub exempt: Vec<RoleId>,
    /// `but Primary`; `None` if nobody is exempt.
    pub but: Option<Words>,
    /// `they have`
    pub they_have: bool,
    /// `except self`
    pub except_self: bool,
    /// `anyone`, `Secondary`; `None` for members, as everywhere.
    pub receiver: Option<Words>,
    /// `only here`, `in Client`; `None` for the default reach.
    pub reach: Option<Words>,
    /// Account types whose own records it reaches across one border.
    pub named: Vec<String>,
    /// `assignee or creator`
    pub relation: Option<Words>,
    /// `user in resource.team`
    pub when: Option<Words>,
    /// `entity.closed`
    pub unless: Option<Words>,
    /// The whole rule in its source.
    pub span: Span,
    /// Its doc comment.
    pub doc: Doc,
}

impl Clause {
    /// A rule in words.
    #[must_use]
    pub fn of(model: &Model, rule: &Rule) -> Self {
        let exempt = match &rule.who {
            Who::Nobody(roles) => roles.clone(),
            _ => Vec::new(),
        };
        Self {
            effect: rule.effect,
            but: some(role_list(model, &exempt)),
            exempt,
            they_have: rule.they_have,
            except_self: rule.except_self,
            receiver: receiver(model, &rule.receiver),
            reach: some(model.show_reach(rule.reach)),
            named: rule.named.iter().map(|&ty| model.ty(ty).name.clone()).collect(),
            relation: some(relations(model, &rule.relation)),
            when: rule.when.as_ref().map(|expr| model.show_expr(expr)),
            unless: rule.unless.as_ref().map(|expr| model.show_expr(expr)),
            span: rule.span,
            doc: rule.doc.clone(),
        }
    }

    /// All terms in the order of a rule: `to Secondary only here as creator unless entity.closed`; empty if there are
    /// none.
    #[must_use]
    pub fn terms(&self) -> Words {
        let parts = [
            after("but", self.but.as_deref()),
            self.parties(),
            self.reach.clone().unwrap_or_default(),
            after("as", self.relation.as_deref()),
            self.condition(),
        ];
        joined(&parts)
    }

    /// Who may hand out what to whom, as far as the rule says: `they have`, `except self to Secondary`.
    #[must_use]
    pub fn parties(&self) -> Words {
        let said = |word: &str, holds: bool| if holds { word.to_owned() } else { String::new() };
        let parts = [
            said("they have", self.they_have),
            said("except self", self.except_self),
            after("to", self.receiver.as_deref()),
        ];
        joined(&parts)
    }

    /// `when entity.legal unless entity.closed`
    #[must_use]
    pub fn condition(&self) -> Words {
        joined(&[
            after("when", self.when.as_deref()),
            after("unless", self.unless.as_deref()),
        ])
    }
}

fn after(word: &str, text: Option<&str>) -> Words {
    text.map_or_else(String::new, |text| format!("{word} {text}"))
}

fn joined(parts: &[Words]) -> Words {
    let said: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    said.join(" ")
}

/// The terms of a rule, from `they have` to `unless …`; empty if it has none.
#[must_use]
pub fn terms(table: &Table, rule: &Rule) -> Words {
    Clause::of(table.model(), rule).terms()
}

/// What grants say, `yes` for one without terms; of several that read alike, one.
pub(super) fn granted(terms: impl Iterator<Item = Words>) -> Vec<Words> {
    distinct(terms.map(|terms| if terms.is_empty() { YES.to_owned() } else { terms }))
}

/// What prohibitions of a role say.
pub(super) fn denied(terms: impl Iterator<Item = Words>) -> Vec<Words> {
    distinct(terms.map(|terms| format!("{NEVER} {terms}").trim_end().to_owned()))
}

/// What prohibitions for all say, read on from `nobody`.
pub(super) fn denied_to_all(terms: impl Iterator<Item = Words>) -> Vec<Words> {
    distinct(terms.map(|terms| if terms.is_empty() { AT_ALL.to_owned() } else { terms }))
}

fn distinct(words: impl Iterator<Item = Words>) -> Vec<Words> {
    let mut kept: Vec<Words> = Vec::new();
    for word in words {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}

fn some(words: Words) -> Option<Words> {
    (!words.is_empty()).then_some(words)
}

/// Names of roles; as in rules, a bare name stands for the roles of that name at all types.
fn role_list(model: &Model, roles: &[RoleId]) -> Words {
    let mut names: Vec<String> = Vec::new();
    for &id in roles {
        let name = &model.role(id).name;
        let mut namesakes = model.role_ids().filter(|&other| model.role(other).name == *name);
        let shown = if namesakes.all(|other| roles.contains(&other)) {
            name.clone()
        } else {
            model.full_role(id)
        };
        if !names.contains(&shown) {
            names.push(shown);
        }
    }
    names.join(", ")
}

fn receiver(model: &Model, receiver: &Receiver) -> Option<Words> {
    match receiver {
        Receiver::Member => None,
        Receiver::Anyone => Some("anyone".to_owned()),
        Receiver::Holders(roles) => Some(role_list(model, roles)),
    }
}

fn relations(model: &Model, relations: &[Relation]) -> Words {
    let shown: Vec<String> = relations
        .iter()
        .map(|relation| show_relation(model, relation))
        .collect();
    shown.join(" or ")
}

/// `manager+ of creator of Tender`
fn show_relation(model: &Model, relation: &Relation) -> Words {
    let name = |key: AttrName| model.attr_names[key.0 as usize].clone();
    let plus = |plus: bool| if plus { "+" } else { "" };
    let mut steps: Vec<String> = relation
        .then
        .iter()
        .rev()
        .map(|&(key, many)| format!("{}{}", name(key), plus(many)))
        .collect();
    steps.push(name(relation.first));
    steps.extend(relation.at.map(|ty| model.ty(ty).name.clone()));
    steps.join(" of ")
}
