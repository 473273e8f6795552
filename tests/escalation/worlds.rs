//! Small random policies and organisations, from one seed each.

use crate::{Case, case};

const TYPES: &str = "account Company\n\
    unit Team in Company, Team {\n\
      fields settings\n\
      open: bool = false in settings\n\
      lead: user? in settings\n\
      crew: group\n\
      actions edit\n\
    }\n\
    resource Doc in Team { secret: bool = team.open  actions view, delete }\n\
    role Admin at Company\n\
    role Boss, Clerk at Team\n\
    role Guest at Team default\n";

const DERIVED: &str = "role Chief at Team for whoever is lead\n";

const BY_HAND: [(&str, &str); 4] = [
    ("Admin", "Company"),
    ("Boss", "Team"),
    ("Clerk", "Team"),
    ("Guest", "Team"),
];

/// Random numbers from a seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def0)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() >> 20).unwrap_or(0) % n
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

fn condition(dice: &mut Dice) -> &'static str {
    dice.one(&[
        "team.open",
        "not team.open",
        "user is team.lead",
        "recipient is team.lead",
        "recipient holds Clerk",
        "not (recipient holds Boss)",
        "user holds Boss",
        "not (user holds Clerk)",
        "user in team",
        "not (user in team)",
        "recipient in company",
        "recipient in team",
        "user in team.crew",
        "not (user in team.crew)",
        "team.lead holds Boss",
    ])
}

fn given(dice: &mut Dice) -> &'static str {
    dice.one(&["Admin", "Boss", "Boss", "Clerk", "Clerk", "Guest", "member", "anything"])
}

fn rule(dice: &mut Dice) -> String {
    let role = given(dice);
    let verb = dice.one(&["give", "give", "give", "assign", "take"]);
    let power = match dice.below(12) {
        0..=6 => {
            let except = if dice.chance(20) { " except self" } else { "" };
            let to = dice.one(&["", "", "", " to anyone", " to Clerk", " to Boss", " to Guest"]);
            format!("{verb} {role}{except}{to}")
        }
        7 => "edit Team.settings".to_owned(),
        8 => format!("grant delete Doc{}", dice.one(&["", " they have", " to Clerk"])),
        9 => "delete Doc".to_owned(),
        10 => format!("grant edit Team.settings{}", dice.one(&["", " except self"])),
        _ => format!("give {role}"),
    };
    let reach = dice.one(&["", "", "", " only here", " across Company"]);
    let condition = match dice.below(5) {
        0 | 1 => format!(" when {}", condition(dice)),
        2 => format!(" unless {}", condition(dice)),
        _ => String::new(),
    };
    format!("{power}{reach}{condition}")
}

/// One line of a policy.
fn line(dice: &mut Dice) -> String {
    let holder = dice.one(&[
        "Admin at Company",
        "Boss at Team",
        "Clerk at Team",
        "Guest at Team",
        "Clerk at Team",
        "Chief at Team",
    ]);
    match dice.below(12) {
        0 => format!("everyone can {}", rule(dice)),
        1 => format!("nobody can {}", rule(dice)),
        2 => format!(
            "nobody but {} can {}",
            dice.one(&["Boss", "Clerk", "Guest"]),
            rule(dice)
        ),
        3 | 4 => format!("role {holder} {{ cannot {} }}", rule(dice)),
        _ => format!("role {holder} {{ can {} }}", rule(dice)),
    }
}

fn facts(dice: &mut Dice) -> String {
    let deep = dice.chance(25);
    let mut places = vec!["acme", "t1"];
    let mut text = "accounts: { acme: { is: Company } }\nunits:\n".to_owned();
    let open = if dice.chance(40) { ", open: true" } else { "" };
    let lead = if dice.chance(25) { ", lead: b" } else { "" };
    text += &format!("  t1: {{ is: Team, in: acme, crew: g{open}{lead} }}\n");
    if deep {
        text += "  t2: { is: Team, in: t1, crew: g }\n";
        places.push("t2");
    }
    let users = if dice.chance(35) { 3 } else { 2 };
    text += "users:\n";
    for user in ["a", "b", "c"].iter().take(users) {
        let listed: Vec<&str> = places.iter().copied().filter(|_| dice.chance(60)).collect();
        let mut roles: Vec<String> = Vec::new();
        for (role, at) in BY_HAND {
            if dice.chance(22) {
                let node = if at == "Company" {
                    "acme"
                } else {
                    dice.one(&places[1..])
                };
                roles.push(format!("{role}: {node}"));
            }
        }
        text += &format!(
            "  {user}: {{ in: [{}], roles: {{ {} }} }}\n",
            listed.join(", "),
            roles.join(", ")
        );
    }
    let members = dice.one(&["[]", "[a]", "[b]", "[a, b]", "[Clerk at t1]", "[b, Guest at t1]"]);
    let roles = dice.one(&["", "", "Boss: t1", "Clerk: t1", "Guest: t1"]);
    text += &format!("groups:\n  g: {{ members: {members}, roles: {{ {roles} }} }}\n");
    text += "resources: { d: { is: Doc, in: t1 } }\n";
    if dice.chance(20) {
        text += "grants:\n  - { to: a, can: delete Doc, at: t1 }\n";
    }
    text
}

/// A policy in which roles give roles, one after the other, each of which allows something.
pub(crate) fn ladder(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let (types, _) = TYPES.split_once("role Guest").unwrap_or_default();
    let guest = dice.one(&["", "", " default"]);
    let mut policy = format!(
        "{types}role Guest at Team{guest}\nrole Admin at Company {{ can view, delete Doc }}\n\
         role Boss at Team {{ can delete Doc  can edit Team }}\nrole Clerk at Team {{ can view, delete Doc }}\n"
    );
    let wanted = 2 + dice.below(4);
    let mut lines = 0;
    while lines < wanted {
        let (holder, at) = dice.one(&BY_HAND);
        let (gives, _) = dice.one(&BY_HAND);
        let verb = dice.one(&["give", "assign"]);
        let except = dice.one(&["", "", " except self"]);
        let to = dice.one(&["", "", "", " to anyone", " to Clerk", " to Guest"]);
        let condition = match dice.below(3) {
            0 => format!(" when {}", condition(&mut dice)),
            _ => String::new(),
        };
        let longer = format!("{policy}role {holder} at {at} {{ can {verb} {gives}{except}{to}{condition} }}\n");
        if holder != gives && case(&longer, "{}").is_some() {
            policy = longer;
            lines += 1;
        }
    }
    policy
}

/// A policy that compiles, with an organisation.
pub(crate) fn world(seed: u64) -> (Case, String) {
    let mut dice = Dice::new(seed);
    let facts = facts(&mut dice);
    let mut policy = TYPES.to_owned() + DERIVED + "role Admin at Company { can grant delete Doc only below }\n";
    // A ladder, so that some plans are long.
    for (holder, gives) in [("Guest", "Clerk"), ("Clerk", "Boss"), ("Boss", "Guest")] {
        let step = format!(
            "role {holder} at Team {{ can give {gives} when {} }}\n",
            condition(&mut dice)
        );
        if seed % 4 == 1 && case(&format!("{policy}{step}"), "{}").is_some() {
            policy += &step;
        }
    }
    let wanted = 4 + dice.below(if seed.is_multiple_of(3) { 14 } else { 6 });
    let mut lines = 0;
    while lines < wanted {
        let longer = format!("{policy}{}\n", line(&mut dice));
        if case(&longer, "{}").is_some() {
            policy = longer;
            lines += 1;
        }
    }
    let text = format!("{policy}---\n{facts}");
    (case(&policy, &facts).expect(&text), text)
}
