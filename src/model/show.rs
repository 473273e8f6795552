//! How permissions, types and roles are written in messages, tables and answers: as the policy's author would.

use super::permission::{PermId, Permission};
use super::value::{AttributeType, Scalar};
use super::{Attribute, Model, Reach, RoleId, TypeId};
use crate::syntax::ast;

impl Model {
    /// `edit Entity.billing`, `give Lead`, `grant view Budget`.
    #[must_use]
    pub fn show_permission(&self, id: PermId) -> String {
        match self.permissions.get(id) {
            Permission::Act { ty, action, .. } => {
                format!("{} {}", self.ty(ty).actions[action].name, self.show_target(id))
            }
            Permission::Grant(inner) => format!("grant {}", self.show_permission(inner)),
            Permission::Give(role) => format!("give {}", self.show_role(role)),
            Permission::Take(role) => format!("take {}", self.show_role(role)),
            Permission::AddMember(_) => "give member".to_owned(),
            Permission::RemoveMember(_) => "take member".to_owned(),
        }
    }

    /// The part behind the verb: `Entity.billing`, `Lead`.
    #[must_use]
    pub fn show_target(&self, id: PermId) -> String {
        match self.permissions.get(id) {
            Permission::Act {
                ty, field: Some(field), ..
            } => {
                format!("{}.{}", self.ty(ty).name, self.ty(ty).fields[field].name)
            }
            Permission::Act { ty, .. } | Permission::AddMember(ty) | Permission::RemoveMember(ty) => {
                self.ty(ty).name.clone()
            }
            Permission::Grant(inner) => self.show_permission(inner),
            Permission::Give(role) | Permission::Take(role) => self.show_role(role),
        }
    }

    /// What a text adds that names a permission and does not mean some of its fields: ` except Order.cost`.
    #[must_use]
    pub fn show_except(&self, id: PermId, is_left_out: impl Fn(PermId) -> bool) -> String {
        let left_out = self.on_fields(id).into_iter().filter(|&field| is_left_out(field));
        let names: Vec<String> = left_out.map(|field| self.show_target(field)).collect();
        match names.is_empty() {
            true => String::new(),
            false => format!(" except {}", names.join(", ")),
        }
    }

    /// The role's name, with its type where another type has a role of that name.
    #[must_use]
    pub fn show_role(&self, id: RoleId) -> String {
        let role = self.role(id);
        let shared = self
            .roles
            .iter()
            .filter(|other| other.name == role.name)
            .take(2)
            .count()
            > 1;
        if shared { self.full_role(id) } else { role.name.clone() }
    }

    /// `Entity.Lead`
    #[must_use]
    pub fn full_role(&self, id: RoleId) -> String {
        let role = self.role(id);
        format!("{}.{}", self.ty(role.ty).name, role.name)
    }

    /// `only here`, `in Client`; empty for the default reach.
    #[must_use]
    pub fn show_reach(&self, reach: Reach) -> String {
        match reach {
            Reach::Below => String::new(),
            Reach::OnlyHere => "only here".to_owned(),
            Reach::OnlyBelow => "only below".to_owned(),
            Reach::In(ty) => format!("in {}", self.ty(ty).name),
            Reach::Across(ty) => format!("across {}", self.ty(ty).name),
            Reach::Anywhere => "anywhere".to_owned(),
        }
    }

    /// `set of Plan`, `hidden < general`, `user?`
    #[must_use]
    pub fn show_type(&self, ty: AttributeType) -> String {
        let of = match ty.of {
            Scalar::Bool => "bool".to_owned(),
            Scalar::Int => "int".to_owned(),
            Scalar::Decimal => "decimal".to_owned(),
            Scalar::Text => "string".to_owned(),
            Scalar::Date => "date".to_owned(),
            Scalar::DateTime => "datetime".to_owned(),
            Scalar::Ip => "ip".to_owned(),
            Scalar::Network => "network".to_owned(),
            Scalar::Enum(id) => {
                let it = &self.enums[id.0 as usize];
                it.values.join(if it.ordered { " < " } else { " | " })
            }
            Scalar::User(super::USER) => "user".to_owned(),
            Scalar::Group => "group".to_owned(),
            Scalar::Node(ty) | Scalar::User(ty) => self.ty(ty).name.clone(),
        };
        let optional = if ty.optional { "?" } else { "" };
        match ty {
            AttributeType {
                of: Scalar::User(super::USER),
                many: true,
                ..
            } => "users".to_owned(),
            AttributeType { many: true, .. } => format!("set of {of}{optional}"),
            _ => format!("{of}{optional}"),
        }
    }
}

/// The label in a language: that language's, else one without a tag, else the first, else the name.
#[must_use]
pub fn label<'a>(labels: &'a [ast::Label], lang: Option<&str>, name: &'a str) -> &'a str {
    let tagged = |wanted: Option<&str>| labels.iter().find(|l| l.lang.as_deref() == wanted);
    lang.and_then(|lang| tagged(Some(lang)))
        .or_else(|| tagged(None))
        .or_else(|| labels.first())
        .map_or(name, |label| &label.text)
}

/// `PurchaseOrder` as a root: `purchase_order`.
#[must_use]
pub fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut previous_lower = false;
    for c in name.chars() {
        if c.is_uppercase() && previous_lower {
            out.push('_');
        }
        previous_lower = c.is_lowercase() || c.is_ascii_digit();
        out.extend(c.to_lowercase());
    }
    out
}

/// Names of a type's attributes, for "did you mean".
pub fn attribute_names(attributes: &[Attribute]) -> impl Iterator<Item = &str> {
    attributes.iter().map(|a| a.name.as_str())
}

/// Names of types in a list, for messages.
#[must_use]
pub fn type_list(model: &Model, types: &[TypeId]) -> String {
    let names: Vec<String> = types.iter().map(|&ty| format!("`{}`", model.ty(ty).name)).collect();
    names.join(", ")
}
