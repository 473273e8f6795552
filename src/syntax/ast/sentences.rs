//! Questions, expectations and statements.

use super::{Name, RoleName, SpanEq, Target};
use crate::source::Span;

/// An id, a word or a quoted text in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id {
    /// The text.
    pub text: String,
    /// It stood in quotes.
    pub quoted: bool,
    /// Where.
    pub span: SpanEq,
}

impl Id {
    /// Where the id stands.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span.0
    }
}

/// `tender-17`, or with its type `Tender 17`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRef {
    /// The type, where two ids stand.
    pub ty: Option<Id>,
    /// The id, or a type (an unlisted node) where `in` follows.
    pub id: Id,
}

/// `tender-17`, `billing of paris`, `Tender in paris`, a bare type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// `billing of …`
    pub field: Option<Id>,
    /// Which node, type, or (behind `assign`) role.
    pub node: NodeRef,
    /// `… in paris`
    pub within: Option<NodeRef>,
}

/// What is done: the part behind `can U`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// `edit tender-17`, `assign Manager at paris to tim`
    Act {
        /// One verb or several: all must be allowed.
        actions: Vec<Name>,
        /// On what, or which role.
        thing: Thing,
        /// `at paris`
        at: Option<NodeRef>,
        /// `to tim`, `from tim`
        other: Option<Id>,
    },
    /// `grant view, edit Inventory at shop-1 to tom`, `revoke …`
    Grant {
        /// `revoke` (or `grant`).
        revoke: bool,
        /// The actions handed out.
        actions: Vec<Name>,
        /// On what.
        target: Target,
        /// At which node.
        at: Option<NodeRef>,
        /// To or from whom.
        other: Option<Id>,
    },
    /// `become R at N`
    Become {
        /// The role.
        role: RoleName,
        /// Where.
        at: Option<NodeRef>,
    },
}

/// A sentence with what it supposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Question or statement.
    pub kind: SentenceKind,
    /// `with context.ip = 10.0.0.7, creator = oz`
    pub with: Vec<Setting>,
    /// `together with sam, tom`
    pub together: Vec<Id>,
    /// The whole sentence.
    pub span: SpanEq,
}

/// `creator = oz`, `assignee = [mia, oz]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The attribute, or `context.x`.
    pub key: Id,
    /// One value, or a list.
    pub values: Vec<Id>,
    /// The values stood in brackets.
    pub list: bool,
}

/// The kinds of sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentenceKind {
    /// `can oz edit tender-17`
    Can {
        /// Who.
        who: Id,
        /// What.
        deed: Deed,
        /// `ever`
        ever: bool,
    },
    /// `oz can edit tender-17`, `oz cannot …`, `oz cannot ever …` (an expectation)
    States {
        /// Who.
        who: Id,
        /// `can` (or `cannot`).
        can: bool,
        /// `ever`
        ever: bool,
        /// What.
        deed: Deed,
    },
    /// `why can …`, `why cannot …`
    Why {
        /// Who.
        who: Id,
        /// `can` (or `cannot`).
        can: bool,
        /// What.
        deed: Deed,
    },
    /// `how could …`
    HowCould {
        /// Who.
        who: Id,
        /// What.
        deed: Deed,
    },
    /// `who can …`
    WhoCan(Deed),
    /// `who is Lead at paris`
    WhoIs {
        /// The role.
        role: RoleName,
        /// Where.
        at: Option<NodeRef>,
    },
    /// `is nia Manager at paris`
    IsRole {
        /// Who.
        who: Id,
        /// The role.
        role: RoleName,
        /// Where.
        at: Option<NodeRef>,
    },
    /// `nia is Manager at paris`, `nia is not …` (an expectation)
    StatesRole {
        /// Who.
        who: Id,
        /// `is` (or `is not`).
        is: bool,
        /// The role.
        role: RoleName,
        /// Where.
        at: Option<NodeRef>,
    },
    /// `what is nia`
    WhatIs(Id),
    /// `what can oz do …`; `oz` may also be a role, with or without its type
    WhatCan {
        /// Who.
        who: Id,
        /// `in paris`, `to tender-17`, `that R cannot`
        scope: Option<Scope>,
    },
    /// `what can oz view of product-3`
    Visible {
        /// Who.
        who: Id,
        /// Which actions.
        actions: Vec<Name>,
        /// Of what.
        of: NodeRef,
    },
    /// `which Tender can oz view`
    Which {
        /// The type.
        ty: Name,
        /// Who.
        who: Id,
        /// Which actions.
        actions: Vec<Name>,
    },
    /// `which roles exist [at T]`
    WhichRolesExist(Option<Name>),
    /// `which roles can approve Tender`
    WhichRolesCan(Deed),
    /// `where does R exist`
    WhereExists(RoleName),
}

/// The scope of `what can U do`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// `in paris`
    In(NodeRef),
    /// `to tender-17`
    To(NodeRef),
    /// `that R cannot`
    That(Id),
}
