//! Sentences answered: decisions with reasons, reverse questions, holdings, and questions about the policy itself.
//!
//! 1. [`ask`] takes a parsed sentence; [`deed`] finds what it is about, with every name looked up.
//! 2. [`verdict`] decides and explains; [`people`] asks who and which; [`powers`] asks what; [`roles`] answers from the
//!    policy alone; [`held`] tells holdings and how they came about; [`how_could`] finds what would allow
//!    a deed.
//! 3. [`escalation`] looks for what somebody can ever come to, in several steps; [`ever`] puts the question to it.
//!    What there is to change, and who may change it, stands for both in [`change`].
//! 4. [`looked_up`] asks the same of names that were looked up already.
//! 5. [`render`] writes an [`Answer`] as text.

mod change;
pub mod deed;
pub mod escalation;
mod ever;
mod held;
pub mod how_could;
pub mod looked_up;
mod names;
mod people;
mod powers;
pub mod render;
mod roles;
mod verdict;

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Found};
use crate::eval::explain::Explanation;
use crate::eval::org::Org;
use crate::facts::Facts;
use crate::model::value::{Pool, Tri, Value};
use crate::model::{Model, NOW};
use crate::source::Span;
use crate::syntax::ast::{Deed, Id, Sentence, SentenceKind, Setting};
use crate::table::Table;

pub use change::{Change, Handout};
pub use ever::{Barrier, Reached, Told};
pub use held::how as held_in_words;
pub use how_could::HowCould;
pub use looked_up::LookedUp;
pub use verdict::Decided;

/// What questions are put to.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The policy.
    pub table: &'a Table,
    /// The organisation; questions about the policy alone need none.
    pub org: Option<&'a Org<'a>>,
    /// The present moment, for sentences that do not say `with context.now = …`; `Value::Missing` for none.
    pub now: Value,
}

/// What a request carries.
#[derive(Debug, Clone, Copy)]
pub struct Carried<'a> {
    /// Attributes of the request, by slot.
    pub context: &'a [Value],
    /// The texts and lists that they refer to; stands on the organisation's.
    pub pool: &'a Pool,
}

/// One thing in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name, as an expectation would list it.
    pub name: String,
    /// How it comes about, where, or on what condition; may be empty.
    pub note: String,
}

/// The answer to a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Allowed or denied.
    Decision(Decided),
    /// True or false, with how it comes about.
    Fact {
        /// Whether it holds.
        truth: Tri,
        /// The sentence as a statement.
        statement: String,
        /// How it comes about.
        items: Vec<Item>,
    },
    /// Whether somebody can ever come to something.
    Reach(Reached),
    /// A list.
    List {
        /// What is listed.
        title: String,
        /// The things; sorted as an expectation would be compared.
        items: Vec<Item>,
    },
    /// What would allow a deed.
    HowCould(Box<HowCould>),
}

impl Answer {
    /// The truth of a question that has one.
    #[must_use]
    pub fn truth(&self) -> Option<Tri> {
        match self {
            Self::Decision(decided) => Some(decided.verdict),
            Self::Fact { truth, .. } => Some(*truth),
            Self::Reach(reached) => Some(reached.truth),
            Self::List { .. } => None,
            Self::HowCould(answer) => Some(answer.alternatives.truth()),
        }
    }

    /// Yes or no; none for a list, and for what is not known. A decision is never open: what is not known is denied.
    #[must_use]
    pub fn is_yes(&self) -> Option<bool> {
        match (self.truth()?, self) {
            (Tri::Unknown, Self::Decision(_)) => Some(false),
            (Tri::Unknown, _) => None,
            (truth, _) => Some(truth == Tri::True),
        }
    }

    /// The names of a list.
    #[must_use]
    pub fn names(&self) -> Option<Vec<&str>> {
        match self {
            Self::List { items, .. } => Some(items.iter().map(|item| item.name.as_str()).collect()),
            Self::HowCould(answer) => Some(answer.names.iter().map(String::as_str).collect()),
            _ => None,
        }
    }

    /// The explanation of a decision.
    #[must_use]
    pub fn explanation(&self) -> Option<&Explanation> {
        match self {
            Self::Decision(decided) => Some(&decided.explanation),
            Self::HowCould(answer) => Some(&answer.now.explanation),
            _ => None,
        }
    }
}

/// One question being answered.
pub(crate) struct Query<'a, 'f> {
    table: &'a Table,
    org: Option<&'a Org<'a>>,
    /// The whole sentence.
    span: Span,
    /// `with …`
    with: &'a [Setting],
    /// `together with …`
    together: &'a [Id],
    context: Vec<Value>,
    /// Copied only where a sentence brings texts of its own.
    pool: Cow<'a, Pool>,
    budget: how_could::Budget,
    found: &'f mut Found,
}

/// Answers a sentence; `None`, with errors in `found`, if it names what is not known.
pub fn ask(ground: &Ground<'_>, sentence: &Sentence, found: &mut Found) -> Option<Answer> {
    ask_within(ground, sentence, how_could::Budget::default(), found)
}

/// The same, with a budget for questions that search.
pub fn ask_within(
    ground: &Ground<'_>,
    sentence: &Sentence,
    budget: how_could::Budget,
    found: &mut Found,
) -> Option<Answer> {
    let facts = ground.org.map(|org| &org.facts);
    let carried = Carried {
        context: facts.map_or(&[], |facts| &facts.context),
        pool: facts.map_or(&ground.table.model().pool, |facts| &facts.pool),
    };
    ask_carrying(ground, &carried, sentence, budget, found)
}

/// The same, of a request that carries other attributes than the facts say.
pub fn ask_carrying(
    ground: &Ground<'_>,
    carried: &Carried<'_>,
    sentence: &Sentence,
    budget: how_could::Budget,
    found: &mut Found,
) -> Option<Answer> {
    let mut context = carried.context.to_vec();
    context.resize(ground.table.model().context.len(), Value::Missing);
    if context[NOW] == Value::Missing {
        context[NOW] = ground.now;
    }
    let mut query = Query {
        table: ground.table,
        org: ground.org,
        span: sentence.span.0,
        with: &sentence.with,
        together: &sentence.together,
        context,
        pool: Cow::Borrowed(carried.pool),
        budget,
        found,
    };
    query.answer(&sentence.kind)
}

impl<'a> Query<'a, '_> {
    fn answer(&mut self, kind: &SentenceKind) -> Option<Answer> {
        match kind {
            SentenceKind::HowCould { who, deed } => self.how_could(who, deed),
            SentenceKind::Can { who, deed, ever: true }
            | SentenceKind::States {
                who, deed, ever: true, ..
            } => self.ever(who, deed),
            SentenceKind::Can {
                who,
                deed: deed @ Deed::Become { .. },
                ..
            }
            | SentenceKind::States {
                who,
                deed: deed @ Deed::Become { .. },
                ..
            }
            | SentenceKind::Why {
                who,
                deed: deed @ Deed::Become { .. },
                ..
            } => self.ever(who, deed),
            SentenceKind::Can { who, deed, .. }
            | SentenceKind::States { who, deed, .. }
            | SentenceKind::Why { who, deed, .. } => self.decision(who, deed),
            SentenceKind::WhoCan(deed) => self.who_can(deed),
            SentenceKind::Which { ty, who, actions } => self.which(ty, who, actions),
            SentenceKind::WhoIs { role, at } => self.who_is(role, at.as_ref()),
            SentenceKind::IsRole { who, role, at } | SentenceKind::StatesRole { who, role, at, .. } => {
                self.is_role(who, role, at.as_ref())
            }
            SentenceKind::WhatIs(who) => self.what_is(who),
            SentenceKind::WhatCan { who, scope } => self.what_can(who, scope.as_ref()),
            SentenceKind::Visible { who, actions, of } => self.visible(who, actions, of),
            SentenceKind::WhichRolesExist(at) => self.which_roles_exist(at.as_ref()),
            SentenceKind::WhichRolesCan(deed) => self.which_roles_can(deed),
            SentenceKind::WhereExists(role) => self.where_exists(role),
        }
    }

    pub(super) const fn model(&self) -> &'a Model {
        self.table.model()
    }

    /// The organisation; an error if there is none.
    pub(super) fn needs_org(&mut self) -> Option<&'a Org<'a>> {
        if self.org.is_none() {
            let fault = Diagnostic::error(
                "sentence/no-facts",
                "this question is about an organisation, and there is none",
            );
            let fault = fault.at(self.span, "");
            self.found
                .push(fault.help("give its facts with `-f FILE`, or put `facts.yaml` beside the policy"));
        }
        self.org
    }

    pub(super) fn facts(&mut self) -> Option<&'a Facts> {
        self.needs_org().map(|org| &*org.facts)
    }

    pub(super) fn later<T>(&mut self, what: &str) -> Option<T> {
        let message = format!("{what} cannot be answered yet");
        let fault = Diagnostic::error("sentence/not-yet", message).at(self.span, "");
        self.found
            .push(fault.help("they need the analysis of all organisations, which is not part of this version"));
        None
    }
}
