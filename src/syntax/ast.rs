//! The tree of a policy file and of a sentence, as written: names are not looked up, sugar is not taken away.
//!
//! Comparison ignores spans. Only [`super::parse`] builds these.

use crate::source::{Span, Spanned};

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

// ---------------------------------------------------------------- declarations

/// Account, unit or resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeKind {
    /// A place that is a border.
    Account,
    /// A place within an account.
    Unit,
    /// What is acted upon.
    Resource,
}

/// `resource A, B in C, any account "label" { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeTypeDecl {
    /// Account, unit or resource.
    pub kind: NodeKind,
    /// One name or several.
    pub names: Vec<Name>,
    /// What may contain it.
    pub containers: Vec<Container>,
    /// Labels.
    pub labels: Vec<Label>,
    /// Attributes, actions, fields, implications.
    pub members: Vec<Member>,
}

/// One entry behind `in`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Container {
    /// A type by name.
    Type(Name),
    /// `any account`
    AnyAccount(SpanEq),
    /// `any place`
    AnyPlace(SpanEq),
}

/// `user { … }`, `principal App { … }` or `context { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindDecl {
    /// Which.
    pub kind: Kind,
    /// Labels.
    pub labels: Vec<Label>,
    /// Attributes, actions, fields, implications.
    pub members: Vec<Member>,
    /// The opening word, for messages.
    pub head: SpanEq,
}

/// What a [`KindDecl`] describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The built-in type of people.
    User,
    /// Another kind of principal.
    Principal(Name),
    /// The request.
    Context,
}

/// A line in a type's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What it is.
    pub kind: MemberKind,
    /// Its doc comment.
    pub doc: Doc,
    /// The whole member.
    pub span: SpanEq,
}

/// The kinds of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberKind {
    /// `legal: bool = false in general "label"`
    Attribute(Attribute),
    /// `fields a, b "label"`
    Fields(Vec<Labelled>),
    /// `actions a, b` or `creating actions a`
    Actions {
        /// Decided at the container.
        creating: bool,
        /// The actions.
        actions: Vec<Labelled>,
    },
    /// `edit implies view, list`
    Implies {
        /// The stronger action.
        action: Name,
        /// What it brings.
        implied: Vec<Name>,
    },
}

/// A name with labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The name.
    pub name: Name,
    /// Its labels.
    pub labels: Vec<Label>,
}

/// An attribute, or a parameter of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: AttrType,
    /// What it is where none is given.
    pub default: Option<Operand>,
    /// The field that it stands in.
    pub field: Option<Name>,
    /// Labels.
    pub labels: Vec<Label>,
}

/// The type of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttrType {
    /// `set of …`
    pub set: bool,
    /// `…?`
    pub optional: bool,
    /// Of what.
    pub base: BaseType,
    /// Where.
    pub span: SpanEq,
}

/// What an attribute's type is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseType {
    /// `bool`, `int`, … or a type of the policy.
    Named(Name),
    /// `a | b | c`
    Enum(Vec<Name>),
    /// `a < b < c`
    Ordered(Vec<Name>),
}

/// `area name { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaDecl {
    /// The name.
    pub name: Name,
    /// Labels.
    pub labels: Vec<Label>,
    /// What is in it.
    pub permissions: Vec<Permission>,
}

/// `roles name { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleDecl {
    /// The name.
    pub name: Name,
    /// Labels.
    pub labels: Vec<Label>,
    /// The roles.
    pub roles: Vec<RoleName>,
}

/// `approve PurchaseOrder`, `Budget`, `Entity.billing`, an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The action, where one is written.
    pub action: Option<Name>,
    /// On what.
    pub target: Target,
}

/// A type, `T.field`, an area, or (behind `assign`) a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The type, area or role.
    pub name: Name,
    /// What stands behind the dot.
    pub field: Option<Name>,
    /// `R+`
    pub plus: bool,
    /// Where.
    pub span: SpanEq,
}

// ---------------------------------------------------------------- roles and rules

/// A block `role R, S at T, U … { rules }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDecl {
    /// One name or several.
    pub names: Vec<Name>,
    /// The types of nodes at which they are held.
    pub at: Vec<Name>,
    /// A reach for rules of this block that state none.
    pub reach: Option<Reach>,
    /// Roles whose rules are copied.
    pub extends: Vec<RoleName>,
    /// `default`
    pub default: Option<SpanEq>,
    /// `for whoever …`; empty if not derived.
    pub derived: Vec<Being>,
    /// `(limit: int)`
    pub parameters: Vec<Attribute>,
    /// Labels.
    pub labels: Vec<Label>,
    /// The rules.
    pub rules: Vec<RoleRule>,
    /// From `role` to what stands before the brace.
    pub head: SpanEq,
}

/// `can …` or `cannot …` within a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRule {
    /// `can` (or `cannot`).
    pub can: bool,
    /// What.
    pub rule: Rule,
    /// Its doc comment.
    pub doc: Doc,
    /// The whole rule.
    pub span: SpanEq,
}

/// What follows `can`, in a rule, a promise and a text of the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Which permissions.
    pub power: Power,
    /// `to …`
    pub receiver: Option<Receiver>,
    /// Where.
    pub reach: Option<Reach>,
    /// `as creator or assignee`; empty if none.
    pub relation: Vec<Link>,
    /// `when …`
    pub when: Option<Expr>,
    /// `unless …`
    pub unless: Option<Expr>,
}

/// The verbs and targets of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Power {
    /// Which verbs.
    pub verbs: Verbs,
    /// `but not edit`
    pub but_not: Vec<Name>,
    /// On what; empty stands for `do everything` without `on`.
    pub targets: Targets,
    /// `they have`
    pub they_have: bool,
    /// `except …`
    pub except: Vec<Except>,
}

/// The verbs of a power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verbs {
    /// `do everything [on …]`, `do anything [on …]`
    Do {
        /// The word was `anything`.
        anything: bool,
    },
    /// `view, edit`; also `assign`, `give` and `take`, whose targets tell whether roles are meant.
    Actions(Vec<Name>),
    /// `grant view, edit`; no action: every action, or those of [`Targets::Each`].
    Grant(Vec<Name>),
}

/// What a power is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// `everything` or `anything`, also where `do everything` stands alone.
    Everything {
        /// The word was `anything`.
        anything: bool,
        /// Where.
        span: SpanEq,
    },
    /// Types, fields, areas, roles.
    List(Vec<Target>),
    /// `grant view Budget, edit Tender`: each with its own action (always `Some`); the verbs are then an empty `Grant`.
    Each(Vec<Permission>),
}

/// One entry behind `except`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Except {
    /// `self`
    Oneself(SpanEq),
    /// A permission, type, field or area.
    Permission(Permission),
}

/// `to anyone`, `to Secondary, Manager`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receiver {
    /// `to anyone`
    Anyone(SpanEq),
    /// Holders of these roles.
    Roles(Vec<RoleName>),
}

/// Where a rule reaches, from the node at which the role is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// `only here`
    OnlyHere(SpanEq),
    /// `only below`
    OnlyBelow(SpanEq),
    /// `in T`
    In(Name),
    /// `across T`
    Across(Name),
    /// `anywhere`
    Anywhere(SpanEq),
}

/// `manager+ of creator`, `advisor of RetailAccount`: steps from left to right as written; the last is looked up at the
/// resource, or names a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// At least one.
    pub steps: Vec<Step>,
    /// Where.
    pub span: SpanEq,
}

/// A relation, possibly followed any number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// An attribute, or as last step a type.
    pub name: Name,
    /// `+`
    pub plus: bool,
}

/// One condition of `for whoever …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Being {
    /// `is registrant`, `is member`
    Is(Name),
    /// `holds R`
    Holds(RoleName),
    /// `can view, edit UserPermissions`
    Can {
        /// All of these.
        actions: Vec<Name>,
        /// On this.
        target: Target,
    },
}

/// `Lead`, `Partner.TechnicalManager`, `Lead+`; also the name of a role set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleName {
    /// The node type, where it is written.
    pub ty: Option<Name>,
    /// The role or role set.
    pub name: Name,
    /// It and its heirs.
    pub plus: bool,
    /// Where.
    pub span: SpanEq,
}

// ---------------------------------------------------------------- conditions

/// A condition. `and` and `or` are flat lists of at least two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The whole expression.
    pub span: SpanEq,
}

/// The kinds of conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a or b or c`
    Or(Vec<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// A boolean path or literal that stands alone.
    Truth(Operand),
    /// `left op right [+ 30 days]`
    Compare {
        /// Left side.
        left: Operand,
        /// Operator.
        op: Spanned<Op>,
        /// Right side.
        right: Operand,
        /// Added to the right side.
        shift: Option<Shift>,
    },
    /// `any path op x`, `all path op x`
    Quantified {
        /// `all` (or `any`).
        all: bool,
        /// The set.
        path: Path,
        /// Operator.
        op: Spanned<Op>,
        /// Right side.
        right: Operand,
    },
    /// `user holds Lead here`, `user holds any role at Entity`
    Holds {
        /// Who.
        who: Path,
        /// Which.
        held: Held,
    },
}

/// What `holds` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// `any role at T`
    AnyRoleAt(Name),
    /// `R`, `R here`, `R anywhere`, `R at path`
    Role(RoleName, HeldAt),
}

/// Where a role asked for by `holds` must be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldAt {
    /// At the resource's place or above, within its account.
    Above,
    /// At `here`.
    Here,
    /// Somewhere.
    Anywhere,
    /// At exactly this node.
    At(Path),
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `before`
    Before,
    /// `after`
    After,
}

/// `+ 30 days`, in minutes; negative for `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Minutes.
    pub minutes: i64,
    /// Where.
    pub span: SpanEq,
}

/// A value in a condition, or the default of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A literal.
    Literal(Literal),
    /// `[a, b]`
    List(Vec<Self>, SpanEq),
    /// `entity.legal`, `user`, or the name of an enumeration value.
    Path(Path),
}

/// A literal as written; `text` is the source text, for strings the text without quotes and escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Which kind.
    pub kind: LiteralKind,
    /// Its text.
    pub text: String,
    /// Where.
    pub span: SpanEq,
}

/// The kinds of literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// `true`, `false`
    Truth,
    /// `-12.50`
    Number,
    /// `"…"`
    Text,
    /// `2026-12-31`
    Date,
    /// `2026-12-31T08:00Z`
    DateTime,
    /// `10.0.0.7`, `10.0.0.0/8`, `2001:db8::/32`
    Address,
}

/// `entity.profile.stock`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The root as written; may be an enumeration value.
    pub root: Name,
    /// What follows the dots.
    pub segments: Vec<Name>,
    /// Where.
    pub span: SpanEq,
}

// ---------------------------------------------------------------- rules for all, constraints, promises

/// A rule that needs no role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicRule {
    /// For whom.
    pub who: Public,
    /// What.
    pub rule: Rule,
}

/// Whom a rule without a role is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Public {
    /// `everyone can`
    Everyone,
    /// `anyone can`
    Anyone,
    /// `nobody can`, `nobody but R can`
    Nobody {
        /// Exempt roles.
        but: Vec<RoleName>,
    },
}

/// `each Entity has exactly 1 Lead when entity.active`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Each {
    /// The node type.
    pub ty: Name,
    /// How many.
    pub count: Count,
    /// Of which role.
    pub role: RoleName,
    /// For which nodes.
    pub when: Option<Expr>,
}

/// How many holders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// `exactly n`; `no` is exactly 0.
    Exactly(u32),
    /// `at least n`
    AtLeast(u32),
    /// `at most n`
    AtMost(u32),
}

/// `whoever is R is also S or T`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// Who has this …
    pub is: RoleName,
    /// … has one of these.
    pub also: Vec<RoleName>,
}

/// `no user is both R and S at the same T`, `no user can both P and Q on the same T`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exclusive {
    /// Roles.
    Roles {
        /// The two.
        pair: [RoleName; 2],
        /// `at the same T`
        same: Option<Name>,
    },
    /// Permissions.
    Permissions {
        /// The two.
        pair: [Permission; 2],
        /// `on the same T`
        same: Option<Name>,
    },
}

/// What follows `ensure`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promise {
    /// `nobody [with R | but R] can …`
    Nobody {
        /// `with R`: whatever else they hold.
        with: Vec<RoleName>,
        /// `but R`: only they may.
        but: Vec<RoleName>,
        /// What.
        rule: Rule,
    },
    /// `everyone can …`, `anyone can …`
    Public {
        /// `anyone` (or `everyone`).
        anyone: bool,
        /// What.
        rule: Rule,
    },
    /// `R can everything S can`
    Contains {
        /// R.
        more: RoleName,
        /// S.
        less: RoleName,
    },
    /// `R, S can never become T`
    NeverBecome {
        /// Who acts.
        actors: Vec<RoleName>,
        /// What none of them may reach.
        goal: RoleName,
    },
    /// `R can …`, `R cannot …`
    Role {
        /// Who.
        roles: Vec<RoleName>,
        /// `can` (or `cannot`).
        can: bool,
        /// What.
        rule: Rule,
    },
}

// ---------------------------------------------------------------- sentences

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
    /// `oz can edit tender-17`, `oz cannot …` (an expectation)
    States {
        /// Who.
        who: Id,
        /// `can` (or `cannot`).
        can: bool,
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
