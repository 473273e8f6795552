//! Small policies of which the verdicts are known, to hold brute force itself against.

use crate::claims::claims;
use crate::shape::Bounds;
use crate::small::small;

const TYPES: &str = "account Corp { open: bool  actions view }
unit Dept in Corp, Dept { actions view, edit  edit implies view }
resource Paper in Dept { creator: user  amount: int  actions view, edit, sign  edit implies view }
";

/// A policy, and every finding on its rules and statements: a code, and how its text begins.
struct Known {
    lines: &'static str,
    findings: &'static [(&'static str, &'static str)],
}

const KNOWN: &[Known] = &[
    Known {
        lines: "role Lead at Dept { can view Paper }",
        findings: &[],
    },
    Known {
        lines: "role Lead at Dept { can view Paper when resource.amount > 2 and resource.amount < 2 }",
        findings: &[("dead-rule", "can view")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper when resource.amount > 0 and resource.amount < 2 }",
        findings: &[],
    },
    Known {
        lines: "role Lead at Dept { can view Paper }
nobody can view Paper",
        findings: &[("overridden-grant", "can view")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper when resource.amount > 1 }
nobody can view Paper when resource.amount > 0",
        findings: &[("overridden-grant", "can view")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper when resource.amount > 1 }
nobody can view Paper when resource.amount > 2",
        findings: &[],
    },
    Known {
        lines: "role Lead at Dept { can view Paper }
nobody can view Paper when resource.amount > 1
nobody can view Paper when resource.amount < 2",
        findings: &[("overridden-grant", "can view")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper }
nobody can sign Paper",
        findings: &[("vacuous-prohibition", "nobody can sign")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper only here }
role Clerk at Dept { can view Dept }
nobody but Lead can view Paper",
        findings: &[("vacuous-prohibition", "nobody but Lead")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper }
nobody but Lead can view Paper",
        findings: &[("vacuous-prohibition", "nobody but Lead")],
    },
    Known {
        lines: "role Boss at Corp { can view Paper }
role Lead at Dept { can edit Dept }
nobody but Lead can view Paper",
        findings: &[],
    },
    Known {
        lines: "role Lead at Dept { can view Paper  can edit Paper }",
        findings: &[("shadowed-rule", "can view Paper  can")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper  can edit Paper as creator  can view Paper only here }",
        findings: &[("shadowed-rule", "can view Paper only here")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper only here  can view Paper only below  can view Paper }",
        findings: &[
            ("shadowed-rule", "can view Paper only here"),
            ("shadowed-rule", "can view Paper only below"),
            ("jointly-redundant-rule", "can view Paper"),
        ],
    },
    Known {
        lines: "role Lead at Dept { can view Paper  can view Paper when resource.amount > 0 or true }",
        findings: &[("equivalent-rules", "can view Paper when")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper when corp.open  can view Paper unless corp.open  can view Paper when corp.open or resource.amount > 1 }",
        findings: &[("shadowed-rule", "can view Paper when corp.open")],
    },
    Known {
        lines: "role Lead, Clerk at Dept { can view Paper }
role Clerk at Dept { can view Paper as creator }",
        findings: &[("shadowed-rule", "can view Paper as creator")],
    },
    Known {
        lines: "role Lead at Dept { can view Paper }
role Clerk at Dept extends Lead { can view Paper only here }",
        findings: &[("shadowed-rule", "can view Paper only here")],
    },
    Known {
        lines: "role Lead at Dept { can sign Paper }
role Clerk at Dept { cannot sign Paper  cannot sign Paper only here }",
        findings: &[("shadowed-rule", "cannot sign Paper only here")],
    },
    Known {
        lines: "role Lead at Dept { can sign Paper }
role Clerk at Dept { cannot sign Paper }
no user is both Lead and Clerk",
        findings: &[("vacuous-prohibition", "cannot sign")],
    },
    Known {
        lines: "role Lead at Dept { can sign Paper }
role Clerk at Dept { cannot sign Paper }
no user is both Lead and Clerk at the same Dept",
        findings: &[],
    },
    Known {
        lines: "role Lead at Dept { can sign Paper }
role Clerk at Dept { can view Paper when user holds Lead here }
no user is both Lead and Clerk at the same Dept",
        findings: &[("dead-rule", "can view Paper when")],
    },
    Known {
        lines: "everyone can view Paper
role Lead at Dept { can view Paper }",
        findings: &[],
    },
    Known {
        lines: "anyone can view Paper
role Lead at Dept { can view Paper }",
        findings: &[("shadowed-rule", "can view Paper")],
    },
    Known {
        lines: "role Lead at Dept { can edit Paper }
ensure nobody but Lead can edit Paper
ensure Lead can edit Paper
ensure Lead can sign Paper
ensure Lead cannot sign Paper
ensure nobody can sign Paper",
        findings: &[("ensure/refuted", "ensure Lead can sign")],
    },
    Known {
        lines: "role Lead at Dept { can edit Paper }
role Clerk at Dept { cannot view Paper  can view Dept }
ensure Lead can edit Paper
ensure Lead can view Paper
ensure Clerk cannot edit Paper
ensure nobody with Clerk can edit Paper
ensure Lead can everything Clerk can
ensure Clerk can everything Lead can",
        findings: &[
            ("ensure/refuted", "ensure Lead can edit"),
            ("ensure/refuted", "ensure Lead can view"),
            ("ensure/refuted", "ensure Lead can everything"),
            ("ensure/refuted", "ensure Clerk can everything"),
        ],
    },
    Known {
        lines: "role Lead at Dept { can edit Paper }
ensure nobody can edit Paper unless corp.open
ensure nobody can edit Paper unless corp.open or not corp.open",
        findings: &[("ensure/refuted", "ensure nobody can edit Paper unless corp.open\n")],
    },
    Known {
        lines: "role Lead at Dept { can edit Paper as creator }
role Clerk at Dept { can sign Paper }
no user can both edit Paper and sign Paper on the same Paper",
        findings: &[("separation-of-duty", "no user can both")],
    },
    Known {
        lines: "role Lead at Dept { can edit Paper as creator }
role Clerk at Dept { can sign Paper }
nobody can sign Paper as creator
no user can both edit Paper and sign Paper on the same Paper
no user can both edit Paper and sign Paper",
        findings: &[("separation-of-duty", "no user can both edit Paper and sign Paper\n")],
    },
    Known {
        lines: "role Lead at Dept { can edit Paper }
role Clerk at Dept { can sign Paper }
no user is both Lead and Clerk
no user can both edit Paper and sign Paper",
        findings: &[],
    },
    Known {
        lines: "role Boss at Corp { can assign Lead }
role Lead at Dept { can assign Lead only here }
ensure nobody but Boss can assign Lead
ensure Lead cannot assign Lead
nobody can assign Lead when recipient is user",
        findings: &[
            ("ensure/refuted", "ensure nobody but Boss"),
            ("ensure/refuted", "ensure Lead cannot"),
        ],
    },
    Known {
        lines: "role Boss at Corp { can edit Dept }
role Head at Dept for whoever can edit Dept { can view Paper }
role Lead at Dept { can edit Dept }
everyone can view Paper when user holds Boss",
        findings: &[("shadowed-rule", "everyone can view")],
    },
];

#[test]
fn verdicts_on_known_policies() {
    let bounds = Bounds {
        repeat: 2,
        length: 3,
        holdings: 3,
        handed: 1,
        decisions: 20_000_000,
    };
    let mut wrong = String::new();
    for known in KNOWN {
        let lines: Vec<String> = known.lines.lines().map(str::to_owned).collect();
        let small = small(TYPES, &lines).unwrap_or_else(|bad| panic!("lines {bad:?} of\n{}", known.lines));
        let claims = claims(&small, bounds).expect("a small policy");
        let after = |claim: &crate::claims::Claim| (claim.code, &small.text[claim.span.start as usize..]);
        let told = claims.must.iter().filter(|claim| !OF_TASTE.contains(&claim.code));
        let mut found: Vec<(&str, &str)> = told.map(after).collect();
        let mut missed = Vec::new();
        for (code, text) in known.findings {
            match found
                .iter()
                .position(|(c, t)| c == code && format!("{t}\n").starts_with(text))
            {
                Some(at) => {
                    found.remove(at);
                }
                None => missed.push((code, text)),
            }
        }
        let extra: Vec<(&str, &str)> = found
            .iter()
            .map(|(c, t)| (*c, t.lines().next().unwrap_or_default()))
            .collect();
        if !(missed.is_empty() && extra.is_empty()) {
            wrong += &format!("\n{}\n  missed {missed:?}\n  too much {extra:?}\n", known.lines);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

use crate::against::OF_TASTE;

/// Two policies, and what changed: permission, column, how.
struct Pair {
    old: &'static str,
    new: &'static str,
    changes: &'static [(&'static str, &'static str, &'static str)],
}

const PAIRS: &[Pair] = &[
    Pair {
        old: "role Lead at Dept { can view Paper }",
        new: "role Lead at Dept { can view Paper when true }",
        changes: &[],
    },
    Pair {
        old: "role Lead at Dept { can view Paper }",
        new: "role Lead at Dept { can edit Paper }",
        changes: &[("edit Paper", "Lead", "Gained")],
    },
    Pair {
        old: "role Lead at Dept { can view Paper only here }",
        new: "role Lead at Dept { can view Paper only below }",
        changes: &[("view Paper", "Lead", "Both")],
    },
    Pair {
        old: "role Lead at Dept { can view Paper }\nrole Clerk at Dept extends Lead",
        new: "role Lead at Dept { can view Paper when resource.amount > 1 }\nrole Clerk at Dept extends Lead",
        changes: &[("view Paper", "Clerk", "Narrower"), ("view Paper", "Lead", "Narrower")],
    },
    Pair {
        old: "role Lead at Dept { can view Paper }\nnobody can view Paper when corp.open",
        new: "role Lead at Dept { can view Paper }\nnobody can view Paper",
        changes: &[("view Paper", "Lead", "Lost")],
    },
    Pair {
        old: "role Staff at Dept { can view Paper }",
        new: "role Staff at Dept default { can view Paper }",
        changes: &[("view Paper", "Staff", "Wider")],
    },
];

#[test]
fn changes_between_known_policies() {
    let bounds = Bounds {
        repeat: 2,
        length: 3,
        holdings: 2,
        handed: 1,
        decisions: 400_000,
    };
    for pair in PAIRS {
        let of = |text: &str| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            small(TYPES, &lines).unwrap_or_else(|bad| panic!("lines {bad:?} of\n{text}"))
        };
        let (mut old, mut new) = (of(pair.old), of(pair.new));
        assert!(crate::change::pair(&mut old, &mut new), "{}", pair.new);
        let changes = crate::change::changes(&old, &new, bounds).expect("a small policy");
        let model = old.model();
        let changed = changes.cells.iter().filter_map(|((permission, role), seen)| {
            let role = role.map_or(String::new(), |role| model.show_role(role));
            Some((model.show_permission(*permission), role, seen.change()?))
        });
        let mut changed: Vec<(String, String, &str)> = changed.collect();
        changed.sort_unstable();
        let expected = pair
            .changes
            .iter()
            .map(|(p, r, how)| ((*p).to_owned(), (*r).to_owned(), *how));
        assert_eq!(changed, expected.collect::<Vec<_>>(), "{}\n---\n{}", pair.old, pair.new);
    }
}
