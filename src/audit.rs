//! The access review: every permission that every user has, where he has it and by what, a row each.
//!
//! 1. [`Audit::new`] makes a sheet for each role: its permissions, with the text of each row but for user and place.
//! 2. [`Audit::opening`] and [`Audit::account`] walk an organisation account by account, user by user, holding by holding,
//!    and copy the sheets to [`Rows`]; of what is written nothing is kept.
//! 3. [`Audit::summary`] walks the same way and counts instead ([`summary`]).
//! 4. [`mod@file`] writes beside the file that is asked for, and knows which accounts stand there already.
//!
//! A row is about a *holding and what it reaches*, not about each thing below: its decision is `allow` if the evaluator
//! allows all of that, and `depends` if a condition, a relation or a prohibition decides case by case. What is denied
//! all over is no row.

mod bars;
mod behind;
mod chunk;
mod columns;
mod derived;
pub mod file;
mod format;
mod groups;
mod names;
mod rows;
mod sheet;
pub mod summary;
mod users;
mod writer;
mod zone;

use std::io;

use crate::eval::Eval;
use crate::eval::condition::Scope;
use crate::eval::org::{Entry, Org, Source, running};
use crate::eval::{Request, Target};
use crate::model::permission::PermId;
use crate::model::value::{NodeId, Tri, UserId, Value};
use crate::model::{Effect, NOW, RoleId};
use crate::table::{Table, Way};

pub use format::Format;
pub use rows::Rows;

use bars::{Bar, Case};
use derived::AllDerived;
use names::Names;
use sheet::{Basis, Line, Sheet, Sheets};
use users::Users;

/// What is audited, at which moment.
struct Ground<'a> {
    table: &'a Table,
    org: &'a Org<'a>,
    context: Vec<Value>,
    derived: AllDerived,
}

impl Ground<'_> {
    fn now(&self) -> Value {
        crate::eval::org::now(&self.context)
    }

    fn request(&self, user: Option<UserId>, permission: PermId, target: Target) -> Request<'_> {
        Request {
            user,
            permission,
            target,
            recipient: None,
            context: &self.context,
            given: &[],
            pool: &self.org.facts.pool,
        }
    }
}

/// By what somebody has permissions, and from where.
#[derive(Debug, Clone, Copy)]
struct Held<'a> {
    basis: Basis,
    /// Where; `None` for rules that are for all, anywhere.
    node: Option<NodeId>,
    /// The holding, where it is one of the facts.
    entry: Option<&'a Entry>,
    /// To what degree it is held, its window left aside.
    truth: Tri,
}

impl Held<'_> {
    /// The word for all users, where it is not about one.
    fn all(&self) -> Option<&'static str> {
        match (self.node, self.basis) {
            (Some(_), _) => None,
            (None, Basis::Anyone) => Some("anyone"),
            (None, _) => Some("everyone"),
        }
    }
}

/// Why a permission that somebody seems to have is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dropped {
    /// A prohibition takes all of it.
    Prohibited,
    /// The condition of the rule is false for all of it.
    Condition,
    /// The holding has ended.
    Ended,
    /// The holding has not begun.
    NotBegun,
    /// Whether a derived role is held is not known.
    Unknown,
    /// Whoever has the single grant has no longer a role to which it may be granted.
    NotEntitled,
    /// Nobody may grant it there.
    Beyond,
    /// Nothing that it is about can lie within reach.
    OutOfReach,
}

/// One who is told of what is found.
trait Taker<'a> {
    /// What follows is about this user in this account.
    fn begin(&mut self, account: Option<NodeId>, user: Option<UserId>);
    /// What follows comes by this.
    fn held(&mut self, held: &Held<'a>);
    /// A permission, allowed or depending on its rule's terms and on these prohibitions.
    fn row(&mut self, line: &Line<'_>, allowed: bool, perhaps: &[Way]);
    /// So many permissions that are no rows.
    fn dropped(&mut self, why: Dropped, count: u64);
    /// All about this user in this account has been told.
    fn end(&mut self) -> io::Result<()>;
}

/// An organisation ready to be audited.
pub struct Audit<'a> {
    ground: Ground<'a>,
    sheets: Sheets<'a>,
    users: Users,
    barring: Vec<bool>,
    names: Names,
}

impl<'a> Audit<'a> {
    /// Prepares an audit at a moment.
    #[must_use]
    pub fn new(table: &'a Table, org: &'a Org<'a>, now: Value, format: Format) -> Self {
        let mut context = org.facts.context.clone();
        context.resize(table.model().context.len(), Value::Missing);
        if context[NOW] == Value::Missing {
            context[NOW] = now;
        }
        let derived = AllDerived::new(table, org, &context);
        let sheets = Sheets::new(table, org, format);
        let model = table.model();
        let forbids = |role: RoleId| {
            let mut rules = model.role(role).rules.iter();
            rules.any(|copied| model.rule(copied.rule).effect == Effect::Prohibit)
        };
        let ground = Ground {
            table,
            org,
            context,
            derived,
        };
        Self {
            users: Users::new(org, &ground.derived, sheets.has_everyone(), ground.now()),
            barring: model.role_ids().map(forbids).collect(),
            names: Names::new(&ground),
            ground,
            sheets,
        }
    }

    /// The accounts in the order of the facts.
    #[must_use]
    pub fn accounts(&self) -> &[NodeId] {
        self.users.accounts()
    }

    /// How many users have something in an account: the measure of how long it takes.
    #[must_use]
    pub fn size(&self, account: NodeId) -> usize {
        self.users.of(account).len()
    }

    /// Writes the heading and the rows that stand above all accounts: what is for everybody, anywhere.
    ///
    /// # Errors
    ///
    /// Those of writing, of these rows or of any before them.
    pub fn opening(&self, rows: &mut Rows) -> io::Result<()> {
        rows.begin();
        rows.take(self, None, &mut |_| {})
    }

    /// Writes the rows of one account; `progress` is told how many users are done.
    ///
    /// # Errors
    ///
    /// Those of writing, of these rows or of any before them.
    pub fn account(&self, account: NodeId, rows: &mut Rows, progress: &mut dyn FnMut(usize)) -> io::Result<()> {
        rows.take(self, Some(account), progress)
    }

    /// Tells of an account, or of what stands above all accounts.
    fn walk(
        &self,
        account: Option<NodeId>,
        taker: &mut impl Taker<'a>,
        progress: &mut dyn FnMut(usize),
    ) -> io::Result<()> {
        match account {
            Some(account) => self.walk_account(account, taker, progress),
            None => self.walk_opening(taker),
        }
    }

    fn walk_opening(&self, taker: &mut impl Taker<'a>) -> io::Result<()> {
        for basis in [Basis::EveryoneAnywhere, Basis::Anyone] {
            taker.begin(None, None);
            let (node, entry, truth) = (None, None, Tri::True);
            let held = Held {
                basis,
                node,
                entry,
                truth,
            };
            self.one(None, &held, &[], taker);
            taker.end()?;
        }
        Ok(())
    }

    fn walk_account(
        &self,
        account: NodeId,
        taker: &mut impl Taker<'a>,
        progress: &mut dyn FnMut(usize),
    ) -> io::Result<()> {
        let mut all = Vec::new();
        for chunk in self.users.of(account).chunks(PROGRESS) {
            for &user in chunk {
                self.gather(user, account, &mut all);
                let bars = self.bars(user);
                taker.begin(Some(account), Some(user));
                for held in &all {
                    self.one(Some(user), held, &bars, taker);
                }
                taker.end()?;
            }
            progress(chunk.len());
        }
        Ok(())
    }

    /// All that a user holds in an account, sorted by node as far as it is stated.
    fn gather(&self, user: UserId, account: NodeId, all: &mut Vec<Held<'a>>) {
        all.clear();
        let org = self.ground.org;
        if self.sheets.has_everyone() && self.belongs(user, account) == Tri::True {
            all.push(Held {
                basis: Basis::Everyone,
                node: Some(account),
                entry: None,
                truth: Tri::True,
            });
        }
        let entries = org
            .entries(user)
            .iter()
            .filter(|entry| org.account(entry.node) == account);
        all.extend(entries.map(|entry| Held {
            basis: Basis::Role(entry.role),
            node: Some(entry.node),
            entry: Some(entry),
            truth: Tri::True,
        }));
        let derived = self
            .ground
            .derived
            .of(user)
            .filter(|held| org.account(held.node) == account);
        all.extend(derived.map(|held| Held {
            basis: Basis::Role(held.role),
            node: Some(held.node),
            entry: None,
            truth: held.truth,
        }));
    }

    /// To what degree a user is a member of some place in an account.
    fn belongs(&self, user: UserId, account: NodeId) -> Tri {
        let org = self.ground.org;
        let places = org.memberships(user);
        let here = places.filter(|(place, _)| org.kind(*place).is_place() && org.account(*place) == account);
        here.map(|(_, window)| running(window, self.ground.now()))
            .max()
            .unwrap_or(Tri::False)
    }

    /// The roles of a user that forbid something.
    fn bars(&self, user: UserId) -> Vec<Bar<'a>> {
        if !self.barring.contains(&true) {
            return Vec::new();
        }
        let forbids = |role: RoleId| self.barring.get(role.ix()) == Some(&true);
        let entries = self.ground.org.entries(user).iter().filter(|entry| forbids(entry.role));
        let stated = entries.map(|entry| Bar {
            role: entry.role,
            node: entry.node,
            entry: Some(entry),
            truth: Tri::True,
        });
        let derived = self.ground.derived.of(user).filter(|held| forbids(held.role));
        let derived = derived.map(|held| Bar {
            role: held.role,
            node: held.node,
            entry: None,
            truth: held.truth,
        });
        stated.chain(derived).collect()
    }

    /// Tells of all that comes by one holding.
    fn one(&self, user: Option<UserId>, held: &Held<'a>, bars: &[Bar<'a>], taker: &mut impl Taker<'a>) {
        taker.held(held);
        let mut made = Sheet::default();
        let ty = held.node.map(|node| self.ground.org.ty(node));
        let sheet = self.sheets.of(held.basis, ty, &mut made);
        if let Some(why) = self.stopped(held) {
            taker.dropped(why, sheet.lines.len() as u64);
            return;
        }
        taker.dropped(Dropped::OutOfReach, sheet.idle);
        taker.dropped(Dropped::Beyond, sheet.beyond);
        let mut perhaps = Vec::new();
        for line in &sheet.lines {
            if let Some(allowed) = line.fixed {
                taker.row(line, allowed, &[]);
                continue;
            }
            perhaps.clear();
            match self.judge(user, held, line, bars, &mut perhaps) {
                Ok(allowed) => taker.row(line, allowed, &perhaps),
                Err(why) => taker.dropped(why, 1),
            }
        }
    }

    /// Why a holding gives nothing now.
    fn stopped(&self, held: &Held<'_>) -> Option<Dropped> {
        let Some(entry) = held.entry else {
            return (held.truth != Tri::True).then_some(Dropped::Unknown);
        };
        let org = self.ground.org;
        match (org.runs(entry, self.ground.now()), self.ground.now()) {
            (Tri::True, _) => None,
            (_, Value::Time(second)) if second < org.window(entry).from => Some(Dropped::NotBegun),
            (Tri::False, _) => Some(Dropped::Ended),
            (Tri::Unknown, _) => Some(Dropped::Unknown),
        }
    }

    /// True if all that a line gives is allowed, false if it depends; an error if nothing of it is.
    fn judge(
        &self,
        user: Option<UserId>,
        held: &Held<'a>,
        line: &Line<'a>,
        bars: &[Bar<'a>],
        perhaps: &mut Vec<Way>,
    ) -> Result<bool, Dropped> {
        let root = bars::root(&self.ground, line, held.node).map_err(|()| Dropped::OutOfReach)?;
        let request = self.ground.request(user, line.permission, bars::target(root));
        let eval = Eval {
            table: self.ground.table,
            org: self.ground.org,
            request: &request,
        };
        let own = line.own.unwrap_or_else(|| self.own(&eval, line, held, root));
        if own == Tri::False {
            return Err(Dropped::Condition);
        }
        if let (Some(user), Some(entry), Some(terms)) = (user, held.entry, line.entitled)
            && eval.is_entitled(user, entry, terms) != Tri::True
        {
            return Err(Dropped::NotEntitled);
        }
        let case = Case {
            ground: &self.ground,
            zones: self.sheets.zones(),
            eval: &eval,
            line,
            user,
            root,
            held,
            bars,
        };
        match case.prohibited(perhaps) {
            Tri::True => Err(Dropped::Prohibited),
            prohibited => Ok(own.min(prohibited.negate()) == Tri::True),
        }
    }

    /// Whether a rule's own terms hold for all that it reaches.
    fn own(&self, eval: &Eval<'_>, line: &Line<'_>, held: &Held<'_>, root: Option<NodeId>) -> Tri {
        let scope = Scope {
            here: held.node.filter(|_| held.basis != Basis::Everyone),
            entry: held.entry,
        };
        let permissions = &self.ground.table.model().permissions;
        let administrative = permissions.get(line.permission).is_administrative();
        let somebody = root.is_some_and(|root| self.users.has_members(self.ground.org, root));
        let parties = zone::parties(line.rule, administrative, somebody);
        parties.min(self.sheets.zones().truth(eval, line.rule, scope, line.zone))
    }
}

/// How many users are done between two reports of progress.
const PROGRESS: usize = 1024;

/// True for a single grant.
const fn is_single(source: Source) -> bool {
    matches!(source, Source::Grant(_))
}
