//! The verdicts on rules, permissions and roles, as sentences about the patterns seen.

use rolebook::model::permission::PermId;
use rolebook::model::value::Tri;
use rolebook::model::{ConstraintKind, Effect, PromiseKind, Reach, RoleId, Who};

use crate::evidence::{Evidence, Pattern, Seen};
use crate::small::Small;

/// What is wrong with a rule text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Verdict {
    Dead,
    Overridden,
    Vacuous,
    Shadowed,
    Joint,
    Equivalent,
}

impl Verdict {
    pub(crate) const ALL: [Self; 6] = [
        Self::Dead,
        Self::Overridden,
        Self::Vacuous,
        Self::Shadowed,
        Self::Joint,
        Self::Equivalent,
    ];

    /// The linter's code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Dead => "dead-rule",
            Self::Overridden => "overridden-grant",
            Self::Vacuous => "vacuous-prohibition",
            Self::Shadowed => "shadowed-rule",
            Self::Joint => "jointly-redundant-rule",
            Self::Equivalent => "equivalent-rules",
        }
    }
}

/// A policy and what was seen of it.
pub(crate) struct Judge<'j> {
    pub(crate) small: &'j Small,
    pub(crate) evidence: &'j Evidence,
}

impl Judge<'_> {
    fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.evidence.patterns.keys()
    }

    /// A grant is true, a prohibition is not false.
    fn applies(&self, text: usize, pattern: &Pattern) -> bool {
        match self.small.texts[text].effect {
            Effect::Grant => pattern.truths.get(text) == Tri::True,
            Effect::Prohibit => pattern.truths.get(text) != Tri::False,
        }
    }

    /// It applies, and nothing of the other effect makes that void.
    fn works(&self, text: usize, pattern: &Pattern) -> bool {
        let open = match self.small.texts[text].effect {
            Effect::Grant => pattern.truths.side(self.small, Effect::Prohibit, &[]) == Tri::False,
            Effect::Prohibit => pattern.truths.side(self.small, Effect::Grant, &[]) == Tri::True,
        };
        open && self.applies(text, pattern)
    }

    /// Whenever the one works, the other applies.
    fn covers(&self, by: usize, text: usize) -> bool {
        let same = by != text && self.small.texts[by].effect == self.small.texts[text].effect;
        same && self.patterns().all(|p| !self.works(text, p) || self.applies(by, p))
    }

    fn changes(&self, text: usize) -> bool {
        self.patterns().any(|p| p.changed >> text & 1 == 1)
    }

    /// A decision is another without a text and some others.
    pub(crate) fn changes_with(&self, gone: &[usize], text: usize) -> bool {
        let all = [gone, &[text]].concat();
        let decide = |p: &Pattern, but: &[usize]| p.truths.decide(self.small, but) == Tri::True;
        self.patterns().any(|p| decide(p, &all) != decide(p, &[]))
    }

    /// What is to be said of a rule text.
    pub(crate) fn of_text(&self, text: usize) -> Option<Verdict> {
        if !self.patterns().any(|p| self.applies(text, p)) {
            return Some(Verdict::Dead);
        }
        if !self.patterns().any(|p| self.works(text, p)) {
            return Some(match self.small.texts[text].effect {
                Effect::Grant => Verdict::Overridden,
                Effect::Prohibit => Verdict::Vacuous,
            });
        }
        if self.changes(text) {
            return None;
        }
        let covers: Vec<usize> = (0..self.small.texts.len())
            .filter(|&by| self.covers(by, text))
            .collect();
        if covers.iter().any(|&by| !self.covers(text, by)) {
            return Some(Verdict::Shadowed);
        }
        match covers.first() {
            Some(&first) => (first < text).then_some(Verdict::Equivalent),
            None => Some(Verdict::Joint),
        }
    }

    /// Where a verdict on a rule text is seen to be wrong.
    pub(crate) fn against(&self, text: usize, verdict: Verdict) -> Option<&Seen> {
        let speaks = |p: &Pattern| match verdict {
            Verdict::Dead => self.applies(text, p),
            Verdict::Overridden | Verdict::Vacuous => self.works(text, p),
            Verdict::Shadowed | Verdict::Joint | Verdict::Equivalent => p.changed >> text & 1 == 1,
        };
        self.evidence
            .patterns
            .iter()
            .find(|(p, _)| speaks(p))
            .map(|(_, seen)| seen)
    }

    fn allowed(&self, permission: PermId) -> impl Iterator<Item = (bool, bool)> {
        let of = self.patterns().filter(move |p| p.permission == permission);
        of.map(|p| (p.signed_in, p.truths.decide(self.small, &[]) == Tri::True))
    }

    /// Permissions of which rules speak, and that are never allowed; those apart of which a rule says just this.
    pub(crate) fn never(&self) -> Vec<PermId> {
        let row = |id: PermId| self.small.table.row(id);
        let spoken =
            |id: &PermId| !row(*id).grants.is_empty() || !row(*id).prohibitions.is_empty() || self.is_handed(*id);
        let ids = self.ordinary().filter(spoken);
        ids.filter(|&id| !self.allowed(id).any(|(_, yes)| yes) && !self.is_said(id, false))
            .collect()
    }

    /// Permissions that every signed-in caller has, always; those apart of which a rule says just this.
    pub(crate) fn always(&self) -> Vec<PermId> {
        let always = |id: &PermId| {
            let seen = self.allowed(*id).next().is_some();
            seen && self.allowed(*id).all(|(signed, yes)| yes || !signed) && !self.is_said(*id, true)
        };
        self.ordinary().filter(always).collect()
    }

    /// Somebody may be allowed it.
    pub(crate) fn is_ever(&self, id: PermId) -> bool {
        self.allowed(id).any(|(_, yes)| yes)
    }

    fn ordinary(&self) -> impl Iterator<Item = PermId> {
        let all = self.small.model().permissions.iter();
        all.filter(|(_, permission)| !permission.is_administrative())
            .map(|(id, _)| id)
    }

    fn is_handed(&self, id: PermId) -> bool {
        self.small.matter.granted.contains(&id)
    }

    /// A rule for all says so without a condition.
    fn is_said(&self, id: PermId, allowed: bool) -> bool {
        let model = self.small.model();
        let row = self.small.table.row(id);
        row.grants
            .iter()
            .chain(&row.prohibitions)
            .map(|way| model.rule(way.rule))
            .any(|rule| {
                let all = match &rule.who {
                    Who::Nobody(but) => but.is_empty() && !allowed,
                    Who::Anyone | Who::Everyone => allowed,
                    Who::Holders(_) => false,
                };
                let bare =
                    rule.relation.is_empty() && rule.when.is_none() && rule.unless.is_none() && !rule.except_self;
                all && bare && matches!(rule.reach, Reach::Below | Reach::Anywhere)
            })
    }

    /// The permissions that the rules of a role give.
    fn given_by(&self, role: RoleId) -> Vec<PermId> {
        let gives = |id: &PermId| {
            self.small
                .table
                .row(*id)
                .grants
                .iter()
                .any(|way| way.role == Some(role))
        };
        self.small
            .model()
            .permissions
            .iter()
            .map(|(id, _)| id)
            .filter(gives)
            .collect()
    }

    /// Both are given by hand at nodes of one type, both give something, and `more` all that `less` does.
    fn is_wider(&self, more: RoleId, less: RoleId) -> bool {
        let (many, few) = (self.given_by(more), self.given_by(less));
        !few.is_empty() && few.iter().all(|id| many.contains(id)) && self.evidence.alone.contains(more, less, false)
    }

    /// Roles that give the same as one declared before, or less than another that does not extend them.
    pub(crate) fn roles(&self) -> Vec<(RoleId, &'static str)> {
        let model = self.small.model();
        let all: Vec<RoleId> = self.small.given().collect();
        let alike = |a: RoleId, b: RoleId| a != b && model.role(a).ty == model.role(b).ty;
        let pairs = all
            .iter()
            .flat_map(|&a| all.iter().map(move |&b| (a, b)))
            .filter(|&(a, b)| alike(a, b));
        let mut found: Vec<(RoleId, &'static str)> = pairs
            .filter_map(
                |(role, other)| match (self.is_wider(other, role), self.is_wider(role, other)) {
                    (true, true) if other < role && !self.is_told_apart(role, other) => {
                        Some((role, "equivalent-roles"))
                    }
                    (true, false) if !self.extends(other, role) => Some((role, "contained-roles")),
                    _ => None,
                },
            )
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn extends(&self, heir: RoleId, base: RoleId) -> bool {
        let parents = &self.small.model().role(heir).parents;
        heir == base || parents.iter().any(|(parent, _)| self.extends(*parent, base))
    }

    /// An exclusion speaks of one of them only.
    fn is_told_apart(&self, a: RoleId, b: RoleId) -> bool {
        self.small
            .model()
            .constraints
            .iter()
            .any(|constraint| match &constraint.kind {
                ConstraintKind::Roles { left, right, .. } => {
                    [left, right].iter().any(|side| side.contains(&a) != side.contains(&b))
                }
                _ => false,
            })
    }

    /// The promises that are broken, by number.
    pub(crate) fn broken(&self) -> Vec<bool> {
        let promises = self.small.model().promises.iter().zip(&self.evidence.broken);
        let broken = promises.map(|(promise, seen)| match &promise.kind {
            PromiseKind::Contains { more, less } => {
                let pairs = more.iter().flat_map(|&more| less.iter().map(move |&less| (more, less)));
                pairs.into_iter().any(|(more, less)| !self.contains(more, less, false))
            }
            _ => seen.is_some(),
        });
        broken.collect()
    }

    /// Held alone at the same node, the one role allows all that the other does.
    pub(crate) fn contains(&self, more: RoleId, less: RoleId, missing: bool) -> bool {
        self.evidence.alone.contains(more, less, missing)
    }
}
