//! Nodes, users and holdings as a snapshot keeps them. Values are kept apart, as most are shared
//! ([`crate::snapshot`]).

use super::{Node, Places, User, Values};
use crate::model::TypeId;
use crate::model::value::NodeId;
use crate::packed::{Block, Reader, Record};
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

/// Holdings, of which few have terms: these stand behind the others, each with the number of its holding.
pub(super) mod holdings {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::facts::{Holding, Subject, Terms};
    use crate::model::RoleId;
    use crate::model::value::{GroupId, NodeId, UserId};
    use crate::packed::{self, Block, Reader, Record};
    use crate::source::Span;

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

    #[derive(Serialize)]
    struct Kept<'k> {
        #[serde(serialize_with = "packed::serialize")]
        all: &'k [Holding],
        terms: Vec<(usize, &'k Terms)>,
    }

    #[derive(Deserialize)]
    struct Read {
        #[serde(deserialize_with = "packed::deserialize")]
        all: Vec<Holding>,
        terms: Vec<(usize, Box<Terms>)>,
    }

    pub(in crate::facts) fn serialize<S: Serializer>(all: &[Holding], serializer: S) -> Result<S::Ok, S::Error> {
        let with_terms = all.iter().enumerate();
        let terms = with_terms.filter_map(|(ix, holding)| Some((ix, &**holding.terms.as_ref()?)));
        let terms = terms.collect();
        Kept { all, terms }.serialize(serializer)
    }

    pub(in crate::facts) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Holding>, D::Error> {
        let Read { mut all, terms } = Read::deserialize(deserializer)?;
        for (ix, terms) in terms {
            let holding = all.get_mut(ix).ok_or_else(|| D::Error::custom("terms of no holding"))?;
            holding.terms = Some(terms);
        }
        Ok(all)
    }
}
