//! Attributes: in further columns of nodes and users, or in a table of their own.

use std::collections::HashMap;

use super::ahead::Row;
use super::rows::{is_list, values};
use super::{Input, Kind, Tables, Wrong};
use crate::diagnostic::Diagnostic;
use crate::facts::order::outside_in;
use crate::facts::read::{constant, no_list, parse_value};
use crate::facts::{Facts, Thing, Values};
use crate::model::show::attribute_names;
use crate::model::value::{NodeId, Scalar, UserId, Value};
use crate::model::{Attribute, Default, Model, Type};
use crate::source::Span;

/// Every attribute as it is where nothing is given, by type.
pub(super) fn blank(model: &Model) -> Vec<Values> {
    let of = |ty: &Type| ty.attributes.iter().map(constant).collect();
    model.types.iter().map(of).collect()
}

impl Tables<'_, '_> {
    pub(super) fn value(&mut self, text: &str, attribute: &Attribute) -> Result<Value, Diagnostic> {
        let texts: Vec<&str> = match attribute.ty.many {
            true => values(text).collect(),
            false if is_list(text) => return Err(no_list(self.model, attribute.ty)),
            false => vec![text],
        };
        parse_value(&texts, attribute.ty, &self.names, &mut self.facts.pool)
    }

    /// Takes what further columns say of a thing, as far as no other id need be known for it; the rest waits.
    pub(super) fn cells(&mut self, thing: Thing, row: &Row<'_>) {
        if !row.extra().is_empty() {
            self.set_cells(thing, row, false);
        }
    }

    /// Goes again through a table in which nodes or users refer to others, now that all are known.
    pub(super) fn columns(&mut self, input: &Input<'_>) {
        let mut next = 0;
        self.pass(input, |tables, row, span| {
            if row.extra().iter().all(|(at, _)| row.cell(*at).is_none()) {
                return Ok(());
            }
            if let Some(thing) = tables.thing_of(input.kind, &mut next, span) {
                tables.set_cells(thing, row, true);
            }
            Ok(())
        });
    }

    /// Sets the attributes in further columns that refer to other things, or those that do not.
    fn set_cells(&mut self, thing: Thing, row: &Row<'_>, referring: bool) {
        let ty = self.facts.type_of(thing);
        for (at, name) in row.extra() {
            let Some(text) = row.cell(*at) else { continue };
            let (names, model) = (&self.names, self.model);
            let slot = *self.slots.entry((*at, ty)).or_insert_with(|| {
                let slot = names.slot(ty, name);
                slot.map(|slot| (slot, refers(&model.ty(ty).attributes[slot])))
            });
            let waits = slot.is_some_and(|(_, refers)| refers);
            self.waits |= waits;
            if waits == referring
                && let Err((_, fault)) = self.set(thing, slot.map(|(slot, _)| slot), name, text)
            {
                self.further.push((name.clone(), fault));
            }
        }
    }

    /// What the first pass made of a row: nothing, if it left it out. Rows come in the same order again.
    fn thing_of(&self, kind: Kind, next: &mut usize, span: Span) -> Option<Thing> {
        let Facts { nodes, users, .. } = &self.facts;
        match kind {
            Kind::Users => made(users, next, |user| user.span, span).map(|ix| Thing::User(UserId(ix))),
            _ => made(nodes, next, |node| node.span, span).map(|ix| Thing::Node(NodeId(ix))),
        }
    }

    pub(super) fn attribute(&mut self, row: &Row<'_>) -> Result<(), Wrong> {
        let of = Self::need(row, 0, "of")?;
        let name = Self::need(row, 1, "attribute")?;
        let text = Self::need(row, 2, "value")?;
        let thing = match (self.names.node_of(of, |_| true), self.names.user(of, None)) {
            (Some(node), Err(_)) => Thing::Node(node),
            (None, Ok(user)) => Thing::User(user),
            (None, Err(_)) if self.left_out.contains(of) => return Ok(()),
            (None, Err(_)) => {
                let node = self.names.node(of, None).map_err(|fault| ("of", fault))?;
                Thing::Node(node)
            }
            (Some(_), Ok(_)) => {
                let message = format!("`{of}` is a node and a user");
                let fault = Diagnostic::error("name/ambiguous", message);
                return Err(("of", fault.help("give the attribute in a column of `nodes` or `users`")));
            }
        };
        let slot = self.names.slot(self.facts.type_of(thing), name);
        self.set(thing, slot, name, text)
    }

    pub(super) fn set(&mut self, thing: Thing, slot: Option<usize>, name: &str, text: &str) -> Result<(), Wrong> {
        let ty = self.model.ty(self.facts.type_of(thing));
        let Some(slot) = slot else {
            let fault = Diagnostic::error(
                "name/unknown-attribute",
                format!("`{}` has no attribute `{name}`", ty.name),
            );
            return Err(("attribute", fault.did_you_mean(name, attribute_names(&ty.attributes))));
        };
        let attribute = &ty.attributes[slot];
        if !self.given.note(thing, slot) {
            let fault = Diagnostic::error("tables/twice", format!("`{name}` is given twice"));
            let help = "say it once, in a column or in a row of `attributes`: which of the two counts would be a guess";
            return Err(("attribute", fault.help(help)));
        }
        // What cannot be read counts as missing, and does not fall back.
        let value = self.value(text, attribute);
        self.facts.set(thing, slot, *value.as_ref().unwrap_or(&Value::Missing));
        value.map(|_| ()).map_err(|fault| ("value", fault))
    }

    /// Notes the attributes that were not given and fall back on a path.
    pub(super) fn fall_back(&mut self) {
        let falls: Vec<Vec<usize>> = self.model.types.iter().map(falling).collect();
        if falls.iter().all(Vec::is_empty) {
            return;
        }
        let nodes = outside_in(&self.facts.nodes).into_iter().map(Thing::Node);
        let things = nodes.chain(self.facts.user_ids().map(Thing::User));
        let slots = things.flat_map(|thing| {
            let falls = &falls[self.facts.type_of(thing).ix()];
            falls.iter().map(move |&slot| (thing, slot))
        });
        self.facts.fallbacks = slots.filter(|&(thing, slot)| !self.given.has(thing, slot)).collect();
    }
}

/// Which attributes of which things were given: a bit for each, as there may be millions.
#[derive(Debug, Default)]
pub(super) struct Given(HashMap<(bool, usize), Vec<u64>>);

impl Given {
    /// Notes one; false if it was noted before.
    fn note(&mut self, thing: Thing, slot: usize) -> bool {
        let (is_user, ix) = numbered(thing);
        let words = self.0.entry((is_user, slot)).or_default();
        words.resize(words.len().max(ix / 64 + 1), 0);
        let bit = 1 << (ix % 64);
        let fresh = words[ix / 64] & bit == 0;
        words[ix / 64] |= bit;
        fresh
    }

    fn has(&self, thing: Thing, slot: usize) -> bool {
        let (is_user, ix) = numbered(thing);
        let words = self.0.get(&(is_user, slot));
        words
            .and_then(|words| words.get(ix / 64))
            .is_some_and(|word| word >> (ix % 64) & 1 == 1)
    }
}

const fn numbered(thing: Thing) -> (bool, usize) {
    match thing {
        Thing::Node(NodeId(ix)) => (false, ix as usize),
        Thing::User(UserId(ix)) => (true, ix as usize),
    }
}

/// True if its values are other things' ids.
const fn refers(attribute: &Attribute) -> bool {
    matches!(attribute.ty.of, Scalar::User(_) | Scalar::Group | Scalar::Node(_))
}

/// What a row made, from `next` on, which moves there.
fn made<T>(all: &[T], next: &mut usize, of: impl Fn(&T) -> Span, row: Span) -> Option<u32> {
    *next += all[*next..].iter().take_while(|it| of(it) < row).count();
    let found = all.get(*next).filter(|it| of(it) == row);
    found.and_then(|_| u32::try_from(*next).ok())
}

/// Attributes of a type that fall back on a path.
fn falling(ty: &Type) -> Vec<usize> {
    let slots = ty.attributes.iter().enumerate();
    let falls = slots.filter(|(_, attribute)| matches!(attribute.default, Default::Path(..)));
    falls.map(|(slot, _)| slot).collect()
}
