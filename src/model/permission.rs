//! Permissions as numbers: (action, type), (action, type.field), and the administrative ones that the roles and places
//! of a policy bring with them (DESIGN §5, *Permissions*).
//!
//! `assign R` is no permission of its own: it is `give R` and `take R` together.

use serde::{Deserialize, Serialize};

use std::collections::HashMap;

use super::{RoleId, TypeId};

/// A permission of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PermId(pub u32);

impl PermId {
    /// As an index.
    #[must_use]
    pub const fn ix(self) -> usize {
        self.0 as usize
    }
}

/// What a permission allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// An action on nodes of a type, or on one of their fields.
    Act {
        /// The type.
        ty: TypeId,
        /// Index into the type's actions.
        action: usize,
        /// Index into the type's fields; `None` is the record apart from its fields.
        field: Option<usize>,
    },
    /// Handing out a single permission.
    Grant(PermId),
    /// Giving a role.
    Give(RoleId),
    /// Taking a role.
    Take(RoleId),
    /// Adding a member to a place of this type.
    AddMember(TypeId),
    /// Removing a member from a place of this type.
    RemoveMember(TypeId),
}

impl Permission {
    /// True for all but ordinary actions: `everything` leaves these out, `anything` in a prohibition takes them in.
    #[must_use]
    pub const fn is_administrative(self) -> bool {
        !matches!(self, Self::Act { .. })
    }
}

/// All permissions of a policy, with what each implies.
#[derive(Debug, Clone, Default)]
pub struct Permissions {
    list: Vec<Permission>,
    ids: HashMap<Permission, PermId>,
    implied: Vec<Vec<PermId>>,
    implying: Vec<Vec<PermId>>,
}

impl Permissions {
    /// Adds a permission, once.
    pub fn add(&mut self, permission: Permission) -> PermId {
        if let Some(&id) = self.ids.get(&permission) {
            return id;
        }
        let id = PermId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(permission);
        self.ids.insert(permission, id);
        self.implied.push(Vec::new());
        self.implying.push(Vec::new());
        id
    }

    /// Notes that whoever may `strong` may `weak`; pairs must be given transitively closed.
    pub fn imply(&mut self, strong: PermId, weak: PermId) {
        self.implied[strong.ix()].push(weak);
        self.implying[weak.ix()].push(strong);
    }

    /// What an id stands for.
    #[must_use]
    pub fn get(&self, id: PermId) -> Permission {
        self.list[id.ix()]
    }

    /// The same of what may be no permission of the policy.
    #[must_use]
    pub fn known(&self, id: PermId) -> Option<Permission> {
        self.list.get(id.ix()).copied()
    }

    /// The id of a permission, if the policy has it.
    #[must_use]
    pub fn id(&self, permission: Permission) -> Option<PermId> {
        self.ids.get(&permission).copied()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// True if there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (PermId, Permission)> {
        (0u32..).map(PermId).zip(self.list.iter().copied())
    }

    /// The permissions implied by `id`, itself left out.
    #[must_use]
    pub fn implied(&self, id: PermId) -> &[PermId] {
        &self.implied[id.ix()]
    }

    /// cl(S): the set with all that it implies; sorted.
    #[must_use]
    pub fn closure(&self, set: &[PermId]) -> Vec<PermId> {
        close(set, &self.implied)
    }

    /// up(S): the set with all that implies something in it; sorted.
    #[must_use]
    pub fn upward(&self, set: &[PermId]) -> Vec<PermId> {
        close(set, &self.implying)
    }
}

fn close(set: &[PermId], edges: &[Vec<PermId>]) -> Vec<PermId> {
    let mut all: Vec<PermId> = set.to_vec();
    for id in set {
        all.extend_from_slice(&edges[id.ix()]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// `set` less `except`, both sorted.
#[must_use]
pub fn without(set: &[PermId], except: &[PermId]) -> Vec<PermId> {
    set.iter()
        .copied()
        .filter(|id| except.binary_search(id).is_err())
        .collect()
}
