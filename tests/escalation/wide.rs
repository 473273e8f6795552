//! Policies and organisations with all that can change: attributes in fields of types with `edit`, and with `manage` only,
//! defaults, principals of several kinds, single grants and custom roles that reach over a border, groups, windows.

use crate::worlds::Dice;
use crate::{Case, case};

const TYPES: &str = "user { fields file  level: int = 1 in file  manager: user? in file  barred: bool = false  actions edit }\n\
    principal App { fields own  trusted: bool = false in own  level: int = 5  actions manage }\n\
    account Platform { fields house  open: bool = false in house  shut: bool = false  actions view, edit, manage }\n\
    account Client in Platform { fields lock  locked: bool = true in lock  actions view, manage }\n\
    unit Team in Client, Team {\n\
      fields desk  lead: user? in desk  crew: group? in desk  staff: users in desk\n\
      calm: bool = client.locked in desk  keep: group?  actions edit\n\
    }\n\
    resource Paper in Client, Team {\n\
      fields body, cost  creator: user? in body  readers: users in body  amount: int = 5 in cost\n\
      state: low < mid < high = low in body  fixed: bool = false\n\
      creating actions make  actions view, edit, sign  edit implies view\n\
    }\n\
    role Boss at Platform\n\
    role Keeper at Client\n\
    role Member at Client default\n\
    role Lead at Team\n\
    role Clerk at Team (most: int = 3)\n\
    role Guest at Team default\n\
    role Viewer at Paper\n\
    role Chief at Team for whoever is lead\n";

const HOLDERS: [&str; 11] = [
    "Boss at Platform",
    "Boss at Platform",
    "Keeper at Client",
    "Keeper at Client",
    "Keeper at Client",
    "Member at Client",
    "Lead at Team",
    "Clerk at Team",
    "Guest at Team",
    "Viewer at Paper",
    "Chief at Team",
];

const CONDITIONS: [&str; 42] = [
    "platform.open",
    "not platform.open",
    "platform.shut",
    "client.locked",
    "not client.locked",
    "not client.locked",
    "team.calm",
    "not team.calm",
    "here.locked",
    "not here.calm",
    "user.level > 3",
    "user.barred",
    "user.trusted",
    "team.lead.level > 3",
    "user.manager.level > 3",
    "user.manager is team.lead",
    "resource.amount > 10",
    "resource.amount < 5",
    "resource.state >= mid",
    "resource.fixed",
    "not resource.fixed",
    "user is team.lead",
    "team.lead is resource.creator",
    "user in resource.readers",
    "any resource.readers is user",
    "any resource.readers in team.crew",
    "any team.staff in team.keep",
    "any resource.readers in team.keep",
    "all team.staff in team.crew",
    "user in team.crew",
    "not (user in team.keep)",
    "user in team.keep",
    "user in team",
    "user in client",
    "recipient in team",
    "recipient holds Lead",
    "user holds Clerk",
    "not (user holds Lead)",
    "user holds Lead anywhere",
    "holding.most > 5",
    "context.now after 2026-01-01T00:00Z",
    "recipient is team.lead",
];

/// Rules that fit together, of which each policy has some.
const FITTING: [&str; 40] = [
    "role Keeper at Client { can assign Lead, Clerk, Guest }",
    "role Keeper at Client { can assign Lead, Clerk except self }",
    "role Keeper at Client { can assign member }",
    "role Keeper at Client { can manage Client.lock }",
    "role Keeper at Client { can manage Client }",
    "role Keeper at Client { can edit Team.desk }",
    "role Keeper at Client { can edit Paper.body }",
    "role Keeper at Client { can edit Paper.cost }",
    "role Keeper at Client { can edit User.file }",
    "role Keeper at Client { can manage App }",
    "role Keeper at Client { can grant sign Paper }",
    "role Keeper at Client { can grant view Paper except Paper.cost }",
    "role Keeper at Client { can give Viewer }",
    "role Keeper at Client { can take Lead, Member }",
    "role Keeper at Client { cannot sign Paper }",
    "role Boss at Platform { can grant view, sign Paper }",
    "role Boss at Platform { can grant view Paper except self in Client }",
    "role Boss at Platform { can assign Keeper, Lead to anyone in Client }",
    "role Boss at Platform { can assign member to anyone in Client }",
    "role Boss at Platform { can edit Platform }",
    "role Lead at Team { can give Clerk except self }",
    "role Lead at Team { can edit Team.desk }",
    "role Lead at Team { can sign Paper unless here.calm }",
    "role Lead at Team { can sign Paper in Team when any resource.readers in team.crew }",
    "role Lead at Team { can sign Paper in Team when user in team.keep }",
    "role Clerk at Team { can sign Paper when user.level > 3 }",
    "role Clerk at Team { can sign Paper when holding.most > 5 }",
    "role Clerk at Team { can edit Paper when resource.amount > 10 }",
    "role Guest at Team { can view Paper unless here.calm }",
    "role Guest at Team { can edit Paper.body as readers }",
    "role Member at Client { can view Paper unless here.locked }",
    "role Member at Client { can sign Paper as creator }",
    "role Member at Client { can view Paper as readers }",
    "role Member at Client { can sign Paper as manager+ of creator }",
    "role Member at Client { can sign Paper when user.trusted }",
    "role Chief at Team { can sign, view Paper }",
    "role Chief at Team { can give Lead to anyone }",
    "role Viewer at Paper { can view, sign Paper }",
    "everyone can view Paper in Team when any team.staff in team.keep",
    "nobody can sign Paper when user.barred",
];

fn power(dice: &mut Dice) -> String {
    let role = dice.one(&[
        "Boss", "Keeper", "Member", "Lead", "Lead", "Clerk", "Clerk", "Guest", "Viewer", "member",
    ]);
    match dice.below(14) {
        0..=4 => {
            let verb = dice.one(&["give", "give", "assign", "take"]);
            let except = dice.one(&["", "", "", " except self"]);
            let to = dice.one(&["", "", "", " to anyone", " to Clerk", " to Lead"]);
            format!("{verb} {role}{except}{to}")
        }
        5 | 6 => dice
            .one(&[
                "edit Team.desk",
                "edit Team",
                "edit Paper.body",
                "edit Paper.cost",
                "edit Paper",
                "edit Platform",
                "edit User.file",
                "edit User",
            ])
            .to_owned(),
        7 | 8 => dice
            .one(&[
                "manage Client.lock",
                "manage Client.lock",
                "manage Platform",
                "manage App",
                "manage App.own",
            ])
            .to_owned(),
        9 | 10 => {
            let what = dice.one(&[
                "view Paper",
                "sign Paper",
                "view Paper except Paper.cost",
                "edit Paper",
                "edit Team.desk",
            ]);
            let except = dice.one(&["", " except self", " they have", " to Lead"]);
            // One `except` each.
            let except = if what.contains("except") && except.contains("except") {
                ""
            } else {
                except
            };
            format!("grant {what}{except}")
        }
        _ => dice
            .one(&[
                "view Paper",
                "sign Paper",
                "sign Paper as creator",
                "view Paper as readers",
                "sign Paper as lead",
                "sign Paper as manager of creator",
                "sign Paper as manager+ of creator",
                "view Paper except Paper.cost",
                "edit Paper.cost",
                "view Client",
            ])
            .to_owned(),
    }
}

fn rule(dice: &mut Dice, holder: &str) -> String {
    let power = power(dice);
    // What is held at the platform reaches the client's papers over the border only.
    let reach = match holder.starts_with("Boss") && dice.chance(60) {
        true => " in Client",
        false => dice.one(&[
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            " only here",
            " only below",
            " across Platform",
            " anywhere",
            " in Team",
        ]),
    };
    let condition = match dice.below(8) {
        0..=2 => format!(" when {}", dice.one(&CONDITIONS)),
        3 => format!(" unless {}", dice.one(&CONDITIONS)),
        _ => String::new(),
    };
    // A relation stands behind the reach.
    match power.split_once(" as ") {
        Some((power, relation)) => format!("{power}{reach} as {relation}{condition}"),
        None => format!("{power}{reach}{condition}"),
    }
}

fn line(dice: &mut Dice) -> String {
    let holder = dice.one(&HOLDERS);
    match dice.below(24) {
        0 => format!("everyone can {}", rule(dice, "")),
        1 => format!("nobody can {}", rule(dice, "")),
        2 => format!(
            "nobody but {} can {}",
            dice.one(&["Boss", "Keeper", "Lead"]),
            rule(dice, "")
        ),
        3 => format!("role {holder} {{ cannot {} }}", rule(dice, holder)),
        _ => format!("role {holder} {{ can {} }}", rule(dice, holder)),
    }
}

/// Who holds what, now or at another time.
fn held(dice: &mut Dice) -> String {
    let (role, at) = dice.one(&[
        ("Boss", "p"),
        ("Boss", "p"),
        ("Keeper", "c"),
        ("Keeper", "c"),
        ("Lead", "t"),
        ("Lead", "t2"),
        ("Clerk", "t"),
        ("Guest", "t"),
        ("Viewer", "paper-2"),
        ("Member", "c"),
    ]);
    let when = dice.one(&[
        "",
        "",
        "",
        "",
        ", until: 2020-01-01",
        ", from: 2030-01-01",
        ", from: 2020-01-01",
    ]);
    format!("{role}: {{ at: {at}{when} }}")
}

fn users(dice: &mut Dice) -> String {
    let mut text = String::new();
    for user in ["ann", "bob", "cid"] {
        let places: Vec<&str> = ["p", "c", "t"].into_iter().filter(|_| dice.chance(60)).collect();
        let roles: Vec<String> = (0..dice.below(if user == "ann" { 2 } else { 4 }))
            .map(|_| held(dice))
            .collect();
        let mut known: Vec<&str> = Vec::new();
        let roles: Vec<&String> = roles
            .iter()
            .filter(|role| {
                let name = role.split_once(':').map_or("", |(name, _)| name);
                let new = !known.contains(&name);
                known.push(name);
                new
            })
            .collect();
        let roles: Vec<&str> = roles.into_iter().map(String::as_str).collect();
        let level = if dice.chance(30) { ", level: 4" } else { "" };
        let manager = if user == "bob" && dice.chance(40) {
            ", manager: cid"
        } else {
            ""
        };
        text += &format!(
            "  {user}: {{ in: [{}], roles: {{ {} }}{level}{manager} }}\n",
            places.join(", "),
            roles.join(", ")
        );
    }
    text
}

pub(crate) fn facts(dice: &mut Dice) -> String {
    let flag = |dice: &mut Dice, name: &str| match dice.below(3) {
        0 => String::new(),
        1 => format!(", {name}: true"),
        _ => format!(", {name}: false"),
    };
    let who = |dice: &mut Dice, name: &str| match dice.below(3) {
        0 => format!(", {name}: {}", dice.one(&["ann", "bob", "cid"])),
        _ => String::new(),
    };
    let (open, locked, calm) = (flag(dice, "open"), flag(dice, "locked"), flag(dice, "calm"));
    let mut text = format!(
        "accounts: {{ p: {{ is: Platform{open} }}, c: {{ is: Client, in: p{locked} }} }}\n\
         units: {{ t: {{ is: Team, in: c, crew: g, keep: h, staff: [{}]{calm}{} }}, t2: {{ is: Team, in: t, keep: g }} }}\n",
        dice.one(&["", "ann", "bob", "ann, bob"]),
        who(dice, "lead"),
    );
    text += "users:\n";
    text += &users(dice);
    text += &format!(
        "  bot: {{ is: App, in: [p, c], roles: {{ {} }} }}\n",
        dice.one(&["", "Boss: p", "Lead: t"])
    );
    let members = dice.one(&[
        "[]",
        "[ann]",
        "[bob]",
        "[Lead at t]",
        "[\"group:h\"]",
        "[cid, Member at c]",
    ]);
    text += &format!(
        "groups:\n  g: {{ members: {members}, roles: {{ {} }} }}\n  h: {{ members: [{}], roles: {{ {} }} }}\n",
        dice.one(&["", "Clerk: t", "Keeper: c", "Guest: t2"]),
        dice.one(&["", "bob", "cid"]),
        dice.one(&["", "Lead: t", "Viewer: paper-1"]),
    );
    text += &format!(
        "resources: {{ paper-1: {{ is: Paper, in: c, readers: [{}]{} }}, paper-2: {{ is: Paper, in: t, amount: 20{} }} }}\n",
        dice.one(&["", "ann", "bob"]),
        who(dice, "creator"),
        who(dice, "creator"),
    );
    if dice.chance(30) {
        let what = dice.one(&[
            "sign Paper in Client",
            "view Paper in Client",
            "edit Team.desk in Client",
            "view Paper except Paper.cost",
        ]);
        let (to, at) = (dice.one(&["ann", "\"group:g\""]), dice.one(&["p", "p", "c"]));
        text += &format!("grants:\n  - {{ to: {to}, can: {what}, at: {at} }}\n");
    }
    if dice.chance(30) {
        let what = dice.one(&[
            "view Paper in Client",
            "sign Paper in Client, view Paper",
            "view Paper when resource.amount > 10",
        ]);
        text += &format!(
            "roles:\n  - {{ name: Auditor, at: {}, can: [{what}] }}\n",
            dice.one(&["p", "p", "c"])
        );
    }
    text
}

/// A policy that compiles, with an organisation that is good.
pub(crate) fn wide(seed: u64) -> (Case, String) {
    let mut dice = Dice::new(seed ^ 0x51de);
    let mut policy = TYPES.to_owned();
    for fitting in FITTING.iter().filter(|_| dice.chance(45)) {
        policy += &format!("{fitting}\n");
    }
    assert!(case(&policy, "{}").is_some(), "{policy}");
    let wanted = dice.below(5);
    let mut lines = 0;
    while lines < wanted {
        let longer = format!("{policy}{}\n", line(&mut dice));
        if case(&longer, "{}").is_some() {
            policy = longer;
            lines += 1;
        }
    }
    let facts = facts(&mut dice);
    let text = format!("{policy}---\n{facts}");
    (case(&policy, &facts).unwrap_or_else(|| panic!("{text}")), text)
}

/// Each of the rules that fit together is one.
#[test]
fn what_fits_compiles() {
    let wrong = FITTING
        .iter()
        .filter(|rule| case(&format!("{TYPES}{rule}\n"), "{}").is_none());
    assert_eq!(wrong.collect::<Vec<_>>(), [&""; 0]);
}
