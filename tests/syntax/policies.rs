//! Good policies, and the trees they become.

use rolebook::diagnostic::Found;
use rolebook::source::Sources;
use rolebook::syntax::ast::{
    AttrType, BaseType, Container, Count, Except, Exclusive, ExprKind, Held, HeldAt, ItemKind, LiteralKind, MemberKind,
    NodeKind, Op, Operand, Promise, Public, Reach, Receiver, RoleName, Rule, Targets, Verbs,
};
use rolebook::syntax::parse;

use crate::common::{good, node_type, role, rules};

fn rule(text: &str) -> Rule {
    rules(&format!("can {text}")).rules[0].rule.clone()
}

fn condition(text: &str) -> ExprKind {
    rule(&format!("view X when {text}")).when.expect("a condition").kind
}

fn texts(names: &[RoleName]) -> Vec<&str> {
    names.iter().map(|role| role.name.text.as_str()).collect()
}

#[test]
fn the_example_of_the_reference_parses() {
    let tree = good(include_str!("littlebig.roles"));
    assert_eq!(tree.items.len(), 22);
    let roles = tree.items.iter().filter(|item| matches!(item.kind, ItemKind::Role(_)));
    assert_eq!(roles.count(), 8);
    let entity = node_type(&tree.items[2]);
    assert_eq!(
        (entity.kind, entity.containers.len(), entity.members.len()),
        (NodeKind::Unit, 2, 6)
    );
    assert_eq!(entity.labels[0].lang.as_deref(), Some("fr"));
    let buyer = tree
        .items
        .iter()
        .filter(|item| matches!(&item.kind, ItemKind::Role(_)))
        .nth(1)
        .map(role);
    let power = &buyer.expect("Buyer").rules[2].rule.power;
    assert_eq!(power.verbs, Verbs::Grant(Vec::new()));
    let Targets::Each(each) = &power.targets else {
        panic!("{power:?}")
    };
    let actions: Vec<_> = each
        .iter()
        .filter_map(|one| one.action.as_ref())
        .map(|name| name.text.as_str())
        .collect();
    assert_eq!(actions, ["view"; 3]);
}

#[test]
fn spans_end_with_the_code() {
    let text = "role A at T { can view X }   # why\n\nrole B at T # none\n";
    let mut sources = Sources::default();
    let file = sources.add("x", text);
    let tree = parse::policy(file, text, &mut Found::default());
    let snippets: Vec<_> = tree.items.iter().map(|item| sources.snippet(item.span.0)).collect();
    assert_eq!(snippets, ["role A at T { can view X }", "role B at T"]);
    assert_eq!(sources.snippet(role(&tree.items[0]).head.0), "role A at T");
    assert_eq!(sources.snippet(role(&tree.items[0]).rules[0].span.0), "can view X");
}

#[test]
fn keywords_end_where_words_end() {
    let tree = good(
        "resource Invite, Roles in Account { here: bool  default: int = 3  inbox: user?\n actions canvas, viewer\n canvas implies viewer }
         role Only at Invite { can canvas Invite when here.invited and not inbox.isolated }
         role notary at Atrium in Invite",
    );
    assert_eq!(tree.items.len(), 3);
    let members = &node_type(&tree.items[0]).members;
    assert!(matches!(&members[0].kind, MemberKind::Attribute(attribute) if attribute.name.text == "here"));
    assert_eq!(role(&tree.items[2]).names[0].text, "notary");
}

#[test]
fn identifiers_are_in_any_script_and_in_nfc() {
    let tree = good(
        "role Geра\u{301}нт, Re\u{301}gisseur, 担当者 at Société { can éditer Бюджет when société.ouverte is \"é\" }",
    );
    let names: Vec<_> = role(&tree.items[0])
        .names
        .iter()
        .map(|name| name.text.clone())
        .collect();
    assert_eq!(names[1..], ["Régisseur", "担当者"]);
    assert_eq!(names[1].chars().count(), 9);
}

#[test]
fn attribute_types() {
    let tree = good(
        "user { a: set of Plan? b: x | y | z  c: low < mid < high = mid  d: decimal = -1.50 in f \"D\"@en-gb \"D\"  e: entity.x }"
            .replace("e: entity.x", "e: ip = 10.0.0.7")
            .as_str(),
    );
    let ItemKind::Kind(decl) = &tree.items[0].kind else {
        panic!()
    };
    let types: Vec<AttrType> = decl
        .members
        .iter()
        .filter_map(|member| match &member.kind {
            MemberKind::Attribute(attribute) => Some(attribute.ty.clone()),
            _ => None,
        })
        .collect();
    assert!(types[0].set && types[0].optional);
    assert!(matches!(&types[1].base, BaseType::Enum(values) if values.len() == 3));
    assert!(matches!(&types[2].base, BaseType::Ordered(values) if values.len() == 3));
    let MemberKind::Attribute(d) = &decl.members[3].kind else {
        panic!()
    };
    assert!(matches!(&d.default, Some(Operand::Literal(literal)) if literal.text == "-1.50"));
    assert_eq!(
        (d.field.as_ref().map(|field| field.text.as_str()), d.labels.len()),
        (Some("f"), 2)
    );
    assert_eq!(d.labels[0].lang.as_deref(), Some("en-gb"));
}

#[test]
fn declarations() {
    let tree = good(
        "principal App \"Apps\" { actions call } context { ip: ip }
         resource A, B in any account, any place, C
         area all_of_it \"Tab\" { view Budget, Entity.billing, spending, }
         roles main \"Main\" { Lead, Partner.Buyer+ }",
    );
    assert!(matches!(&tree.items[1].kind, ItemKind::Kind(decl) if decl.members.len() == 1));
    let containers = &node_type(&tree.items[2]).containers;
    assert!(matches!(
        containers[..],
        [Container::AnyAccount(_), Container::AnyPlace(_), Container::Type(_)]
    ));
    let ItemKind::Area(area) = &tree.items[3].kind else {
        panic!()
    };
    assert_eq!(area.permissions.len(), 3);
    assert_eq!(
        area.permissions[1].target.field.as_ref().map(|name| name.text.as_str()),
        Some("billing")
    );
    let ItemKind::Bundle(bundle) = &tree.items[4].kind else {
        panic!()
    };
    assert!(bundle.roles[1].plus && bundle.roles[1].ty.is_some());
}

#[test]
fn the_clauses_of_a_head_stand_in_any_order() {
    let head = "role R at T, U across V extends A, P.B default for whoever is registrant and holds Q and can view, edit X (limit: int = 3) \"L\"";
    let tree = good(head);
    let first = role(&tree.items[0]);
    assert!(matches!(&first.reach, Some(Reach::Across(name)) if name.text == "V"));
    assert_eq!(
        (
            first.at.len(),
            first.derived.len(),
            first.parameters.len(),
            first.labels.len()
        ),
        (2, 3, 1, 1)
    );
    assert_eq!(texts(&first.extends), ["A", "B"]);
    let turned = good(
        "role R at T, U \"L\" (limit: int = 3) for whoever is registrant and holds Q and can view, edit X default extends A, P.B across V",
    );
    assert_eq!(role(&turned.items[0]), first);
}

#[test]
fn the_clauses_of_a_rule() {
    let rule = rule(
        "view, edit but not stop Tender, E.f except self, Q, edit B to Lead, P.Buyer only below as manager+ of creator or owner when a unless b",
    );
    assert!(matches!(&rule.power.verbs, Verbs::Actions(names) if names.len() == 2));
    assert_eq!(rule.power.but_not[0].text, "stop");
    assert!(matches!(
        rule.power.except[..],
        [Except::Oneself(_), Except::Permission(_), Except::Permission(_)]
    ));
    assert!(matches!(&rule.receiver, Some(Receiver::Roles(roles)) if texts(roles) == ["Lead", "Buyer"]));
    assert!(matches!(rule.reach, Some(Reach::OnlyBelow(_))));
    assert_eq!(rule.relation.len(), 2);
    assert!(rule.relation[0].steps[0].plus && !rule.relation[0].steps[1].plus);
    assert!(rule.when.is_some() && rule.unless.is_some());
}

#[test]
fn the_powers() {
    assert!(matches!(
        rule("do everything").power.targets,
        Targets::Everything { anything: false, .. }
    ));
    assert!(matches!(
        rule("do anything on spending").power.targets,
        Targets::List(_)
    ));
    assert!(matches!(
        rule("assign anything").power.targets,
        Targets::Everything { anything: true, .. }
    ));
    assert!(matches!(
        rule("assign Partner.Manager to anyone").receiver,
        Some(Receiver::Anyone(_))
    ));
    assert!(matches!(rule("grant everything").power.verbs, Verbs::Grant(none) if none.is_empty()));
    let grant = rule("grant view, edit tools they have except self to Secondary anywhere");
    assert!(grant.power.they_have && matches!(&grant.power.verbs, Verbs::Grant(names) if names.len() == 2));
    assert!(matches!(rule("assign member in Entity").reach, Some(Reach::In(_))));
    assert!(!rules("cannot do anything").rules[0].can);
}

#[test]
fn conditions_are_flat() {
    let ExprKind::Or(list) = condition("a and b and not (c or d) or e is not 3 or f") else {
        panic!()
    };
    assert_eq!(list.len(), 3);
    let ExprKind::And(list) = &list[0].kind else { panic!() };
    assert!(
        matches!(&list[2].kind, ExprKind::Not(inner) if matches!(&inner.kind, ExprKind::Or(list) if list.len() == 2))
    );
}

#[test]
fn literals_and_operators() {
    let cases = [
        ("a is \"x \\\"y\\\"\"", Op::Is, LiteralKind::Text, "x \"y\""),
        ("a is not true", Op::IsNot, LiteralKind::Truth, "true"),
        ("a < -12.50", Op::Less, LiteralKind::Number, "-12.50"),
        ("a >= 12", Op::AtLeast, LiteralKind::Number, "12"),
        ("a before 2026-12-31", Op::Before, LiteralKind::Date, "2026-12-31"),
        (
            "a after 2026-12-31T08:00Z",
            Op::After,
            LiteralKind::DateTime,
            "2026-12-31T08:00Z",
        ),
        ("a in 10.0.0.0/8", Op::In, LiteralKind::Address, "10.0.0.0/8"),
        (
            "a not in 2001:db8::/32",
            Op::NotIn,
            LiteralKind::Address,
            "2001:db8::/32",
        ),
    ];
    for (text, wanted, kind, value) in cases {
        let ExprKind::Compare {
            op,
            right: Operand::Literal(literal),
            ..
        } = condition(text)
        else {
            panic!("{text}")
        };
        assert_eq!(
            (op.value, literal.kind, literal.text.as_str()),
            (wanted, kind, value),
            "{text}"
        );
    }
}

#[test]
fn shifts_sets_and_holdings() {
    let ExprKind::Compare { shift: Some(shift), .. } = condition("context.now before resource.created + 2 weeks")
    else {
        panic!()
    };
    assert_eq!(shift.minutes, 2 * 7 * 24 * 60);
    let ExprKind::Compare { shift: Some(shift), .. } = condition("a after b - 1 hour") else {
        panic!()
    };
    assert_eq!(shift.minutes, -60);
    assert!(matches!(
        condition("all resource.tags in [a, \"b\", 3]"),
        ExprKind::Quantified { all: true, .. }
    ));
    assert!(matches!(
        condition("any a.b is c"),
        ExprKind::Quantified { all: false, .. }
    ));
    let held = |text: &str| match condition(text) {
        ExprKind::Holds { held, .. } => held,
        other => panic!("{other:?}"),
    };
    assert!(matches!(held("user holds any role at Entity"), Held::AnyRoleAt(_)));
    assert!(matches!(held("user holds P.Lead+"), Held::Role(role, HeldAt::Above) if role.plus));
    assert!(matches!(held("user holds Lead here"), Held::Role(_, HeldAt::Here)));
    assert!(matches!(
        held("user holds Lead anywhere"),
        Held::Role(_, HeldAt::Anywhere)
    ));

    assert!(
        matches!(held("user holds Lead at here.parent"), Held::Role(_, HeldAt::At(path)) if path.segments.len() == 1)
    );
}

#[test]
fn rules_for_all_constraints_and_promises() {
    let tree = good(
        "everyone can view X as owner anyone can view Y anywhere nobody but A, B can assign anything
         each T has no R each T has at least 2 P.R when t.active whoever is R is also S or Q
         no user is both R and S at the same T no user can both approve A and pay B on the same C
         ensure nobody with R can edit X ensure nobody but R can edit X ensure R can everything S can
         ensure R, S can never become Q ensure R cannot assign anything ensure anyone can view Y",
    );
    let kinds: Vec<_> = tree.items.iter().map(|item| &item.kind).collect();
    assert!(
        matches!(kinds[2], ItemKind::Public(rule) if matches!(&rule.who, Public::Nobody { but } if but.len() == 2))
    );
    assert!(matches!(kinds[3], ItemKind::Each(each) if each.count == Count::Exactly(0)));
    assert!(matches!(kinds[4], ItemKind::Each(each) if each.count == Count::AtLeast(2) && each.when.is_some()));
    assert!(matches!(kinds[5], ItemKind::Also(also) if also.also.len() == 2));
    assert!(matches!(
        kinds[6],
        ItemKind::Exclusive(Exclusive::Roles { same: Some(_), .. })
    ));
    assert!(matches!(
        kinds[7],
        ItemKind::Exclusive(Exclusive::Permissions { same: Some(_), .. })
    ));
    assert!(matches!(kinds[8], ItemKind::Ensure(Promise::Nobody { with, .. }) if with.len() == 1));
    assert!(matches!(kinds[9], ItemKind::Ensure(Promise::Nobody { but, .. }) if but.len() == 1));
    assert!(matches!(kinds[10], ItemKind::Ensure(Promise::Contains { .. })));
    assert!(matches!(kinds[11], ItemKind::Ensure(Promise::NeverBecome { actors, .. }) if actors.len() == 2));
    assert!(matches!(kinds[12], ItemKind::Ensure(Promise::Role { can: false, .. })));
    assert!(matches!(
        kinds[13],
        ItemKind::Ensure(Promise::Public { anyone: true, .. })
    ));
}
