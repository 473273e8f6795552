//! Nodes, users and holdings as a snapshot keeps them. Values are kept apart, as most are shared
//! ([`crate::snapshot`]).

use serde::{Deserialize, Serialize};

use super::{Holding, Node, Places, Subject, Terms, User, Values};
use crate::model::value::{GroupId, NodeId, UserId};
use crate::model::{RoleId, TypeId};
use crate::packed::{self, Block, Reader, Record};
use crate::source::Span;

impl Record for Node {
    fn write(&self, to: &mut Block) {
        to.text(&self.id);
        to.word(self.ty.0);
        to.word(self.container.map_or(NOWHERE, |container| container.0));
        self.span.write(to);
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            id: from.text()?.into(),
            ty: TypeId(from.word()?),
            container: Some(from.word()?).filter(|&word| word != NOWHERE).map(NodeId),
            values: Values::default(),
            span: Span::read(from)?,
        })
    }
}

/// Stands for no node: an organisation has fewer.
const NOWHERE: u32 = u32::MAX;

impl Record for User {
    fn write(&self, to: &mut Block) {
        to.text(&self.id);
        to.word(self.ty.0);
        self.span.write(to);
        to.word(u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        self.places.iter().for_each(|place| to.word(place.0));
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            id: from.text()?.into(),
            ty: TypeId(from.word()?),
            values: Values::default(),
            span: Span::read(from)?,
            places: places(from)?,
        })
    }
}

#[inline]
fn places(from: &mut Reader<'_>) -> Option<Places> {
    let count = from.word()?;
    (0..count).map(|_| from.word().map(NodeId)).collect()
}

impl Record for Holding {
    fn write(&self, to: &mut Block) {
        let (group, subject) = match self.subject() {
            Subject::User(user) => (0, user.0),
            Subject::Group(group) => (1, group.0),
        };
        to.words([self.role.0 << 1 | group, subject, self.node.0]);
        self.span.write(to);
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let (role, subject, node) = (from.word()?, from.word()?, NodeId(from.word()?));
        let subject = match role & 1 {
            0 => Subject::User(UserId(subject)),
            _ => Subject::Group(GroupId(subject)),
        };
        Some(Self::new(subject, RoleId(role >> 1), node, Span::read(from)?))
    }
}

/// The users of an organisation, to be written.
#[derive(Serialize)]
pub(crate) struct Users<'f>(#[serde(serialize_with = "packed::serialize")] pub(crate) &'f [User]);

/// The same, read.
#[derive(Deserialize)]
pub(crate) struct ReadUsers(#[serde(deserialize_with = "packed::deserialize")] pub(crate) Vec<User>);

/// The holdings of an organisation, to be written. Few have terms: these stand behind the others, each with the number of
/// its holding.
#[derive(Serialize)]
pub(crate) struct Holdings<'f> {
    #[serde(serialize_with = "packed::serialize")]
    all: &'f [Holding],
    terms: Vec<(usize, &'f Terms)>,
}

/// The same, read.
#[derive(Deserialize)]
pub(crate) struct ReadHoldings {
    #[serde(deserialize_with = "packed::deserialize")]
    all: Vec<Holding>,
    terms: Vec<(usize, Box<Terms>)>,
}

impl<'f> Holdings<'f> {
    pub(crate) fn of(all: &'f [Holding]) -> Self {
        let with_terms = all.iter().enumerate();
        let terms = with_terms.filter_map(|(ix, holding)| Some((ix, &**holding.terms.as_ref()?)));
        Self {
            all,
            terms: terms.collect(),
        }
    }
}

impl ReadHoldings {
    /// Them with their terms; `None` if there are terms of no holding.
    pub(crate) fn whole(self) -> Option<Vec<Holding>> {
        let Self { mut all, terms } = self;
        for (ix, terms) in terms {
            all.get_mut(ix)?.terms = Some(terms);
        }
        Some(all)
    }
}
