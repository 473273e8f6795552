//! Grants and prohibitions that both apply somewhere: the prohibition wins, and its author may not know of the grant.

use std::collections::BTreeSet;

use super::Analysis;
use super::shown::shown;
use super::verdict::by_text;
use super::witness::Shown;
use crate::model::Effect;
use crate::model::permission::PermId;
use crate::source::Span;

/// A grant and a prohibition that meet.
#[derive(Debug, Clone)]
pub struct Overlap {
    /// The grant.
    pub grant: Span,
    /// The prohibition.
    pub prohibition: Span,
    /// The permission of which both speak.
    pub permission: PermId,
    /// Where both apply.
    pub shown: Shown,
}

/// Every pair of texts that meets, once, by the grants.
#[must_use]
pub fn overlaps(analysis: &Analysis<'_>) -> Vec<Overlap> {
    let table = analysis.table;
    let (mut found, mut met) = (Vec::new(), BTreeSet::new());
    for (permission, _) in table.model().permissions.iter() {
        let row = table.row(permission);
        if row.grants.is_empty() || row.prohibitions.is_empty() {
            continue;
        }
        analysis.with(permission, |cell| {
            let prohibitions = by_text(cell, Effect::Prohibit);
            for (grant, gives) in by_text(cell, Effect::Grant) {
                for &(prohibition, forbids) in &prohibitions {
                    if met.contains(&(grant, prohibition)) {
                        continue;
                    }
                    if let Some(shown) = shown(cell, &[gives, forbids], false) {
                        met.insert((grant, prohibition));
                        found.push(Overlap {
                            grant,
                            prohibition,
                            permission,
                            shown,
                        });
                    }
                }
            }
        });
    }
    found.sort_by_key(|it| (it.grant, it.prohibition));
    found
}
