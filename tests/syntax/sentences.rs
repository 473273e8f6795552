//! Sentences, and the short texts of facts.

use rolebook::diagnostic::Found;
use rolebook::source::Sources;
use rolebook::syntax::ast::{Deed, Scope, SentenceKind, Thing};
use rolebook::syntax::parse;

use crate::common::{asked, lines, sentence};

fn deed(text: &str) -> Deed {
    match asked(text).kind {
        SentenceKind::Can { deed, .. } | SentenceKind::WhoCan(deed) | SentenceKind::HowCould { deed, .. } => deed,
        other => panic!("{other:?}"),
    }
}

fn act(text: &str) -> (Thing, Option<String>, Option<String>) {
    match deed(text) {
        Deed::Act { thing, at, other, .. } => (thing, at.map(|node| node.id.text), other.map(|id| id.text)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_sentence_of_the_reference_parses() {
    let sentences = include_str!("sentences.txt");
    assert_eq!(sentences.lines().count(), 39);
    for text in sentences.lines() {
        let plain = asked(text);
        assert_eq!(asked(&format!("{text}?")), plain, "{text}");
    }
}

#[test]
fn things() {
    let (thing, ..) = act("can ada edit billing of paris");
    assert_eq!(thing.field.map(|field| field.text).as_deref(), Some("billing"));
    let (thing, ..) = act("can oz edit Tender 17");
    assert_eq!(
        (thing.node.ty.map(|ty| ty.text).as_deref(), thing.node.id.text.as_str()),
        (Some("Tender"), "17")
    );
    let (thing, ..) = act("who can approve Tender in Entity paris");
    assert!(thing.within.is_some_and(|node| node.ty.is_some()));
    let (thing, at, other) = act("can ada assign Partner.Manager at paris to tim");
    assert_eq!(
        (thing.node.id.text.as_str(), at.as_deref(), other.as_deref()),
        ("Partner.Manager", Some("paris"), Some("tim"))
    );
    let (thing, ..) = act("can oz edit \"with space\"");
    assert!(thing.node.id.quoted && thing.node.id.text == "with space");
}

#[test]
fn handing_out_and_taking_back() {
    let Deed::Grant {
        revoke,
        actions,
        target,
        at,
        other,
    } = deed("can sam revoke view, edit Inventory at shop-1 from tom")
    else {
        panic!()
    };
    assert!(revoke && actions.len() == 2 && target.name.text == "Inventory");
    assert_eq!(
        (at.map(|at| at.id.text).as_deref(), other.map(|id| id.text).as_deref()),
        (Some("shop-1"), Some("tom"))
    );
    assert!(matches!(
        deed("who can grant view Inventory at shop-1 to tom"),
        Deed::Grant { revoke: false, .. }
    ));
    assert!(matches!(deed("can oz revoke invite-3"), Deed::Act { .. }));
    assert!(matches!(
        deed("can oz become EnterpriseAdmin at lbc"),
        Deed::Become { at: Some(_), .. }
    ));
}

#[test]
fn suppositions() {
    let asked = asked(
        "can oz create Tender in paris with context.ip = 10.0.0.7, amount = 120, assignee = [mia, oz] together with sam, tom?",
    );
    let keys: Vec<_> = asked.with.iter().map(|setting| setting.key.text.as_str()).collect();
    assert_eq!(keys, ["context.ip", "amount", "assignee"]);
    assert_eq!(asked.with[0].values[0].text, "10.0.0.7");
    assert!(asked.with[2].list && asked.with[2].values.len() == 2);
    assert_eq!(asked.together.len(), 2);
}

#[test]
fn questions_about_the_policy_itself() {
    let SentenceKind::WhatCan {
        who,
        scope: Some(Scope::That(other)),
    } = asked("what can Partner.BillingManager do that DirectClient.BillingManager cannot").kind
    else {
        panic!()
    };
    assert_eq!(
        (who.text.as_str(), other.text.as_str()),
        ("Partner.BillingManager", "DirectClient.BillingManager")
    );
    assert!(matches!(
        asked("which roles can approve Tender").kind,
        SentenceKind::WhichRolesCan(_)
    ));
    assert!(matches!(
        asked("which roles exist at SubPartner").kind,
        SentenceKind::WhichRolesExist(Some(_))
    ));
    assert!(matches!(
        asked("can tom ever edit X in y").kind,
        SentenceKind::Can { ever: true, .. }
    ));
    assert!(matches!(
        asked("nia is not Manager at paris").kind,
        SentenceKind::StatesRole { is: false, .. }
    ));
    assert!(matches!(asked("can-do can edit x").kind, SentenceKind::States { .. }));
}

#[test]
fn bad_sentences_are_explained() {
    let cases = [
        (
            "does oz edit x",
            "syntax/unexpected 1:6 [oz] expected `is` or `can`, found `oz` | ask with `can`: `can oz edit tender-17`",
        ),
        (
            "can oz edit",
            "syntax/unexpected 1:12 [] expected what it is done to or `,`, found the end",
        ),
        (
            "oz may edit x",
            "syntax/unexpected 1:4 [may] expected `is` or `can`, found `may` | write `can` or `cannot`",
        ),
        (
            "can oz edit \"abc",
            "syntax/unterminated-string 1:13 [\"] this text is not closed on its line | put a `\"` at its end",
        ),
        (
            "",
            "syntax/unexpected 1:1 [] expected a question or a statement, found the end",
        ),
    ];
    for (text, wanted) in cases {
        let (tree, errors) = sentence(text);
        assert!(tree.is_none());
        assert_eq!(errors, [wanted]);
    }
}

#[test]
fn texts_of_facts_point_into_their_file() {
    let yaml = "- { can: view Budgets only hre }\n- Manager at paris";
    let mut sources = Sources::default();
    let file = sources.add("facts.yaml", yaml);
    let mut found = Found::default();
    let base = yaml.find("view").expect("there");
    assert!(parse::rule(file, "view Budgets only hre", base, &mut found).is_none());
    assert_eq!(
        lines(&sources, found),
        ["syntax/unexpected 1:28 [hre] expected `below` or `here`, found `hre` | did you mean `here`?"]
    );
    let base = yaml.find("Manager").expect("there");
    let (role, node) = parse::holders(file, "Manager at paris", base, &mut Found::default()).expect("both");
    assert_eq!(
        (sources.snippet(role.span.0), sources.snippet(node.id.span())),
        ("Manager", "paris")
    );
    let rule = parse::rule(file, "view Budget only here", 0, &mut Found::default());
    assert!(rule.is_some_and(|rule| rule.reach.is_some()));
}
