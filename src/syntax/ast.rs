//! The tree of a policy file and of a sentence, as written: names are not looked up, sugar is not taken away.
//!
//! Comparison ignores spans. Only [`super::parse`] builds these.

mod conditions;
mod declarations;
mod rules;
mod sentences;
mod statements;

pub use conditions::*;
pub use declarations::*;
pub use rules::*;
pub use sentences::*;
pub use statements::*;

use crate::source::Span;

/// A name as written. A quoted one is a label used as a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The text, in NFC, without quotes.
    pub text: String,
    /// It stood in quotes.
    pub quoted: bool,
    /// Where.
    pub span: SpanEq,
}

/// A span that compares equal to every other.
#[derive(Debug, Clone, Copy)]
pub struct SpanEq(pub Span);

impl PartialEq for SpanEq {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for SpanEq {}

impl Name {
    /// Where the name stands.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span.0
    }
}

/// `"text"` or `"text"@fr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The text, escapes resolved.
    pub text: String,
    /// The language tag, lower case; `None` where none is given.
    pub lang: Option<String>,
    /// Where.
    pub span: SpanEq,
}

/// A comment, for doc comments, suppressions and the formatter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The text behind `#` or `##`, trimmed.
    pub text: String,
    /// It began with `##`.
    pub doc: bool,
    /// Where.
    pub span: SpanEq,
}

/// The words of the doc comments that belong to something: its lines joined with line breaks.
pub type Doc = Option<String>;

/// One policy file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// The top-level items that could be parsed.
    pub items: Vec<Item>,
    /// Every comment, in order.
    pub comments: Vec<Comment>,
}

/// A top-level item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its doc comment.
    pub doc: Doc,
    /// The whole item.
    pub span: SpanEq,
}

/// The kinds of top-level items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// `policy "…"`
    Policy(Vec<Label>),
    /// `account`, `unit`, `resource`
    NodeType(NodeTypeDecl),
    /// `user { … }`, `principal App { … }`, `context { … }`
    Kind(KindDecl),
    /// `area name { … }`
    Area(AreaDecl),
    /// `roles name { … }`
    Bundle(BundleDecl),
    /// `role R at T { … }`
    Role(RoleDecl),
    /// `everyone can …`, `anyone can …`, `nobody … can …`
    Public(PublicRule),
    /// `each T has exactly 1 R`
    Each(Each),
    /// `whoever is R is also S`
    Also(Also),
    /// `no user is both …`, `no user can both …`
    Exclusive(Exclusive),
    /// `ensure …`
    Ensure(Promise),
}
