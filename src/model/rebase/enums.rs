//! Enumerations of two policies in one numbering.
//!
//! An enumeration has no name: it is known by the attributes that have it. So those of the two policies are one if the same
//! attribute has them; two of one policy stay two, though their values be called the same. The values of an ordered one
//! are merged so that both orders hold; where they contradict each other, each policy keeps its own.

use std::collections::{HashMap, HashSet};

use petgraph::unionfind::UnionFind;

use super::{Bearer, DeclaredValue, Map, id};
use crate::model::value::{EnumId, Scalar};
use crate::model::{Enumeration, Model};

/// Numbers the enumerations of both policies, those of the first first.
pub(super) fn number<'m>(all: &mut Vec<Enumeration>, first: &mut Map<'m>, second: &mut Map<'m>) {
    let [ones, twos] = [&first.model.enums, &second.model.enums];
    let own: Vec<&Enumeration> = ones.iter().chain(twos).collect();
    let classes = classes(first.model, second.model);
    let mut merged: HashMap<usize, Option<usize>> = HashMap::new();
    let mut places = Vec::new();
    for (ix, it) in own.iter().enumerate() {
        let members = (0..own.len()).filter(|&other| classes[other] == classes[ix]);
        let members: Vec<&Enumeration> = members.map(|other| own[other]).collect();
        let place = merged.entry(classes[ix]).or_insert_with(|| {
            let values = merged_values(&members)?;
            let ordered = members.iter().any(|it| it.ordered);
            Some(add(all, Enumeration { values, ordered }))
        });
        places.push(place.unwrap_or_else(|| add(all, (*it).clone())));
    }
    let count = ones.len();
    for (ix, place) in places.into_iter().enumerate() {
        let map = if ix < count { &mut *first } else { &mut *second };
        let known = &all[place].values;
        let position = |value: &String| known.iter().position(|other| other == value).map_or(u32::MAX, id);
        map.values.push(own[ix].values.iter().map(position).collect());
        map.enums.push(EnumId(id(place)));
    }
}

fn add(all: &mut Vec<Enumeration>, it: Enumeration) -> usize {
    all.push(it);
    all.len() - 1
}

/// For each enumeration of the first and then of the second policy: which are one.
fn classes(first: &Model, second: &Model) -> Vec<usize> {
    let shift = first.enums.len();
    let mut classes = UnionFind::new(shift + second.enums.len());
    let known: HashMap<(String, &str), usize> = carriers(first).into_iter().collect();
    for (carrier, ix) in carriers(second) {
        if let Some(&other) = known.get(&carrier) {
            classes.union(other, shift + ix);
        }
    }
    classes.into_labeling()
}

/// The attributes that have an enumeration, by owner and name.
fn carriers(model: &Model) -> Vec<((String, &str), usize)> {
    let types = model.types.iter().map(|ty| (ty.name.clone(), &ty.attributes));
    let roles = model
        .role_ids()
        .map(|id| (model.full_role(id), &model.role(id).parameters));
    let context = std::iter::once((String::new(), &model.context));
    let mut found = Vec::new();
    for (owner, attributes) in types.chain(roles).chain(context) {
        for it in attributes {
            if let Scalar::Enum(id) = it.ty.of {
                found.push(((owner.clone(), it.name.as_str()), id.0 as usize));
            }
        }
    }
    found
}

/// All values, so that those of each ordered enumeration stand in its order; none if the orders contradict each other.
fn merged_values(members: &[&Enumeration]) -> Option<Vec<String>> {
    let mut open: Vec<&String> = Vec::new();
    for value in members.iter().flat_map(|it| &it.values) {
        if !open.contains(&value) {
            open.push(value);
        }
    }
    let ordered = members.iter().filter(|it| it.ordered);
    let below: Vec<(&String, &String)> = ordered
        .flat_map(|it| it.values.windows(2).map(|pair| (&pair[0], &pair[1])))
        .collect();
    let mut merged = Vec::new();
    while !open.is_empty() {
        let is_lowest = |value: &&String| !below.iter().any(|(low, high)| high == value && open.contains(low));
        let at = open.iter().position(is_lowest)?;
        merged.push(open.remove(at).clone());
    }
    Some(merged)
}

impl Map<'_> {
    /// The values that the policy declares, in the common numbering.
    pub(super) fn declared_values(&self) -> HashSet<DeclaredValue> {
        let types = self.model.types.iter().zip(&self.types);
        let of_types = types.map(|(it, &ty)| (Bearer::Type(ty), &it.attributes));
        let roles = self.model.roles.iter().zip(&self.roles);
        let of_roles = roles.map(|(it, &role)| (Bearer::Role(role), &it.parameters));
        let all = of_types.chain(of_roles).chain([(Bearer::Request, &self.model.context)]);
        let mut declared = HashSet::new();
        for (bearer, attributes) in all {
            for attribute in attributes {
                if let Scalar::Enum(own) = attribute.ty.of {
                    let (key, values) = (self.attrs[attribute.key.0 as usize], &self.values[own.0 as usize]);
                    declared.extend(values.iter().map(|&value| (bearer, key, value)));
                }
            }
        }
        declared
    }
}
