//! Declarations: types, their members, areas, role sets.

use super::{Doc, Label, Name, Operand, RoleName, SpanEq};

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
