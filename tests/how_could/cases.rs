//! Small policies and organisations, drawn from a seed.

use std::collections::BTreeSet;

const TYPES: &str = "
user { fields file  banned: bool = false in file  manager: user? in file  actions edit }
account Firm { fields settings  open: bool = false in settings  locked: bool = true  actions edit }
unit Team in Firm, Team {
  fields settings
  frozen: bool = firm.open in settings
  level: low < middle < high = low in settings
  lead: user? in settings
  watch: group? in settings
  actions edit
}
resource Doc in Team {
  fields people
  creator: user? in people
  readers: users in people
  amount: int in people
  fixed: bool = false
  creating actions make
  actions view, edit, sign
  edit implies view
}
role Boss at Firm {}
role Clerk at Firm default {}
role Head at Team {}
role Hand at Team default {}
role Steward at Team for whoever is lead {}
role Reader at Doc {}
";

/// The first of the rules are about who may change things: of these most are chosen.
const HANDING: usize = 8;

/// Rules of which some are chosen.
const RULES: [&str; 54] = [
    "role Boss at Firm { can assign Head, Hand, Reader }",
    "role Boss at Firm { can assign anything }",
    "role Boss at Firm { can assign member }",
    "role Boss at Firm { can edit Firm }",
    "role Boss at Firm { can edit Team }",
    "role Boss at Firm { can edit Doc.people }",
    "role Boss at Firm { can edit User }",
    "role Boss at Firm { can grant view Doc, sign Doc }",
    "role Boss at Firm { can view, sign Doc }",
    "role Boss at Firm { can take Clerk }",
    "role Head at Team { can assign Hand, Reader unless team.frozen }",
    "role Head at Team { can give member only here }",
    "role Head at Team { can edit Team.settings only here }",
    "role Head at Team { can sign Doc when resource.amount > 10 }",
    "role Head at Team { can edit Doc unless team.frozen }",
    "role Head at Team { can make Doc when team.level >= middle }",
    "role Head at Team { cannot sign Doc when resource.amount > 10 }",
    "role Hand at Team { can view Doc only here }",
    "role Hand at Team { can sign Doc as creator }",
    "role Hand at Team { can edit Doc as readers or creator }",
    "role Hand at Team { cannot edit Doc }",
    "role Hand at Team { can sign Doc when user.manager is resource.creator }",
    "role Clerk at Firm { cannot sign Doc }",
    "role Clerk at Firm { can view Doc as manager of creator }",
    "role Clerk at Firm { can make Doc when user holds Head }",
    "role Steward at Team { can sign, view Doc }",
    "role Steward at Team { can assign Head to anyone }",
    "role Steward at Team { cannot edit Doc unless user holds Reader }",
    "role Reader at Doc { can view Doc }",
    "role Reader at Doc { can sign Doc when user in team.watch }",
    "nobody can sign Doc when user.banned",
    "nobody can edit Doc unless firm.open",
    "nobody can view Doc when resource.fixed",
    "nobody but Boss can sign Doc when team.level is high",
    "nobody can make Doc when firm.locked and team.frozen",
    "everyone can view Doc when team.level is middle",
    "everyone can view Doc as readers",
    "everyone can edit Doc.people as creator",
    "anyone can view Doc when firm.open",
    "role Head at Team { can edit Team when user holds Clerk anywhere }",
    "role Boss at Firm { can take Hand, Head except self }",
    "role Head at Team { can assign Head except self when recipient in firm }",
    "role Clerk at Firm { can edit User except self }",
    "role Hand at Team { can view Doc when user in team }",
    "role Head at Team { can sign Doc as creator when team.frozen and resource.amount > 10 }",
    "role Reader at Doc { can sign Doc when user holds Head and not user.banned }",
    "role Clerk at Firm { can view Doc when resource.creator is user and firm.open }",
    "role Hand at Team { can make Doc when team.level is high or user in team.watch }",
    "role Steward at Team { can edit Doc as readers when team.level is middle }",
    "nobody can view Doc unless user holds any role at Team",
    "role Head at Team { can sign Doc when resource.creator is not user }",
    "role Hand at Team { can edit Doc when team.lead is not user }",
    "role Clerk at Firm { can view Doc when user.manager is not resource.creator }",
    "role Boss at Firm { can sign Doc when any resource.readers is not user }",
];

/// SplitMix64: numbers of a seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap_or(0) % n
    }

    pub(crate) fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// A policy of some of the rules.
pub(crate) fn policy(dice: &mut Dice) -> String {
    let many = 5 + dice.below(14);
    let mut rules: BTreeSet<usize> = (0..many).map(|_| dice.below(RULES.len())).collect();
    rules.extend((0..HANDING).filter(|_| dice.below(3) > 0));
    let lines: Vec<&str> = rules.into_iter().map(|ix| RULES[ix]).collect();
    format!("{TYPES}{}\n", lines.join("\n"))
}

/// An organisation.
pub(crate) fn people(dice: &mut Dice) -> String {
    let flag = |dice: &mut Dice| dice.one(&["true", "false"]);
    let user = |dice: &mut Dice| dice.one(&["ann", "bob", "cat"]);
    let role = |dice: &mut Dice| {
        dice.one(&[
            "",
            "",
            "Boss: firm",
            "Head: top",
            "Hand: sub",
            "Head: sub, Boss: firm",
            "Reader: doc",
            "Clerk: firm",
            "Hand: top, Boss: firm",
        ])
    };
    let places = |dice: &mut Dice| dice.one(&["[]", "[firm]", "[firm]", "[firm, top]", "[firm, sub]", "[sub]"]);
    let frozen = dice.one(&["", ", frozen: true", ", frozen: false"]);
    let members = dice.one(&["[]", "[ann]", "[Head at top]", "[\"group:inner\", bob]"]);
    let lead = dice.one(&["", ", lead: ann", ", lead: cat"]);
    let creator = dice.one(&["", ", creator: ann", ", creator: bob"]);
    format!(
        "accounts: {{ firm: {{ is: Firm, open: {} }} }}\n\
         units: {{ top: {{ is: Team, in: firm{lead} }}, sub: {{ is: Team, in: top{frozen}, level: {}, watch: crew }} }}\n\
         groups: {{ crew: {{ in: firm, members: {members}, roles: {{ {} }} }}, inner: {{ in: firm, roles: {{ {} }} }} }}\n\
         users:\n  \
           ann: {{ in: {}, roles: {{ {} }}, banned: {} }}\n  \
           bob: {{ in: {}, roles: {{ {} }}, manager: {} }}\n  \
           cat: {{ in: {}, roles: {{ {} }} }}\n\
         resources: {{ doc: {{ is: Doc, in: sub, amount: {}, readers: [{}]{creator} }} }}\n",
        flag(dice),
        dice.one(&["low", "middle", "high"]),
        dice.one(&["", "Hand: sub", "Head: top"]),
        dice.one(&["", "Reader: doc"]),
        places(dice),
        role(dice),
        flag(dice),
        places(dice),
        role(dice),
        dice.one(&["ann", "cat"]),
        places(dice),
        role(dice),
        dice.one(&["5", "10", "20"]),
        user(dice),
    )
}
