//! The verdicts of brute force as the linter would report them: a code and a place in the text.

use rolebook::diagnostic::Diagnostic;
use rolebook::model::Model;
use rolebook::model::permission::{PermId, Permission};
use rolebook::source::Span;

use crate::evidence::{Evidence, gather};
use crate::separation;
use crate::shape::Bounds;
use crate::small::Small;
use crate::verdicts::Judge;

/// A finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claim {
    pub(crate) span: Span,
    pub(crate) code: &'static str,
}

/// What must be reported.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    pub(crate) must: Vec<Claim>,
    pub(crate) evidence: Evidence,
    /// Organisations that break a `no user can both`.
    pub(crate) separations: Vec<(Span, String)>,
}

/// The codes that brute force can judge.
pub(crate) const CODES: [&str; 12] = [
    "dead-rule",
    "overridden-grant",
    "vacuous-prohibition",
    "shadowed-rule",
    "jointly-redundant-rule",
    "equivalent-rules",
    "never-allowed-permission",
    "always-allowed-permission",
    "equivalent-roles",
    "contained-roles",
    "separation-of-duty",
    "ensure/refuted",
];

/// Codes that tell of a fault in the analysis itself.
pub(crate) const FAULTS: [&str; 1] = ["ensure/unknown"];

/// All verdicts on a policy; `None` if the organisations are too many.
pub(crate) fn claims(small: &Small, bounds: Bounds) -> Option<Claims> {
    let evidence = gather(small, bounds)?;
    let separations = separation::broken(small, bounds)?;
    let mut claims = Claims::default();
    let judge = Judge {
        small,
        evidence: &evidence,
    };
    claims.rules(&judge);
    claims.permissions(&judge);
    claims.roles(&judge);
    for (ix, _) in judge.broken().into_iter().enumerate().filter(|(_, broken)| *broken) {
        claims.add(small.model().promises[ix].span, "ensure/refuted");
    }
    for (ix, broken) in separations {
        let span = small.model().constraints[ix].span;
        if let Some(text) = broken {
            claims.add(span, "separation-of-duty");
            claims.separations.push((span, text));
        }
    }
    claims.evidence = evidence;
    claims.must.sort_unstable();
    claims.must.dedup();
    Some(claims)
}

impl Claims {
    fn add(&mut self, span: Span, code: &'static str) {
        self.must.push(Claim { span, code });
    }

    fn rules(&mut self, judge: &Judge<'_>) {
        for (ix, text) in judge.small.texts.iter().enumerate() {
            let verdict = judge.of_text(ix);
            self.must.extend(verdict.map(|verdict| Claim {
                span: text.span,
                code: verdict.code(),
            }));
        }
    }

    fn permissions(&mut self, judge: &Judge<'_>) {
        let never = judge.never();
        let model = judge.small.model();
        for &id in &never {
            let record = record(model, id);
            let granted = |id: PermId| !judge.small.table.row(id).grants.is_empty();
            let shown = record.is_none_or(|record| granted(record) && judge.is_ever(record));
            if shown {
                self.add(span_of(model, id), "never-allowed-permission");
            }
        }
        for id in judge.always() {
            self.add(span_of(model, id), "always-allowed-permission");
        }
    }

    fn roles(&mut self, judge: &Judge<'_>) {
        for (role, code) in judge.roles() {
            self.add(judge.small.model().role(role).spans[0], code);
        }
    }

    /// True if the linter is right to say this.
    pub(crate) fn allows(&self, claim: Claim) -> bool {
        self.must.contains(&claim)
    }
}

/// Where an ordinary permission is declared: its field, or its action.
fn span_of(model: &Model, id: PermId) -> Span {
    match model.permissions.get(id) {
        Permission::Act {
            ty, field: Some(field), ..
        } => model.ty(ty).fields[field].span,
        Permission::Act { ty, action, .. } => model.ty(ty).actions[action].span,
        other => panic!("{other:?} is handed out"),
    }
}

/// The permission on the record itself, if this is one on a field.
fn record(model: &Model, id: PermId) -> Option<PermId> {
    match model.permissions.get(id) {
        Permission::Act {
            ty,
            action,
            field: Some(_),
        } => model.permissions.id(Permission::Act {
            ty,
            action,
            field: None,
        }),
        _ => None,
    }
}

/// A diagnostic as a claim, if it is one that brute force can judge.
pub(crate) fn claimed(diagnostic: &Diagnostic) -> Option<Claim> {
    let code = CODES.into_iter().chain(FAULTS).find(|code| *code == diagnostic.code)?;
    let span = diagnostic.labels.first()?.span;
    Some(Claim { span, code })
}
