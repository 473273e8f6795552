//! Facts from YAML: an organisation with every name looked up and every value typed (DESIGN §3).
//!
//! Reading has two phases, so that the order of a file means nothing:
//!
//! 1. `declare` enters the ids of all nodes, users, groups and custom roles; `contain` puts nodes into their
//!    containers and refuses circles.
//! 2. Then everything that refers to an id is read: `texts` the rules behind `can:`, `values` attributes, [`defaults`]
//!    those not given, `groups` members, `holdings` roles given by hand, `relations` what must not run in circles.
//!
//! There is always an organisation: what is wrong is reported and left out, and a reference to a record that was
//! left out is not reported again. Looking up a name costs one hash ([`Names`]), so that large files stay linear.

mod circles;
mod contain;
mod declare;
mod groups;
mod holdings;
mod ids;
mod names;
mod nodes;
mod relations;
mod shape;
mod texts;
mod values;
mod window;

use std::collections::HashSet;

use super::{Facts, defaults};
use crate::diagnostic::Found;
use crate::model::Model;
use crate::source::Span;
use crate::yaml::{Key, Yaml};
use contain::Nesting;

pub(super) use contain::contain_circles;
pub use names::Names;
pub(super) use names::{no_id, no_user};
pub(crate) use relations::relation_circles;
pub(super) use values::constant;
pub use values::{no_list, parse_value};
pub(super) use window::moment;

/// Reads an organisation. What is wrong is left out and stands in `found`, sorted by place.
#[must_use]
pub fn read(yaml: &Yaml, model: &Model, found: &mut Found) -> Facts {
    let mut reader = Reader::new(model, found);
    reader.declare(yaml);
    reader.contain();
    reader.read_texts(yaml);
    reader.read_places();
    reader.read_attributes();
    defaults::fill(&mut reader.facts, model);
    reader.read_context(yaml);
    reader.read_groups();
    reader.read_holdings();
    reader.check_relations();
    for fault in reader.found.sorted() {
        found.push(fault);
    }
    reader.facts
}

/// The state of a reading.
struct Reader<'y> {
    model: &'y Model,
    facts: Facts,
    names: Names<'y>,
    found: Found,
    /// Where something was found wrong before: keys that occur twice are the YAML reader's matter.
    reported: HashSet<Span>,
    /// Ids of records that were left out: what refers to them is not reported again.
    left_out: HashSet<&'y str>,
    /// The record of each node.
    nodes: Vec<Record<'y>>,
    /// The record of each user.
    users: Vec<Record<'y>>,
    /// The record of each group.
    groups: Vec<Record<'y>>,
    /// The record of each custom role.
    custom: Vec<&'y [(Key, Yaml)]>,
    nesting: Nesting,
}

/// One record of a section.
#[derive(Debug, Clone, Copy)]
struct Record<'y> {
    /// Where its id stands.
    span: Span,
    fields: &'y [(Key, Yaml)],
}

impl<'y> Reader<'y> {
    fn new(model: &'y Model, found: &Found) -> Self {
        let facts = Facts {
            pool: model.pool.clone(),
            ..Facts::default()
        };
        Self {
            model,
            names: Names::of(&facts, model),
            facts,
            found: Found::default(),
            reported: found.iter().filter_map(|d| Some(d.labels.first()?.span)).collect(),
            left_out: HashSet::new(),
            nodes: Vec::new(),
            users: Vec::new(),
            groups: Vec::new(),
            custom: Vec::new(),
            nesting: Nesting::default(),
        }
    }
}
