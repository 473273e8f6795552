//! What each role gives, line by line, with the texts of its rows made once.
//!
//! A [`Sheet`] is for one [`Basis`] and one type of place. Most lines are settled when the sheet is made
//! ([`Line::fixed`]); only those that stand under a prohibition, or whose conditions the place or the user settles, are
//! asked again for every holding.

use std::collections::HashMap;

use super::format::{Ending, Format};
use super::zone::{Zone, Zones, parties};
use crate::eval::delegated_grants::{ExtraWay, Terms};
use crate::eval::org::Org;
use crate::model::permission::{PermId, Permission};
use crate::model::value::Tri;
use crate::model::{Model, Reach, RoleId, Rule, TypeId, Who};
use crate::table::grid::Clause;
use crate::table::{Table, Way};

/// By what somebody has permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Basis {
    /// A role, of the policy or of a tenant, or a single grant by its number.
    Role(RoleId),
    /// `everyone can`, in the accounts of which he is a member.
    Everyone,
    /// `everyone can … anywhere`
    EveryoneAnywhere,
    /// `anyone can`
    Anyone,
}

/// One permission that comes with a basis, by one rule.
pub(super) struct Line<'a> {
    pub(super) permission: PermId,
    pub(super) rule: &'a Rule,
    pub(super) zone: Zone,
    /// Whether it gives, as far as only the rule says so; `None` if the holding and the place must be looked at.
    pub(super) own: Option<Tri>,
    /// The same with all prohibitions.
    pub(super) fixed: Option<bool>,
    /// With whom it works, where data hands it out and it does not work with everybody.
    pub(super) entitled: Option<&'a Terms>,
    /// Its terms, less the reach.
    pub(super) terms: String,
    /// How its rows end.
    pub(super) ending: Ending,
}

/// What a basis gives at a type of place.
#[derive(Default)]
pub(super) struct Sheet<'a> {
    pub(super) lines: Vec<Line<'a>>,
    /// How many permissions can never reach anything from there.
    pub(super) idle: u64,
    /// How many lie beyond what anybody may grant there.
    pub(super) beyond: u64,
}

/// All sheets of an organisation; those of single grants are made when they are met.
pub(super) struct Sheets<'a> {
    maker: Maker<'a>,
    all: HashMap<(Basis, Option<TypeId>), Sheet<'a>>,
}

/// What sheets are made from.
struct Maker<'a> {
    table: &'a Table,
    org: &'a Org<'a>,
    format: Format,
    zones: Zones<'a>,
    granted: HashMap<RoleId, Vec<Given<'a>>>,
    extra: HashMap<RoleId, Vec<Given<'a>>>,
    public: Vec<Given<'a>>,
}

/// A permission by a rule.
#[derive(Clone, Copy)]
struct Given<'a> {
    permission: PermId,
    rule: &'a Rule,
    entitled: Option<&'a Terms>,
}

/// The same with its terms as the author writes them, less the reach.
struct Told<'a> {
    given: Given<'a>,
    terms: String,
    /// What it is about is an account that the rule names: its own record is reached from outside.
    named: bool,
}

impl Told<'_> {
    /// True if another rule of the same basis gives all that this one gives; of two that give the same, the first is told.
    fn is_said_by(&self, before: &[Self], after: &[Self]) -> bool {
        let covers = |a: &Self, b: &Self| {
            let (one, other) = (a.given, b.given);
            let alike = one.rule.reach == other.rule.reach && one.entitled == other.entitled && a.named >= b.named;
            alike && (a.terms.is_empty() || a.terms == b.terms)
        };
        before.iter().any(|other| covers(other, self))
            || after.iter().any(|other| covers(other, self) && !covers(self, other))
    }
}

impl<'a> Sheets<'a> {
    pub(super) fn new(table: &'a Table, org: &'a Org<'a>, format: Format) -> Self {
        let maker = Maker::new(table, org, format);
        let model = table.model();
        let roles = model
            .role_ids()
            .map(|role| (Basis::Role(role), Some(model.role(role).ty)));
        let custom = org.facts.custom.iter().enumerate().flat_map(|(ix, custom)| {
            let role = RoleId(u32::try_from(model.roles.len() + ix).unwrap_or(u32::MAX));
            custom.rules.iter().map(move |(ty, _)| (Basis::Role(role), Some(*ty)))
        });
        let everyone = model
            .type_ids()
            .filter(|&ty| model.ty(ty).kind.is_place())
            .map(|ty| (Basis::Everyone, Some(ty)));
        let all = [(Basis::EveryoneAnywhere, None), (Basis::Anyone, None)];
        let keys = roles.chain(custom).chain(everyone).chain(all);
        let sheets = keys.map(|(basis, ty)| ((basis, ty), maker.sheet(basis, ty)));
        Self {
            all: sheets.collect(),
            maker,
        }
    }

    /// The sheet of a basis, or one made for this single grant.
    pub(super) fn of<'s>(&'s self, basis: Basis, ty: Option<TypeId>, made: &'s mut Sheet<'a>) -> &'s Sheet<'a> {
        if let Some(sheet) = self.all.get(&(basis, ty)) {
            return sheet;
        }
        *made = self.maker.sheet(basis, ty);
        made
    }

    /// What is known of types.
    pub(super) const fn zones(&self) -> &Zones<'a> {
        &self.maker.zones
    }

    /// True if some rule is for everyone in his accounts.
    pub(super) fn has_everyone(&self) -> bool {
        self.maker
            .public
            .iter()
            .any(|given| basis_of(given.rule) == Basis::Everyone)
    }
}

impl<'a> Maker<'a> {
    fn new(table: &'a Table, org: &'a Org<'a>, format: Format) -> Self {
        let mut maker = Maker {
            table,
            org,
            format,
            zones: Zones::new(table.model()),
            granted: HashMap::new(),
            extra: HashMap::new(),
            public: Vec::new(),
        };
        for (permission, _) in table.model().permissions.iter() {
            for way in &table.row(permission).grants {
                let rule = table.model().rule(way.rule);
                let given = Given {
                    permission,
                    rule,
                    entitled: None,
                };
                match way.role {
                    Some(role) => maker.granted.entry(role).or_default().push(given),
                    None => maker.public.push(given),
                }
            }
            for way in org.extra.ways(permission) {
                maker
                    .extra
                    .entry(way.role)
                    .or_default()
                    .push(extra(org, permission, way));
            }
        }
        maker
    }

    fn sheet(&self, basis: Basis, ty: Option<TypeId>) -> Sheet<'a> {
        let given: Vec<Given<'a>> = match basis {
            Basis::Role(role) => {
                let fits = |given: &&Given<'a>| Some(&given.rule.who) == ty.map(Who::Holders).as_ref();
                let extra = self.extra.get(&role).into_iter().flatten().filter(fits);
                self.granted
                    .get(&role)
                    .into_iter()
                    .flatten()
                    .chain(extra)
                    .copied()
                    .collect()
            }
            _ => self
                .public
                .iter()
                .filter(|given| basis_of(given.rule) == basis)
                .copied()
                .collect(),
        };
        let mut sheet = Sheet {
            beyond: self.beyond(basis, ty, given.len()),
            ..Sheet::default()
        };
        for of_one in given.chunk_by(|a, b| a.permission == b.permission) {
            let (possible, idle): (Vec<_>, Vec<_>) = of_one
                .iter()
                .partition(|given| self.zones.is_possible(given.rule, given.permission, ty));
            sheet.idle += idle.len() as u64;
            let told: Vec<Told<'a>> = possible.into_iter().map(|given| self.told(given)).collect();
            let lines = told
                .iter()
                .enumerate()
                .filter(|&(ix, one)| !one.is_said_by(&told[..ix], &told[ix + 1..]));
            sheet.lines.extend(lines.map(|(_, one)| self.line(one, ty)));
        }
        sheet
    }

    /// How many permissions a text of the facts names that it does not give.
    fn beyond(&self, basis: Basis, ty: Option<TypeId>, given: usize) -> u64 {
        let Basis::Role(role) = basis else { return 0 };
        let model = self.table.model();
        let Some(number) = role.ix().checked_sub(model.roles.len()) else {
            return 0;
        };
        let facts = &self.org.facts;
        let named: usize = match facts.custom_role(model, role) {
            Some(custom) => {
                let rules = custom.rules.iter().filter(|(at, _)| Some(*at) == ty);
                rules.map(|(_, rule)| rule.permissions.len()).sum()
            }
            None => facts
                .grants
                .get(number - facts.custom.len())
                .map_or(0, |grant| grant.rule.permissions.len()),
        };
        named.saturating_sub(given) as u64
    }

    fn told(&self, given: Given<'a>) -> Told<'a> {
        let mut clause = Clause::of(self.table.model(), given.rule);
        clause.reach = None;
        Told {
            given,
            terms: clause.terms(),
            named: self.zones.is_named(given.rule, given.permission),
        }
    }

    fn line(&self, told: &Told<'a>, ty: Option<TypeId>) -> Line<'a> {
        let given = &told.given;
        let zone = self.zones.of(given.rule, given.permission, ty);
        let own = self.own(given, zone);
        let model = self.table.model();
        let reach = match given.rule.reach {
            Reach::Below if zone.all => Reach::Anywhere,
            reach => reach,
        };
        let permission = permission_in_words(model, given.permission);
        let ending = Ending::new(self.format, &permission, &reach_in_words(model, reach), &told.terms);
        let free = self.table.row(given.permission).prohibitions.is_empty();
        let simple = free && given.entitled.is_none() && !matches!(given.rule.reach, Reach::Across(_));
        Line {
            permission: given.permission,
            rule: given.rule,
            zone,
            own,
            fixed: own.filter(|_| simple).map(|own| own == Tri::True),
            entitled: given.entitled,
            terms: told.terms.clone(),
            ending,
        }
    }

    fn own(&self, given: &Given<'_>, zone: Zone) -> Option<Tri> {
        let rule = given.rule;
        let administrative = self.table.model().permissions.get(given.permission).is_administrative();
        let conditional = !rule.relation.is_empty() || rule.when.is_some() || rule.unless.is_some();
        let open = self.zones.settles_some(rule, zone);
        match (parties(rule, administrative, true), conditional) {
            (Tri::True, false) if administrative && parties(rule, true, false) != Tri::True => None,
            (truth, false) => Some(truth),
            (_, true) if open => None,
            (_, true) => Some(Tri::Unknown),
        }
    }
}

fn extra<'a>(org: &'a Org<'a>, permission: PermId, way: &'a ExtraWay) -> Given<'a> {
    Given {
        permission,
        rule: org.extra.rule(way),
        entitled: (!way.terms.are_open()).then_some(&way.terms),
    }
}

fn basis_of(rule: &Rule) -> Basis {
    match (&rule.who, rule.reach) {
        (Who::Everyone, Reach::Anywhere) => Basis::EveryoneAnywhere,
        (Who::Everyone, _) => Basis::Everyone,
        _ => Basis::Anyone,
    }
}

/// `edit Tender`, `give member at Entity`
pub(super) fn permission_in_words(model: &Model, id: PermId) -> String {
    let shown = model.show_permission(id);
    match model.permissions.get(id) {
        Permission::AddMember(_) | Permission::RemoveMember(_) => format!("{shown} at {}", model.show_target(id)),
        _ => shown,
    }
}

pub(super) fn reach_in_words(model: &Model, reach: Reach) -> String {
    match reach {
        Reach::Below => "and below".to_owned(),
        other => model.show_reach(other),
    }
}

/// A prohibition in words, as a condition on what it may prohibit: `nobody but Lead when tender.closed`.
pub(super) fn prohibition_in_words(table: &Table, way: Way) -> String {
    let model = table.model();
    let terms = Clause::of(model, model.rule(way.rule)).terms();
    match way.role {
        Some(role) => format!("{} never {terms}", model.show_role(role)),
        None => format!("nobody {}", if terms.is_empty() { "at all" } else { &terms }),
    }
    .trim_end()
    .to_owned()
}
