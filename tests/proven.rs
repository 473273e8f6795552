//! Proven means proven: small policies on which an edit was said to change nothing, or a promise to hold, and did not.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use rolebook::analyze::Analysis;
use rolebook::analyze::compare::{Closed, Comparison, compare};
use rolebook::analyze::promise::{Outcome, settle};
use rolebook::diagnostic::Found;
use rolebook::model::{check, resolve::resolve};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::table::{self, Table};

fn policy(text: &str) -> Table {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let file = sources.add("shop.roles", text);
    let tree = parse::policy(file, text, &mut found);
    let model = resolve(&[tree], &mut found);
    table::compile(check(&model, &found).unwrap_or_else(|_| panic!("{text}\n{found:?}")))
}

/// What is gained and lost, each as `role: permission`; several roles together are `several`.
fn changes(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let Comparison { cells, closed, beyond } = compare(&policy(old), &policy(new));
    assert_eq!(closed, Closed::Proven, "{old}\n{new}");
    let (mut gains, mut losses) = (Vec::new(), Vec::new());
    for cell in cells {
        let said = format!("{}: {}", cell.role.as_deref().unwrap_or("everyone"), cell.permission);
        gains.extend(cell.wider.map(|_| said.clone()));
        losses.extend(cell.narrower.map(|_| said));
    }
    for it in beyond {
        let whom = if it.by_data { "data" } else { "several" };
        let list = if it.wider { &mut gains } else { &mut losses };
        list.push(format!("{whom}: {}", it.permission));
    }
    (gains, losses)
}

/// Two policies that differ in one place, marked `@`.
fn edit(text: &str, old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    changes(&text.replace('@', old), &text.replace('@', new))
}

fn assert_gains(text: &str, old: &str, new: &str, gains: &[&str]) {
    assert_eq!(edit(text, old, new).0, gains, "{text}");
}

fn outcome(text: &str) -> Outcome {
    let table = policy(text);
    let promise = table.model().promises.first().unwrap();
    settle(&Analysis::new(&table), promise)
}

fn assert_refuted(text: &str) {
    let found = outcome(text);
    assert!(matches!(found, Outcome::Refuted(_)), "{text}\n{found:?}");
}

fn assert_proved(text: &str) {
    let found = outcome(text);
    assert!(matches!(found, Outcome::Proved), "{text}\n{found:?}");
}

#[test]
fn what_several_roles_gain_together_is_told_beside_a_cell_that_changed() {
    let shop = "account Shop  resource Doc in Shop { actions view, edit }  role Clerk at Shop { can view Doc }";
    let (gains, losses) = changes(
        &format!("{shop} role Other at Shop {{ can view, edit Doc }} role Suspended at Shop {{ cannot view Doc }}"),
        &format!("{shop} role Other at Shop {{ can edit Doc }} role Suspended at Shop"),
    );
    assert_eq!(gains, ["several: view Doc"]);
    assert_eq!(losses, ["Shop.Other: view Doc"]);
}

#[test]
fn a_default_that_changes_is_seen() {
    let order = "resource Order in Shop { ok: bool = @  actions approve }
        role Clerk at Shop { can approve Order when order.ok }";
    let gains = ["Shop.Clerk: approve Order"];
    let shop = format!("account Shop {{ open: bool = false  other: bool = false }} {order}");
    assert_gains(&shop, "false", "shop.open", &gains);
    assert_gains(&shop, "shop.other", "shop.open", &gains);
    let end = format!("account Shop {{ open: bool = @ }} {}", order.replace('@', "shop.open"));
    assert_gains(&end, "false", "true", &gains);
    let parameter = "account Shop  resource Order in Shop { amount: int  actions approve }
        role Clerk at Shop (limit: int = @) { can approve Order when resource.amount <= holding.limit }";
    assert_gains(parameter, "10", "20", &gains);
    let set = "account Shop  resource Order in Shop { tags: set of string = [@]  actions approve }
        role Clerk at Shop { can approve Order when any resource.tags is \"new\" }";
    assert_gains(set, "\"old\"", "\"new\"", &gains);
}

#[test]
fn a_prohibition_on_a_default_that_is_a_path_is_seen() {
    let desk = "account Shop { strict: bool = false }  unit Desk in Shop { strict: bool = shop.strict }
        resource Order in Desk { actions view }  role A at Shop { can view Order }  role B at Shop { @ }";
    assert_gains(desk, "cannot view Order when desk.strict", "", &["several: view Order"]);
}

#[test]
fn enumerations_that_share_names_are_two() {
    let order =
        "account Shop  resource Order in Shop { size: low < high  risk: low < middle < high  actions view, ship }
        role Clerk at Shop { can view Order when resource.risk <= @  can ship Order when resource.size is low }";
    assert_gains(order, "middle", "high", &["Shop.Clerk: view Order"]);
    assert_eq!(edit(order, "middle", "middle"), (vec![], vec![]));
    let values = "account Shop  resource Order in Shop { risk: @  actions view }
        role Clerk at Shop { can view Order when resource.risk <= high }";
    assert_gains(values, "low < high", "low < middle < high", &["Shop.Clerk: view Order"]);
    assert_gains(values, "low < high", "high < low", &[]);
}

#[test]
fn principals_have_attributes() {
    let app = "account Shop  principal App { trusted: bool = false }
        resource Order in Shop { app: App  actions view }  role Bot at Shop { @ }  ensure nobody can view Order";
    assert_gains(app, "", "can view Order when user.trusted", &["Shop.Bot: view Order"]);
    for rule in [
        "can view Order when user.trusted",
        "can view Order as app",
        "can view Order when user is resource.app",
        "can view Order when resource.app.trusted",
    ] {
        assert_refuted(&app.replace('@', rule));
    }
    assert_refuted(
        "account Shop { actions view }  principal App { level: int = 5 }
         role Bot at Shop { can view Shop when user.level > 3 }  ensure Bot cannot view Shop",
    );
}

#[test]
fn an_attribute_that_stands_before_another_is_seen() {
    let team = "account Shop  unit Team in Shop { owner: user? }  resource Order in Team { @ actions stop }
        role Clerk at Shop { can stop Order as owner }";
    assert_gains(team, "", "owner: user?", &["Shop.Clerk: stop Order"]);
}

#[test]
fn a_loss_is_seen() {
    let company = "account Company in Company, Team { partners: users }
        unit Team in Company, Team { open: bool = @ }
        resource Doc in Team { reviewers: users  actions view, edit }
        role Admin at Team { cannot edit Doc anywhere when here.open and user in resource.reviewers }
        role Insider at Team for whoever is member { can edit Doc  can edit Doc as partners when user in company }";
    assert_eq!(edit(company, "false", "true").1, ["several: edit Doc"]);
}

#[test]
fn who_may_change_a_setting_is_a_right() {
    let shop = "account Shop { fields a, b  x: bool = false @  actions edit }
        role Ann at Shop { can edit Shop.a }  role Bob at Shop { can edit Shop.b }";
    let (gains, losses) = edit(shop, "in a", "in b");
    assert_eq!(gains, ["Shop.Bob: change setting Shop.x"]);
    assert_eq!(losses, ["Shop.Ann: change setting Shop.x"]);
    assert_gains(shop, "", "in b", &["Shop.Bob: change setting Shop.x"]);
    assert_gains(shop, "in b", "", &[]);
}

#[test]
fn a_block_names_those_whom_its_edit_frees() {
    let entity = "account Company  unit Entity in Company { fields billing  actions edit }
        role Chief at Company { can edit Entity }  role Admin at Entity { can edit Entity }
        nobody @ edit Entity.billing";
    assert_gains(
        entity,
        "can",
        "but Entity.Admin can",
        &["Entity.Admin: edit Entity.billing"],
    );
    let handed = "account Company  resource Item in Company { actions view }
        role Boss at Company { can grant view Item }  @";
    assert_gains(handed, "nobody can view Item", "", &["data: view Item"]);
}

#[test]
fn what_facts_refuse_is_in_no_organisation() {
    assert_proved(
        "user { manager: user? }  account Shop  resource Order in Shop { creator: user  actions stop, view }
         role A at Shop { can stop Order as manager of creator  can view Order as manager+ of creator }
         ensure nobody can stop Order as creator",
    );
}

#[test]
fn a_set_with_a_default_may_be_empty() {
    assert_refuted(
        "account Shop  resource Order in Shop { tags: set of string = [\"new\"]  actions stop }
         role A at Shop { can stop Order when any resource.tags is \"new\" }  ensure A can stop Order",
    );
}

#[test]
fn holdings_have_bounds_and_end() {
    assert_refuted(
        "account Shop { actions view }
         role Clerk at Shop { can view Shop when holding.until after 2026-01-01T00:00Z }  ensure Clerk cannot view Shop",
    );
    assert_refuted(
        "account Shop { actions view }  role Staff at Shop default { can view Shop }
         role Lead at Shop { can view Shop }  ensure everyone can view Shop when user in shop",
    );
}

#[test]
fn a_default_through_a_type_that_is_not_there_is_blank() {
    assert_refuted(
        "account Shop { actions view }  unit Area in Shop { banned: users }
         resource Doc in Shop, Area { banned: users = area.banned  actions edit }
         role Clerk at Shop { can edit Doc unless any resource.banned is user }
         role Editor at Shop for whoever can edit Doc { can view Shop }  ensure Clerk cannot view Shop",
    );
}

#[test]
fn organisations_need_not_have_what_could_stand_beside() {
    assert_refuted(
        "account Shop  resource Doc in Shop { actions view, edit }
         role Guard at Doc for whoever can edit Doc { cannot view Doc }
         everyone can view, edit Doc  ensure nobody can view Doc",
    );
    assert_refuted(
        "account Tenant { actions view }  unit Team in Tenant  resource Doc in Team { actions edit }
         role Auto at Team for whoever can edit Doc { cannot view Tenant across Tenant }
         everyone can edit Doc  everyone can view Tenant  ensure nobody can view Tenant",
    );
    assert_refuted(
        "account Corp { actions view }  unit Dept in Corp  role Staff at Dept  role Other at Corp { can view Corp }
         ensure Staff can view Corp across Corp",
    );
}

#[test]
fn a_tenants_role_makes_a_member_and_takes_the_default_role() {
    assert_refuted(
        "account Shop  resource Doc in Shop { actions view, edit }
         role Member at Shop default { cannot view Doc  can grant edit Doc to anyone }
         everyone can view Doc  ensure nobody can view Doc",
    );
}

#[test]
fn as_many_individuals_are_looked_at_as_conditions_tell_apart() {
    let names = ["a", "b", "c", "d", "e"];
    let pairs = |word: &str| {
        let all = (0..5).flat_map(|i| (i + 1..5).map(move |j| (names[i], names[j])));
        let all: Vec<String> = all.map(|(x, y)| format!("resource.{x} {word} resource.{y}")).collect();
        all.join(" and ")
    };
    for (of, word) in [("user", "is not"), ("string", "is not"), ("int", "<"), ("decimal", "<")] {
        assert_refuted(
            &format!(
                "account Shop  resource Doc in Shop {{ a, b: {of} c: {of} d: {of} e: {of} actions view }}
             role Clerk at Shop {{ can view Doc when {} }}  ensure nobody can view Doc",
                pairs(word)
            )
            .replace("a, b: ", &format!("a: {of} b: ")),
        );
    }
}

#[test]
fn a_derived_role_is_held_against_others() {
    let shop = "account Shop { registrant: user  actions close }  resource Order in Shop { actions view, edit }
        role Owner at Shop for whoever is registrant { can view, edit Order  can close Shop }
        role Clerk at Shop { can view Order }";
    assert_proved(&format!("{shop} ensure Owner can everything Clerk can"));
    assert_refuted(&format!("{shop} ensure Clerk can everything Owner can"));
}

#[test]
fn a_new_target_lies_where_the_policy_lets_it_lie() {
    let text = "account Corp\nunit Dept in Corp\nresource Paper in @ { creating actions create, file }\n\
                everyone can file Paper anywhere";
    assert_gains(text, "Dept", "Dept, Corp", &["everyone: file Paper"]);
}

#[test]
fn what_a_tenant_hands_out_may_imply_less() {
    let text = "account Partner { actions view }\nresource Offer in Partner { actions view, edit @ }\n\
                role Admin at Partner { can grant everything anywhere }";
    let (gains, losses) = edit(text, "edit implies view", "");
    assert_eq!(
        (gains.as_slice(), losses.as_slice()),
        (&[][..], &["data: view Offer".to_owned()][..])
    );
}

#[test]
fn one_value_is_a_set_of_one() {
    let text = "account Partner\nunit Office in Partner { lead: @ }\nresource Offer in Office { actions add }\n\
                role Admin at Partner { can add Offer as lead of Office }";
    let (gains, losses) = edit(text, "user?", "users");
    assert_eq!(
        (gains.as_slice(), losses.len()),
        (&["Partner.Admin: add Offer".to_owned()][..], 0)
    );
}

#[test]
fn a_value_counts_where_its_attribute_has_it() {
    let text = "account Client {\n size: small < medium < @ = small\n parent_size: small < medium < large\n}\n\
                user { actions view }\n\
                role Admin at Client { can view User in Client unless client.parent_size < large }";
    assert_gains(text, "large", "extra", &[]);
}

#[test]
fn an_attribute_that_one_policy_does_not_read_changes_nothing() {
    let text = "account Hub\nuser { @ app: App? actions remove }\nprincipal App { level: int = 5 }\n\
                role Staff at Hub { can remove User when user.app.level <= 2 }";
    assert_gains(text, "level: int = 1", "", &[]);
}

#[test]
fn a_text_that_names_a_whole_gives_its_fields() {
    let text = "account Client\nresource Offer in Client { creator: user\n fields cost\n actions view, edit, remove\n\
                remove implies edit }\nrole Advisor at Client for whoever can remove Offer\n\
                role Admin at Client { can grant everything }\n@";
    let rule = "role Advisor at Client { can remove Offer.cost as creator }";
    assert_gains(
        text,
        "",
        rule,
        &["Client.Advisor: edit Offer.cost", "Client.Advisor: remove Offer.cost"],
    );
}

#[test]
fn defaults_that_wait_for_each_other_end() {
    let text = "account Shop { boss: user? }\nresource Order in Shop { actions view }\n\
                user { manager: user? = shop.boss.deputy deputy: user? = shop.boss.manager actions view }\n\
                role Clerk at Shop { can view Order when user.manager is @ }";
    assert_gains(text, "user.manager", "user.deputy", &[]);
}

#[test]
fn nobody_is_listed_in_a_resource() {
    let text = "account Partner\nresource Offer in Partner { actions remove }\n\
                role Viewer at Offer @ { can remove Offer }";
    assert_gains(text, "", "default", &[]);
}

#[test]
fn where_something_may_lie_counts_for_texts() {
    let text = "account Hub\naccount Shop in Hub @\nunit Area in Hub, Shop, Area\nprincipal Bot { actions view }\n\
                role Boss at Hub { can grant everything }";
    let (gains, losses) = edit(text, ", Area", "");
    assert_eq!((gains.len(), losses.len()), (0, 1), "{losses:?}");
}

#[test]
fn nobody_stands_above_himself_by_default() {
    let text = "account Shop { boss: user? }\nuser { manager: user? = shop.boss }\n\
                resource Order in Shop { creator: user  actions view }\n\
                role Clerk at Shop { can view Order as manager+ of creator@ }\nensure nobody can view Order";
    assert_refuted(&text.replace('@', ""));
    assert_proved(&text.replace('@', " when user is resource.creator"));
}

#[test]
fn what_nobody_has_nobody_can_take() {
    let text =
        "account Shop\n@anyone can take anything to anyone unless recipient in shop\nensure nobody can take member";
    assert_proved(&text.replace('@', ""));
    // Somebody's role has ended: that is no membership, and can still be taken.
    assert_refuted(&text.replace('@', "role Clerk at Shop\n"));
}

#[test]
fn a_node_apart_lies_wherever_it_may() {
    let text = "account Tenant\naccount Lab\nresource Doc in Tenant, Lab { actions use }\n\
                role Tech at Tenant\nrole Boss at Lab { can use Doc }\nrole Maker at Doc for whoever can use Doc\n@";
    let (_, losses) = edit(text, "role Maker at Doc { can assign Tenant.Tech anywhere }", "");
    assert_eq!(losses, ["Doc.Maker: give Tech", "Doc.Maker: take Tech"]);
}

#[test]
fn nothing_is_supposed_of_what_facts_list() {
    let text = "account Client { size: small < @ < large = small  actions view }\n\
                role Advisor at Client for whoever is member\nrole Senior at Client { can view Client }\n\
                nobody but Client.Advisor can view Client when resource.size is large";
    edit(text, "medium", "extra");
}

#[test]
fn what_facts_may_name_and_means_something_else_is_not_known() {
    let closed = |text: &str, old: &str, new: &str| {
        let [old, new] = [old, new].map(|word| policy(&text.replace('@', word)));
        compare(&old, &new).closed
    };
    // A group whose members are those who hold a role.
    let text = "account Shop\nunit Team in Shop\nresource Doc in Shop { actions view }\n\
                role Member at Team @\nrole Clerk at Shop { can view Doc }";
    assert!(matches!(closed(text, "default", ""), Closed::Unknown(why) if why.contains("`Team.Member`")));
    // `grants: [{ to: ann, can: view papers, at: … }]`
    let text = "account Shop\nresource Doc in Shop { actions view }\nresource Key in Shop { actions view }\n\
                area papers { @ }\nrole Boss at Shop { can grant everything }";
    assert!(matches!(closed(text, "Doc, Key", "Key"), Closed::Unknown(why) if why.contains("`papers`")));
    let nothing_handed = text.replace("can grant everything", "can view Key");
    assert_eq!(closed(&nothing_handed, "Doc, Key", "Key"), Closed::Proven);
    // The area is what it was; who may hand it out is another matter.
    let handed = nothing_handed.replace('@', "Doc, Key");
    let more = handed.replace("can view Key", "can grant view Key");
    assert_eq!(compare(&policy(&handed), &policy(&more)).closed, Closed::Proven);
    // What only one of them has is looked at as it is.
    let action = text.replace('@', "Doc, Key");
    let with_action = action.replacen("actions view", "actions view, stop", 1);
    assert_eq!(compare(&policy(&action), &policy(&with_action)).closed, Closed::Proven);
}

/// The answer to a sentence, as text.
fn ask(policy: &str, facts: &str, sentence: &str) -> String {
    let policy = rolebook::Policy::of_texts([("shop.roles", policy)]).unwrap();
    policy
        .organisation_of(facts)
        .unwrap()
        .ask(sentence)
        .unwrap()
        .to_string()
}

fn assert_says(policy: &str, facts: &str, sentence: &str, start: &str) {
    let said = ask(policy, facts, sentence);
    assert!(said.starts_with(start), "{sentence}: {said}");
}

fn lint(policy: &str) -> String {
    let policy = rolebook::Policy::of_texts([("shop.roles", policy)]).unwrap();
    policy.lint().to_string()
}

#[test]
fn a_field_of_a_user_is_asked_about() {
    let policy = "account Shop\nuser { fields cv, pay  actions edit }\n\
                  role Hr at Shop { can edit User except User.pay }\nrole Payroll at Shop { can edit User.pay }\n\
                  role Admin at Shop { can assign Payroll }";
    let facts = "accounts: { s: { is: Shop } }\nusers: { h: { in: s, roles: { Hr: s } }, c: { in: s }, \
                 p: { in: s, roles: { Payroll: s } }, a: { in: s, roles: { Admin: s } } }";
    assert_says(policy, facts, "can h edit c", "allow");
    assert_says(policy, facts, "can h edit pay of c", "deny");
    assert_says(policy, facts, "can h edit pay of User c in s", "deny");
    assert_says(policy, facts, "can p edit pay of c", "allow");
    assert_says(policy, facts, "who can edit pay of c", "p ");
    assert_says(policy, facts, "can c ever edit pay of h together with a", "yes");
}

#[test]
fn a_setting_of_users_is_a_right() {
    let shop = "account Shop\nuser { fields cv, pay  rank: int = 1 @  actions view, edit }\n\
                role Pay at Shop { can edit User.pay  can view User when user.rank > 3 }";
    assert_gains(shop, "", "in pay", &["Shop.Pay: change setting User.rank"]);
    let app = shop
        .replace("user {", "principal App {")
        .replace("User", "App")
        .replace("user.", "resource.");
    assert_gains(&app, "", "in pay", &["Shop.Pay: change setting App.rank"]);
}

#[test]
fn the_action_that_changes_settings_comes_or_goes() {
    let shop = "account Shop\nresource Doc in Shop { fields a  open: bool = false in a  actions view, manage @ }\n\
                role Hr at Shop { can manage Doc.a }\nrole Pay at Shop { can view Doc when resource.open }";
    let (gains, losses) = edit(shop, ", edit", "");
    assert_eq!(
        (gains, losses),
        (vec!["Shop.Hr: change setting Doc.open".to_owned()], vec![])
    );
    let (gains, losses) = edit(shop, "", ", edit");
    assert_eq!(
        (gains, losses),
        (vec![], vec!["Shop.Hr: change setting Doc.open".to_owned()])
    );
}

#[test]
fn what_a_role_cannot_is_promised_of_every_target() {
    let shop = "account Shop { actions view, close }\nunit Team in Shop { actions view }\n\
                role Clerk at Team { can view Team }\n";
    assert_refuted(&format!("{shop}anyone can view Shop\nensure Clerk cannot view Shop"));
    assert_refuted(&format!(
        "{shop}anyone can close Shop\nensure Clerk cannot view, close Shop"
    ));
    assert_refuted(&format!(
        "{shop}everyone can view Team unless user holds Clerk\nensure Clerk cannot view Team"
    ));
    assert_proved(&format!("{shop}anyone can view Shop\nensure Clerk cannot close Shop"));
    assert!(!lint(&format!("{shop}anyone can view Shop\nensure Clerk cannot view Shop")).contains("out-of-reach"));
}

#[test]
fn what_may_be_taken_out_may_be_by_itself_and_with_all_others() {
    let shop = "account Shop\nresource Doc in Shop { actions view }\n\
                role Boss at Shop { can grant view Doc unless user holds Boss }\n";
    let told = lint(&format!("{shop}nobody can grant view Doc"));
    assert!(
        told.contains("dead-rule") && !told.contains("vacuous-prohibition"),
        "{told}"
    );
    // Dead, and yet what data may hand out is decided by its reach.
    let told = lint(shop);
    assert!(told.contains("dead-rule") && !told.contains("take"), "{told}");
}

#[test]
fn what_has_ended_is_granted_anew() {
    let policy = "account Shop { actions view }\nrole Boss at Shop { can grant view Shop }";
    let facts = "context: { now: 2026-06-01T00:00Z }\naccounts: { s: { is: Shop } }\n\
                 users: { b: { in: s, roles: { Boss: s } }, e: { in: s }, g: { in: s } }\n\
                 grants: [{ to: e, can: view Shop, at: s, until: 2026-01-01 }, \
                 { to: g, can: view Shop, at: s, from: 2027-01-01 }]";
    for user in ["e", "g"] {
        let said = ask(policy, facts, &format!("how could {user} view s"));
        assert!(said.contains("grant view Shop at s  by b"), "{said}");
    }
}

#[test]
fn nobody_gives_what_is_derived() {
    let shop = "account Shop\nrole Lead at Shop\nrole Head at Shop for whoever holds Lead\nrole Boss at Shop { @ }";
    let (gains, _) = edit(shop, "", "can assign anything");
    assert!(
        !gains.is_empty() && gains.iter().all(|it| !it.contains("Head")),
        "{gains:?}"
    );
    let facts = "accounts: { s: { is: Shop } }\nusers: { b: { in: s, roles: { Boss: s } }, c: { in: s } }";
    assert_says(
        &shop.replace('@', "can assign anything"),
        facts,
        "can b give Head at s to c",
        "deny",
    );
}

#[test]
fn whom_nobody_lists_is_not_oneself() {
    let policy = "account Shop { actions view }\nuser { actions fire }\nrole Hr at Shop { can fire User except self }\n\
                  role Own at Shop for whoever can fire User { can view Shop }";
    let facts = "accounts: { s: { is: Shop } }\nusers: { h: { in: s, roles: { Hr: s } } }";
    assert_says(policy, facts, "can h fire User in s", "allow");
    assert_says(policy, facts, "can h fire h", "deny");
    assert_says(policy, facts, "can h view s", "allow");
    assert!(!lint(policy).contains("dead-rule"), "{}", lint(policy));
}

#[test]
fn examples_name_their_moment() {
    let [old, new] = ["", " when context.now after 2020-01-01T00:00Z"].map(|when| {
        policy(&format!(
            "account Shop\nresource Doc in Shop {{ actions view }}\nrole Lead at Shop {{ can view Doc{when} }}"
        ))
    });
    let found = compare(&old, &new);
    let shown = found.cells[0].narrower.as_ref().unwrap();
    assert!(shown.sentence.contains("with context.now ="), "{}", shown.sentence);
}

#[test]
fn a_part_decides_nothing_by_itself_or_is_not_said_to() {
    let shop = "account Shop\nuser { actions fire }\nrole B at Shop { can fire User }\n";
    let rules = [
        "role X at Shop { cannot fire User except self when not (user holds X here) or resource is not user }",
        "role H at Shop for whoever is head { cannot fire User except self when here.head is not user or resource is not user }",
        "role H at Shop for whoever is head { cannot fire User except self unless here.head is user and resource is user }",
    ];
    for rule in rules {
        let told = lint(&format!(
            "{}{rule}",
            shop.replace("account Shop", "account Shop { head: user? }")
        ));
        assert!(!told.contains("`resource is"), "{told}");
    }
}

#[test]
fn what_a_derived_role_cannot_is_promised_whatever_else_is_held() {
    let shop = "account Shop { head: user?  actions view }\nresource Doc in Shop { actions view, edit }\n\
                role Head at Shop for whoever is head { can view Shop }\nrole Boss at Shop { can view Doc }\n";
    assert_refuted(&format!("{shop}ensure Head cannot view Doc"));
    assert_refuted(&format!("{shop}ensure Head cannot view Shop"));
    assert_proved(&format!("{shop}ensure Head cannot edit Doc"));
    // Where it is held lies below what is done to.
    let team = "account Shop { actions view }\nunit Team in Shop { head: user?  actions view }\n\
                role Head at Team for whoever is head { can view Team }\nrole Boss at Shop { can view Shop }\n";
    assert_refuted(&format!("{team}ensure Head cannot view Shop"));
}

#[test]
fn for_how_long_a_role_is_given_is_not_tried_and_so_nothing_is_never() {
    let facts = "context: { now: 2026-06-01T00:00Z }\naccounts: { s: { is: Shop } }\n\
                 users: { b: { in: s, roles: { Boss: s } }, u: { in: s } }";
    for when in [
        "holding.until after context.now",
        "holding.from before 2026-01-01T00:00Z",
    ] {
        let policy = format!(
            "account Shop {{ actions view }}\nrole Boss at Shop {{ can assign Clerk }}\n\
             role Clerk at Shop {{ can view Shop when {when} }}"
        );
        assert_says(&policy, facts, "can u ever view s together with b", "unknown");
        assert_says(
            &policy,
            facts,
            "how could u view s",
            "nothing was found by which u could view",
        );
    }
}

#[test]
fn sets_and_others_are_tried_as_values() {
    let policy = "account Shop\nresource Order in Shop { region: string  fields who  creator: user in who\n\
                  actions view, approve, edit }\nrole Clerk at Shop (regions: set of string = [\"west\"]) {\n\
                  can view Order when resource.region in holding.regions\n\
                  can edit Order when not any holding.regions is \"west\"\n\
                  can approve Order when resource.creator is not user }\n\
                  role Admin at Shop { can assign Clerk  can edit Order.who }";
    let facts = "accounts: { s: { is: Shop } }\nusers: { u: { in: s }, c: { in: s, roles: { Clerk: { at: s, regions: [south] } } }, \
                 a: { in: s, roles: { Admin: s } } }\n\
                 resources: { o: { is: Order, in: s, region: north }, o2: { is: Order, in: s } }";
    let could = |sentence: &str, wanted: &str| {
        let said = ask(policy, facts, sentence);
        assert!(said.contains(wanted), "{said}");
    };
    could("how could u view o", "give Clerk at s with regions = [\"north\"]  by a");
    could("how could c view o", "give Clerk at s with regions = [\"north\"]  by a");
    could("how could u edit o", "or []  by a");
    could("how could c approve o2", "set creator of o2 to");
}
