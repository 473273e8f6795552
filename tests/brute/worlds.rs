//! What small policies are made of: a few types each, and the phrases that fit them.

/// Declarations, and the phrases of which rules are put together.
pub(crate) struct World {
    pub(crate) name: &'static str,
    pub(crate) types: &'static str,
    /// Heads of roles, with other ways to write each; the first name is the role's.
    pub(crate) heads: &'static [&'static [&'static str]],
    pub(crate) powers: &'static [&'static str],
    pub(crate) reaches: &'static [&'static str],
    pub(crate) relations: &'static [&'static str],
    pub(crate) tests: &'static [&'static str],
    /// Whole lines: rules without a role are written like rules, these stand as they are.
    pub(crate) lines: &'static [&'static str],
    /// Attributes as declared, each with other ways to declare them that differ in the default or the field.
    pub(crate) defaults: &'static [(&'static str, &'static [&'static str])],
    /// Rules for all: percent.
    pub(crate) public: usize,
    /// Prohibitions in roles: percent.
    pub(crate) prohibitions: usize,
    /// Conditions: percent.
    pub(crate) conditions: usize,
}

const NONE: [&str; 0] = [];

pub(crate) const WORLDS: [World; 13] = [
    World {
        name: "reach",
        types: "account Corp { actions view }
unit Dept in Corp, Dept { actions view, edit  edit implies view }
resource Paper in Corp, Dept { creator: user  creating actions file  actions view, edit, sign  edit implies view }
",
        heads: &[
            &["Boss at Corp", "Boss at Corp only here", "Boss at Corp, Dept"],
            &["Lead at Dept", "Lead at Dept only below", "Lead at Corp, Dept"],
            &["Clerk at Dept", "Clerk at Dept extends Lead", "Clerk at Dept only here"],
        ],
        powers: &[
            "view Paper",
            "edit Paper",
            "view, edit Paper",
            "sign Paper",
            "do everything on Paper",
            "do everything on Paper except edit Paper",
            "view everything",
            "do everything except Dept",
            "file Paper",
            "edit Dept",
            "view everything except Corp",
            "view but not edit Paper",
        ],
        reaches: &[" only here", " only below", " in Dept", " in Corp", " across Dept", " across Corp", " anywhere"],
        relations: &[" as creator"],
        tests: &NONE,
        lines: &[
            "no user is both Boss and Lead",
            "no user is both Lead and Clerk at the same Dept",
        ],
        defaults: &[],
        public: 20,
        prohibitions: 30,
        conditions: 0,
    },
    World {
        name: "values",
        types: "account Corp { open: bool = false  actions view }
unit Dept in Corp { open: bool = corp.open  actions view, edit  edit implies view }
resource Paper in Dept { amount: int  kind: memo | letter | bill = memo  level: low < mid < high  actions view, edit, sign  edit implies view }
context { strong: bool }
",
        heads: &[&["Lead at Dept"], &["Boss at Corp"], &["Clerk at Dept", "Clerk at Dept extends Lead"]],
        powers: &["view Paper", "edit Paper", "sign Paper", "view, sign Paper", "do everything on Paper", "edit Dept"],
        reaches: &[" only here"],
        relations: &NONE,
        tests: &[
            "resource.amount < 2",
            "resource.amount >= 2",
            "resource.amount > 0",
            "resource.amount is 1",
            "resource.amount is not 2",
            "resource.kind is memo",
            "resource.kind in [memo, bill]",
            "resource.kind is not letter",
            "resource.level < high",
            "resource.level >= mid",
            "dept.open",
            "corp.open",
            "context.strong",
            "not context.strong",
        ],
        lines: &NONE,
        defaults: &[
            ("open: bool = false", &["open: bool", "open: bool = true"]),
            ("open: bool = corp.open", &["open: bool", "open: bool = false", "open: bool = true"]),
            ("kind: memo | letter | bill = memo", &["kind: memo | letter | bill", "kind: memo | letter | bill = bill"]),
            ("level: low < mid < high", &["level: low < mid < high = low"]),
            ("amount: int", &["amount: int = 2"]),
        ],
        public: 30,
        prohibitions: 25,
        conditions: 85,
    },
    World {
        name: "default",
        types: "account Corp { actions view }
unit Dept in Corp { open: bool  actions view, edit }
resource Paper in Dept { creator: user?  actions view, edit  edit implies view }
",
        heads: &[
            &["Staff at Dept default", "Staff at Dept default", "Staff at Dept"],
            &["Lead at Dept", "Lead at Dept extends Staff"],
            &["Member at Corp default", "Member at Corp"],
        ],
        powers: &["view Paper", "edit Paper", "view everything", "do everything", "edit Dept", "view, edit Dept"],
        reaches: &[" only here", " in Dept"],
        relations: &[" as creator"],
        tests: &["user in dept", "not user in dept", "user in corp", "dept.open", "user holds Staff", "not user holds Lead"],
        lines: &["no user is both Staff and Lead", "no user is both Staff and Member"],
        defaults: &[("open: bool", &["open: bool = false", "open: bool = true"])],
        public: 35,
        prohibitions: 20,
        conditions: 40,
    },
    World {
        name: "relations",
        types: "account Corp { owner: user?  actions view }
resource Paper in Corp { creator: user  assignee: users  actions view, edit  edit implies view }
user { manager: user? }
",
        heads: &[&["Lead at Corp"], &["Clerk at Corp", "Clerk at Corp extends Lead"]],
        powers: &["view Paper", "edit Paper", "view, edit Paper", "view Corp"],
        reaches: &[" anywhere"],
        relations: &[
            " as creator",
            " as assignee",
            " as creator or assignee",
            " as owner of Corp",
            " as manager of creator",
            " as manager+ of creator",
            " as owner or creator",
            " as manager of assignee",
        ],
        tests: &["user is resource.creator", "user is not resource.creator", "user in resource.assignee", "user is corp.owner"],
        lines: &NONE,
        defaults: &[],
        public: 30,
        prohibitions: 25,
        conditions: 25,
    },
    World {
        name: "borders",
        types: "account Partner { actions view, edit }
account Client in Partner { actions view, edit  edit implies view }
unit Office in Partner, Client { actions view }
resource Offer in Office, Client { actions view, edit  edit implies view }
",
        heads: &[&["Admin at Partner", "Admin at Partner, Client"], &["Agent at Client"], &["Helper at Office", "Helper at Office extends Partner.Admin"]],
        powers: &["view Offer", "edit Offer", "view Client", "edit Client", "view, edit Offer", "view everything", "do everything", "view Client, Offer"],
        reaches: &[" in Client", " in Office", " in Partner", " across Partner", " across Client", " anywhere", " only here", " only below"],
        relations: &NONE,
        tests: &["user holds Agent", "user holds Helper"],
        lines: &["no user is both Agent and Helper"],
        defaults: &[],
        public: 25,
        prohibitions: 25,
        conditions: 10,
    },
    World {
        name: "derived",
        types: "account Corp { owner: user?  actions view, manage }
unit Dept in Corp { head: user?  actions view, edit  edit implies view }
resource Paper in Dept { actions view, edit  edit implies view }
",
        heads: &[
            &["Owner at Corp for whoever is owner", "Owner at Corp for whoever can manage Corp", "Owner at Corp for whoever is member"],
            &["Head at Dept for whoever is head", "Head at Dept for whoever holds Lead", "Head at Dept for whoever is head and holds Lead", "Head at Dept for whoever can edit Dept"],
            &["Lead at Dept"],
            &["Boss at Corp"],
        ],
        powers: &["view Paper", "edit Paper", "edit Dept", "view Dept", "manage Corp", "view everything", "view, edit Paper"],
        reaches: &[" only here", " across Corp", " anywhere"],
        relations: &NONE,
        tests: &["user holds Head", "user holds Lead", "not user holds Lead", "user is dept.head"],
        lines: &["no user is both Lead and Boss"],
        defaults: &[],
        public: 15,
        prohibitions: 25,
        conditions: 20,
    },
    World {
        name: "handing",
        types: "account Corp { actions view }
unit Dept in Corp { actions view }
",
        heads: &[&["Boss at Corp"], &["Lead at Dept", "Lead at Dept extends Clerk"], &["Clerk at Dept"]],
        powers: &[
            "assign Lead",
            "assign Clerk",
            "assign Lead, Clerk",
            "assign anything",
            "give Clerk",
            "take Lead",
            "assign Boss",
            "assign member",
            "assign Clerk except self",
            "give Lead except self",
            "view Dept",
            "assign Clerk to Lead",
            "give Lead to Clerk",
            "assign Lead to anyone",
            "assign Clerk to anyone",
        ],
        reaches: &[" only here", " anywhere"],
        relations: &NONE,
        tests: &["recipient in corp", "recipient is user", "recipient holds Clerk", "not recipient in corp"],
        lines: &["no user is both Lead and Clerk", "no user is both Boss and Lead"],
        defaults: &[],
        public: 15,
        prohibitions: 25,
        conditions: 15,
    },
    World {
        name: "granting",
        types: "account Corp { actions view }
resource Paper in Corp { actions view, edit  edit implies view }
",
        heads: &[&["Boss at Corp"], &["Clerk at Corp"]],
        powers: &[
            "grant view Paper",
            "grant edit Paper",
            "grant view Paper to Clerk",
            "grant edit Paper they have",
            "grant view, edit Paper except self",
            "view Paper",
            "edit Paper",
            "view Corp",
        ],
        reaches: &[" only here", " anywhere"],
        relations: &NONE,
        tests: &["user holds Clerk", "user holds Boss"],
        lines: &[
            "no user is both Boss and Clerk",
            "no user can both view Paper and edit Paper on the same Paper",
            "no user can both edit Paper and view Corp",
            "no user can both view Paper and view Corp on the same Corp",
        ],
        defaults: &[],
        public: 20,
        prohibitions: 20,
        conditions: 15,
    },
    World {
        name: "holds",
        types: "account Corp { actions view }
unit Dept in Corp { actions view, edit }
resource Paper in Corp, Dept { actions view, edit  edit implies view }
",
        heads: &[&["Boss at Corp"], &["Lead at Dept"], &["Clerk at Dept extends Lead", "Clerk at Dept"], &["Aide at Dept extends Clerk", "Aide at Dept"]],
        powers: &["view Paper", "edit Paper", "view, edit Paper", "edit Dept", "view everything"],
        reaches: &[" only here", " across Corp"],
        relations: &NONE,
        tests: &[
            "user holds Lead",
            "user holds Lead+",
            "user holds Boss",
            "not user holds Clerk",
            "user holds Boss anywhere",
            "user holds Clerk+",
            "user holds any role at Dept",
            "user holds Lead here",
        ],
        lines: &["no user is both Boss and Lead", "no user is both Lead and Clerk", "no user is both Lead and Boss at the same Corp"],
        defaults: &[],
        public: 30,
        prohibitions: 20,
        conditions: 55,
    },
    World {
        name: "fields",
        types: "account Corp { actions view }
resource Paper in Corp { locked: bool = false in text  amount: int in price
fields text, price  actions view, edit, sign  edit implies view  sign implies edit }
resource Note in Corp { actions view, edit }
area work { Paper, view Note }
area money { Paper.price }
",
        heads: &[&["Lead at Corp"], &["Clerk at Corp", "Clerk at Corp extends Lead"], &["Aide at Corp"]],
        powers: &[
            "view Paper",
            "edit Paper.text",
            "view Paper.price",
            "edit Paper except Paper.price",
            "do everything on work",
            "view work",
            "edit money",
            "sign Paper",
            "view everything except money",
            "do everything except edit Paper",
            "view, edit Note",
            "do everything on Paper except Paper.text",
        ],
        reaches: &NONE,
        relations: &NONE,
        tests: &["resource.locked", "not resource.locked", "resource.amount > 1"],
        lines: &NONE,
        defaults: &[
            ("locked: bool = false in text", &["locked: bool = true in text", "locked: bool = false in price", "locked: bool = false"]),
            ("amount: int in price", &["amount: int = 2 in price", "amount: int"]),
        ],
        public: 25,
        prohibitions: 30,
        conditions: 15,
    },
    World {
        name: "people",
        types: "account Corp { actions view }
unit Dept in Corp { actions view }
user { rank: int  actions remove, view  remove implies view }
",
        heads: &[&["Lead at Dept"], &["Boss at Corp"], &["Clerk at Dept default", "Clerk at Dept"]],
        powers: &["remove User", "view User", "remove User except self", "view User except self", "view, remove User", "view Dept"],
        reaches: &[" only here", " in Dept"],
        relations: &NONE,
        tests: &["resource is user", "resource holds Lead", "not resource holds Lead", "resource.rank < user.rank", "user.rank > 1", "resource.rank < 2"],
        lines: &["no user is both Lead and Boss"],
        defaults: &[],
        public: 20,
        prohibitions: 25,
        conditions: 35,
    },
    World {
        name: "shared",
        types: "account Corp { open: bool  actions view }
resource File in Corp { creator: user?  secret: bool = false  actions view, edit  edit implies view }
resource Page in File { author: user  actions view, edit  edit implies view }
",
        heads: &[&["Guest at File"], &["Editor at File extends Guest", "Editor at File"], &["Lead at Corp"]],
        powers: &["view File", "edit File", "view Page", "edit Page", "view, edit Page", "view everything", "view File, Page"],
        reaches: &[" only here", " only below", " in File", " across Corp"],
        relations: &[" as creator", " as author", " as author or creator", " as creator of File"],
        tests: &["file.secret", "corp.open", "here.secret", "not here.secret", "here.open", "resource.secret"],
        lines: &["no user is both Guest and Editor at the same File"],
        defaults: &[
            ("open: bool", &["open: bool = false", "open: bool = true"]),
            ("secret: bool = false", &["secret: bool", "secret: bool = true", "secret: bool = corp.open"]),
        ],
        public: 25,
        prohibitions: 25,
        conditions: 35,
    },
    // What is done to lies beyond the reach of most roles.
    World {
        name: "outside",
        types: "account Corp { owner: user?  actions view, close }
unit Dept in Corp { head: user? }
",
        heads: &[
            &["Lead at Dept", "Lead at Dept default"],
            &["Head at Dept for whoever is head", "Head at Dept for whoever holds Lead"],
            &["Boss at Corp", "Boss at Corp default"],
        ],
        powers: &["view Corp", "close Corp", "view, close Corp"],
        reaches: &[" anywhere"],
        relations: &[" as owner"],
        tests: &["user holds Lead anywhere", "user holds Boss", "user is corp.owner"],
        lines: &["no user is both Lead and Boss"],
        defaults: &[],
        public: 40,
        prohibitions: 20,
        conditions: 30,
    },
];
