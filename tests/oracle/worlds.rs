//! The node types that policies are generated over: nested accounts, nested units, resources in resources, attributes of
//! every type; and the heads of roles, parts of which a tape fills in.

/// One set of declarations with the roles that may be held there.
pub(crate) struct World {
    /// Types, users, request, areas.
    pub(crate) types: &'static str,
    /// Roles: names, where, what may stand in the head.
    pub(crate) roles: &'static [Head],
}

/// The head of a role.
pub(crate) struct Head {
    pub(crate) names: &'static [&'static str],
    pub(crate) at: &'static [&'static str],
    pub(crate) kind: Kind,
}

/// What a head says besides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    /// `default`, mostly.
    Default,
    /// `extends` another.
    Heir(&'static str),
    /// `for whoever …`
    Derived,
    /// With parameters.
    Parameters(&'static str),
}

const fn head(names: &'static [&'static str], at: &'static [&'static str], kind: Kind) -> Head {
    Head { names, at, kind }
}

pub(crate) const WORLDS: [World; 4] = [
    World {
        types: r#"account Corp {
  open: bool = false
  fields settings
  limit: int = 2 in settings
  tier: free < plus < pro
  nets: set of network
  owner: user?
  staff: group
  creating actions found
  actions view, edit
  edit implies view
}
unit Dept in Corp, Dept {
  open: bool = corp.open
  cap: int = corp.limit
  head: user?
  team: group
  mode: slow | fast = slow
  fields general, billing
  creating actions create
  actions view, edit
  edit implies view
}
resource Paper in Dept {
  creator: user
  readers: users
  amount: decimal
  kind: memo | letter | bill = memo
  due: date
  sent: datetime?
  closed: bool = dept.open
  home: Dept?
  tags: set of string
  deputy: user?
  fields text
  creating actions create, file
  actions view, edit, sign
  edit implies view
  sign implies edit
  file implies create
}
resource Remark in Paper, Remark { author: user  weight: int  actions view, answer }
resource Safe in Corp, Dept { keepers: group?  level: int = 1  actions view, manage  manage implies view }
user { manager: user?  grade: int  base: Dept?  nets: set of network  actions view, remove  remove implies view }
context { ip: ip  strong: bool  device: phone | desk  day: date  paper: Paper? }
area work { Paper, view Remark, Dept.billing }
"#,
        roles: &[
            head(&["Staff"], &["Dept"], Kind::Default),
            head(&["Chief"], &["Corp"], Kind::Plain),
            head(&["Boss", "Deputy"], &["Dept"], Kind::Plain),
            head(&["Clerk"], &["Corp"], Kind::Default),
            head(&["Both"], &["Corp", "Dept"], Kind::Plain),
            head(&["Heir"], &["Dept"], Kind::Heir("Boss")),
            head(
                &["Keyed"],
                &["Dept"],
                Kind::Parameters("(most: int = 2, agent: user?, zone: Dept?, days: set of date, who: users)"),
            ),
            head(&["Guest"], &["Paper"], Kind::Plain),
            head(&["Owner"], &["Corp"], Kind::Derived),
            head(&["Watcher"], &["Dept"], Kind::Derived),
            head(&["Reader"], &["Paper"], Kind::Derived),
        ],
    },
    World {
        types: r#"account Partner { advisor: user?  active: bool  actions view, edit  edit implies view }
account Client in Partner, Client {
  advisor: user?
  delegated: bool = false
  fields profile
  size: small < medium < large = small in profile
  parent_size: small < medium < large
  actions view, edit, manage
  manage implies edit
  edit implies view
}
unit Office in Partner, Client { lead: users  active: bool  creating actions open  actions view, edit  edit implies view }
resource Offer in any place {
  creator: user
  price: decimal
  until: date
  secret: bool = false
  fields cost, retail
  creating actions add
  actions view, edit, remove
  edit implies view
  remove implies edit
}
resource Ticket in any account { reporter: user?  group: group  state: fresh | done  creating actions open  actions view, close }
resource Line in Offer { qty: int  actions view, edit  edit implies view }
user { manager: user?  grade: int  actions view, remove }
context { ip: ip  level: int  partner: Partner? }
area sales { Offer, Line }
area support { Ticket, view Offer }
roles main { Admin, Agent }
"#,
        roles: &[
            head(&["Agent"], &["Office"], Kind::Default),
            head(&["Admin"], &["Partner", "Client"], Kind::Plain),
            head(&["Basic"], &["Client"], Kind::Default),
            head(
                &["Broker"],
                &["Partner"],
                Kind::Parameters("(cap: decimal = 2, client: Client?, nets: set of network, net: network)"),
            ),
            head(&["Senior"], &["Client"], Kind::Heir("Admin")),
            head(&["Viewer"], &["Offer"], Kind::Plain),
            head(&["Advisor"], &["Client"], Kind::Derived),
            head(&["Helper"], &["Office"], Kind::Derived),
            head(&["Patron"], &["Partner"], Kind::Derived),
        ],
    },
    World {
        types: r#"account Tenant in Tenant { owner: user?  plan: bool = false  quota: int = 1  actions view, edit  edit implies view }
account Lab in Tenant, Team { members: users  open: bool = tenant.plan  actions view, edit  edit implies view }
unit Team in Tenant, Team { lead: user?  crew: users  rank: int = 1  creating actions start  actions view, edit  edit implies view }
resource Doc in Tenant, Team, Lab, Doc {
  author: user
  shared: users
  rank: int = 0
  state: draft < ready < done = draft
  group: group?
  team: Team?
  by: App?
  fields body, notes
  creating actions write, copy
  actions view, edit, erase
  edit implies view
  erase implies edit
  write implies copy
}
resource Key in Doc { holder: user  until: datetime  actions use, view  use implies view }
user { manager: user?  buddy: user  grade: int }
principal App { vendor: bool  actions view, stop }
context { ip: ip  net: network  strong: bool  author: user? }
area papers { Doc, Key }
"#,
        roles: &[
            head(&["Member"], &["Team"], Kind::Default),
            head(&["Root"], &["Tenant"], Kind::Plain),
            head(&["Editor"], &["Team", "Lab"], Kind::Plain),
            head(&["Sharer"], &["Doc"], Kind::Plain),
            head(&["Tech"], &["Tenant", "Lab"], Kind::Default),
            head(&["Lead"], &["Team"], Kind::Heir("Editor")),
            head(&["Timed"], &["Doc"], Kind::Parameters("(rank: int, shared: users)")),
            head(
                &["Bound"],
                &["Team"],
                Kind::Parameters("(rank: int, peer: user?, least: draft < ready < done = ready)"),
            ),
            head(&["Auto"], &["Team"], Kind::Derived),
            head(&["Maker"], &["Doc"], Kind::Derived),
            head(&["Holder"], &["Tenant"], Kind::Derived),
        ],
    },
    // Defaults that are paths of several steps, through what may not be there and through users; principals with attributes,
    // also as values; enumerations that share the names of values; attributes of one name along containment.
    World {
        types: r#"account Hub in Hub {
  owner: user?
  trusted: bool = false
  locked: bool = hub.locked
  guard: App?
  creating actions found
  actions view, edit
  edit implies view
}
account Shop in Hub, Area {
  owner: user?
  fields settings, plans
  open: bool = hub.trusted in settings
  limit: int = 3 in settings
  vip: bool = hub.owner.vip
  plan: Plan? in plans
  banned: users
  actions view, edit, manage
  manage implies edit
  edit implies view
}
unit Area in Hub, Shop, Area {
  owner: user?
  crew: users
  group: group?
  banned: users = shop.banned
  strict: bool = shop.open
  open: bool = area.open
  size: low < high = low
  limit: int = shop.limit
  actions view, edit
  edit implies view
}
resource Plan in Hub, Shop {
  owner: user?
  open: bool = false
  level: int = 1
  keeper: App?
  until: date
  actions view
}
resource Order in Shop, Area {
  owner: user
  app: App?
  bot: Bot
  banned: users = area.banned
  strict: bool = area.strict
  free: bool = shop.plan.open
  vip: bool = shop.owner.vip
  safe: bool = shop.plan.keeper.trusted
  size: low < high = area.size
  risk: low < middle < high = middle
  kind: high | low | other = other
  limit: int = area.limit
  due: date = 2026-01-11
  sent: datetime?
  tags: set of string = ["x", "y"]
  creating actions place
  actions view, edit, ship
  edit implies view
  ship implies edit
}
resource Item in Order {
  owner: users
  trusted: bool = order.app.trusted
  level: int = order.app.level
  size: low < middle < high = order.risk
  kind: high | low | other = order.kind
  tags: set of string = order.tags
  vip: bool = order.owner.vip
  actions view, edit
  edit implies view
}
user { vip: bool = false  manager: user?  level: int = 1  home: Shop?  app: App?  actions view, remove  remove implies view }
principal App { trusted: bool = false  level: int = 5  owner: user?  actions view, stop  stop implies view }
principal Bot { trusted: bool = true  level: int  shop: Shop?  actions view }
context {
  ip: ip
  net: network = 10.0.0.0/8
  level: int = 2
  strong: bool = false
  app: App?
  day: date = 2026-01-10
  risk: low < middle < high = low
}
area goods { Order, Item }
area people { App, Bot, view User }
area rest { goods, edit Shop.settings, Plan }
roles chiefs { Boss, Chief }
"#,
        roles: &[
            head(&["Member"], &["Shop"], Kind::Default),
            head(&["Boss"], &["Hub", "Shop"], Kind::Plain),
            head(&["Chief"], &["Area"], Kind::Plain),
            head(&["Staff"], &["Area"], Kind::Default),
            head(
                &["Agent"],
                &["Area", "Shop"],
                Kind::Parameters(
                    "(limit: int = 2, app: App?, tags: set of string = [\"x\"], least: low < middle < high = middle)",
                ),
            ),
            head(&["Vice"], &["Area"], Kind::Heir("Chief")),
            head(&["Reader"], &["Order"], Kind::Plain),
            head(&["Owner"], &["Shop"], Kind::Derived),
            head(&["Keeper"], &["Area"], Kind::Derived),
            head(&["Buyer"], &["Order"], Kind::Derived),
        ],
    },
];
