//! What somebody can do, in a place, to a thing, and what he sees of it.

use std::collections::BTreeMap;

use super::deed::{Act, Recipients};
use super::people::sorted;
use super::{Answer, Item, Query};
use crate::diagnostic::Diagnostic;
use crate::eval::Target;
use crate::model::permission::{PermId, Permission};
use crate::model::value::{NodeId, Tri, UserId, Value, show_date, show_time};
use crate::model::{Model, TypeId};
use crate::syntax::ast::{Id, Name, NodeRef, Scope};

/// How many places are named in a line.
const PLACES: usize = 6;

impl Query<'_, '_> {
    pub(super) fn what_can(&mut self, who: &Id, scope: Option<&Scope>) -> Option<Answer> {
        let is_user = self.org.is_some_and(|org| org.facts.user_named(&who.text).is_some());
        let roles = self.roles_of_word(who);
        match (is_user || who.text == super::names::ANYONE, roles.is_empty(), scope) {
            (false, false, None) => return self.what_can_role(&roles, None),
            (false, false, Some(Scope::That(other))) => return self.what_can_role(&roles, Some(other)),
            _ => {}
        }
        if roles.is_empty() && !is_user && who.text != super::names::ANYONE {
            return self.neither_user_nor_role(who);
        }
        let user = self.caller(who)?;
        self.suppose(None)?;
        match scope {
            None => self.everywhere(user),
            Some(Scope::In(place)) => {
                let node = self.node(place)?;
                Some(self.in_place(user, node))
            }
            Some(Scope::To(thing)) => {
                let node = self.node(thing)?;
                Some(self.to_thing(user, node))
            }
            Some(Scope::That(other)) => {
                self.fault(
                    "sentence/not-a-role",
                    "only roles are compared with `that … cannot`".to_owned(),
                    other.span(),
                );
                None
            }
        }
    }

    fn neither_user_nor_role(&mut self, who: &Id) -> Option<Answer> {
        let fault = Diagnostic::error("name/unknown-user", format!("unknown user or role `{}`", who.text));
        let users = self
            .org
            .into_iter()
            .flat_map(|org| org.facts.users.iter().map(|user| user.id.as_str()));
        let roles = self.model().roles.iter().map(|role| role.name.as_str());
        let fault = fault.at(who.span(), "").did_you_mean(&who.text, users.chain(roles));
        self.found.push(fault);
        None
    }

    /// Everywhere: each permission with the places where it is had, and with the resources at which roles are held.
    fn everywhere(&mut self, user: Option<UserId>) -> Option<Answer> {
        let org = self.needs_org()?;
        let held = |node: NodeId| user.is_some_and(|user| !org.entries_at(user, node).is_empty());
        let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for node in org.facts.node_ids() {
            let answer = match org.kind(node).is_place() {
                true => self.in_place(user, node),
                false if held(node) => self.to_thing(user, node),
                false => continue,
            };
            for name in answer.names().into_iter().flatten() {
                places
                    .entry(name.to_owned())
                    .or_default()
                    .push(org.facts.node_name(self.model(), node));
            }
        }
        let items = places.into_iter().map(|(name, at)| Item {
            name,
            note: format!("at {}", in_short(&at)),
        });
        Some(Answer::List {
            title: "can".to_owned(),
            items: items.collect(),
        })
    }

    /// On the place itself and on what may lie directly in it.
    fn in_place(&self, user: Option<UserId>, place: NodeId) -> Answer {
        let Some(org) = self.org else {
            return Answer::List {
                title: String::new(),
                items: Vec::new(),
            };
        };
        let model = self.model();
        let mut items = Vec::new();
        for (id, permission) in model.permissions.iter() {
            let target = match permission {
                Permission::Act { ty, .. } if self.is_creating(id) => {
                    self.lies_in(ty, org.ty(place)).then(|| Target::created(ty, place))
                }
                Permission::Act { ty, .. } if ty == org.ty(place) => Some(Target::node(place)),
                Permission::Act { ty, .. } => self.lies_in(ty, org.ty(place)).then(|| Target::unlisted(ty, place)),
                Permission::Give(role) | Permission::Take(role) => {
                    (self.type_of(role) == org.ty(place)).then(|| Target::node(place))
                }
                Permission::AddMember(ty) | Permission::RemoveMember(ty) => {
                    (ty == org.ty(place)).then(|| Target::node(place))
                }
                Permission::Grant(_) => Some(Target::node(place)),
            };
            items.extend(target.and_then(|target| self.power(user, id, permission, target)));
        }
        Answer::List {
            title: "can".to_owned(),
            items,
        }
    }

    fn lies_in(&self, ty: TypeId, place: TypeId) -> bool {
        self.model().ty(ty).containers.contains(&place) && !self.is_principal(ty)
    }

    fn to_thing(&self, user: Option<UserId>, node: NodeId) -> Answer {
        let Some(org) = self.org else {
            return Answer::List {
                title: String::new(),
                items: Vec::new(),
            };
        };
        let ty = org.ty(node);
        let mut items = Vec::new();
        for (id, permission) in self.model().permissions.iter() {
            let fits = match permission {
                Permission::Act { ty: of, .. } => of == ty && !self.is_creating(id),
                Permission::Give(role) | Permission::Take(role) => self.type_of(role) == ty,
                _ => false,
            };
            if fits {
                items.extend(self.power(user, id, permission, Target::node(node)));
            }
        }
        Answer::List {
            title: "can".to_owned(),
            items,
        }
    }

    /// The permission, if it is allowed or depends on something that is missing. A field is listed only where it differs
    /// from its record.
    fn power(&self, user: Option<UserId>, id: PermId, permission: Permission, target: Target) -> Option<Item> {
        let truth = self.power_truth(user, id, permission, target);
        if let Permission::Act {
            ty,
            action,
            field: Some(_),
        } = permission
        {
            let record = Permission::Act {
                ty,
                action,
                field: None,
            };
            let of_record = self
                .model()
                .permissions
                .id(record)
                .map(|id| self.power_truth(user, id, record, target));
            if of_record == Some(truth) {
                return None;
            }
        }
        let name = self.model().show_permission(id);
        match truth {
            Tri::True => Some(Item {
                name,
                note: String::new(),
            }),
            Tri::Unknown if !permission.is_administrative() => Some(Item {
                name: format!("{name} (perhaps)"),
                note: "depends on what is not known here".to_owned(),
            }),
            _ => None,
        }
    }

    fn power_truth(&self, user: Option<UserId>, id: PermId, permission: Permission, target: Target) -> Tri {
        let recipients = if permission.is_administrative() {
            Recipients::Some
        } else {
            Recipients::None
        };
        let act = Act {
            permissions: vec![id],
            targets: vec![target],
            recipients,
            given: Vec::new(),
            taking: false,
        };
        self.settle(user, &act).0
    }

    /// The fields of a thing on which the actions are allowed, with the attributes in them.
    pub(super) fn visible(&mut self, who: &Id, actions: &[Name], of: &NodeRef) -> Option<Answer> {
        let user = self.caller(who);
        let node = self.node(of)?;
        let org = self.needs_org()?;
        let ty = org.ty(node);
        self.permissions(ty, actions, None)?;
        let user = user?;
        self.suppose(None)?;
        let model = self.model();
        let mut items = Vec::new();
        let fields = std::iter::once(None).chain((0..model.ty(ty).fields.len()).map(Some));
        for field in fields {
            let Some(permissions) = self.permissions(ty, actions, field) else {
                continue;
            };
            let targets = vec![Target::node(node)];
            let act = Act {
                permissions,
                targets,
                recipients: Recipients::None,
                given: Vec::new(),
                taking: false,
            };
            if self.settle(user, &act).0 == Tri::True {
                let name = field.map_or_else(|| model.ty(ty).name.clone(), |f| model.ty(ty).fields[f].name.clone());
                items.push(Item {
                    name,
                    note: self.values_in(node, ty, field),
                });
            }
        }
        let title = format!("of {}", of.id.text);
        Some(Answer::List {
            title,
            items: sorted(items),
        })
    }

    fn values_in(&self, node: NodeId, ty: TypeId, field: Option<usize>) -> String {
        let Some(org) = self.org else { return String::new() };
        let model = self.model();
        let attributes = model.ty(ty).attributes.iter().enumerate();
        let shown: Vec<String> = attributes
            .filter(|(_, attribute)| attribute.field == field)
            .map(|(slot, attribute)| {
                let value = org.facts.node(node).values[slot];
                format!(
                    "{} = {}",
                    attribute.name,
                    show(value, attribute.ty.of, &org.facts, model)
                )
            })
            .collect();
        shown.join(", ")
    }
}

/// The first few of a list.
fn in_short(names: &[String]) -> String {
    let more = names.len().saturating_sub(PLACES);
    let shown = names[..names.len() - more].join(", ");
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    }
}

/// A value as facts would give it.
pub(super) fn show(
    value: Value,
    of: crate::model::value::Scalar,
    facts: &crate::facts::Facts,
    model: &Model,
) -> String {
    match value {
        Value::Missing => "?".to_owned(),
        Value::Absent => "nobody".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Text(sym) => format!("\"{}\"", facts.pool.text(sym)),
        Value::Date(day) => show_date(day),
        Value::Time(second) => show_time(second),
        Value::Net(net) => net.to_string(),
        Value::Enum(ix) => match of {
            crate::model::value::Scalar::Enum(id) => model.enums[id.0 as usize].values[ix as usize].clone(),
            _ => ix.to_string(),
        },
        Value::User(user) => facts.user(user).id.to_string(),
        Value::Group(group) => facts.group(group).id.to_string(),
        Value::Node(node) => facts.node_name(model, node),
        Value::List(list) => {
            let items: Vec<String> = facts
                .pool
                .values(list)
                .iter()
                .map(|v| show(*v, of, facts, model))
                .collect();
            format!("[{}]", items.join(", "))
        }
    }
}
