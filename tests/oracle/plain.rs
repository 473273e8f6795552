//! Policies that are told plainly, and users with few, many and covered holdings: what a glance at a user and a node's
//! brief decide is what the oracle decides, in every cell of organisations drawn at random.

use std::fmt::Write as _;

use rolebook::diagnostic::Found;
use rolebook::eval::org::Org;
use rolebook::eval::{Request, Target, degree};
use rolebook::facts::Facts;
use rolebook::facts::read;
use rolebook::model::permission::Permission;
use rolebook::model::resolve::resolve;
use rolebook::model::{Model, check};
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::table::{Table, compile};
use rolebook::yaml;

use crate::meaning;
use crate::tape::Tape;

/// Roles that cover each other wholly, in part and not at all; conditions on the first and on later attributes, on some
/// without a value, and on where the target lies.
const POLICY: &str = "
account Corp
account Branch in Corp, Branch
unit Unit in Corp, Branch, Unit { frozen: bool = false }
resource Doc in Unit, Doc {
  secret: bool = false
  title: string?
  mode: draft | final | gone = draft
  note: bool?
  owner: user?
  team: group?
  actions view, edit, share, drop
}
resource Memo in Unit { pinned: bool = false  secret: bool = false  actions view, edit }

role Reader at Corp, Branch, Unit, Doc {
  can view Doc, Memo unless resource.secret
}
role Writer at Branch, Unit extends Reader {
  can edit Doc when resource.mode is draft
  can edit Memo when resource.pinned
}
role Chief at Unit { can view, edit Doc }
role Boss at Unit extends Chief, Writer { can share Doc }
role Keeper at Unit, Doc {
  can view Doc when resource.mode in [final, gone]
  can view Doc when resource.mode is draft and not resource.secret
  can drop Doc as owner or team
}
role Guest at Unit {
  can view Doc unless resource.secret
  can view Doc when resource.mode is final
}
role Sharer at Unit { can share Doc unless resource.note }
role Warden at Unit { can edit Doc, Memo unless unit.frozen }
anyone can drop Doc when resource.mode is gone and resource.note
";

const ROLES: [(&str, &[&str]); 8] = [
    ("Reader", &["Corp", "Branch", "Unit", "Doc"]),
    ("Writer", &["Branch", "Unit"]),
    ("Chief", &["Unit"]),
    ("Boss", &["Unit"]),
    ("Keeper", &["Unit", "Doc"]),
    ("Guest", &["Unit"]),
    ("Sharer", &["Unit"]),
    ("Warden", &["Unit"]),
];

const USERS: usize = 6;

/// Facts as text, drawn from a tape.
struct Draft<'t> {
    tape: &'t mut Tape,
    /// Type and name of each node.
    nodes: Vec<(&'static str, String)>,
    text: String,
}

impl Draft<'_> {
    fn section(&mut self, name: &str, lines: &[String]) {
        if !lines.is_empty() {
            let _ = writeln!(self.text, "{name}:\n  {}", lines.join("\n  "));
        }
    }

    /// Nodes of some types, each in one that stands before it.
    fn nodes(&mut self, section: &str, count: usize, types: &[(&'static str, &[&str])]) {
        let mut lines = Vec::new();
        for _ in 0..count {
            let (ty, containers) = types[self.tape.below(types.len())];
            let fit = self.nodes.iter().filter(|(of, _)| containers.contains(of));
            let fit: Vec<String> = fit.map(|(_, name)| name.clone()).collect();
            let Some(container) = self.tape.pick(&fit) else {
                continue;
            };
            let name = format!("n{}", self.nodes.len());
            lines.push(format!(
                "{name}: {{ is: {ty}, in: {container}{} }}",
                values(ty, self.tape)
            ));
            self.nodes.push((ty, name));
        }
        self.section(section, &lines);
    }

    /// Roles at up to so many nodes, some for a time only.
    fn roles(&mut self, most: usize) -> String {
        let mut all = Vec::new();
        let share = self.tape.below(most + 1);
        for (role, types) in ROLES {
            let fit: Vec<String> = self
                .nodes
                .iter()
                .filter(|(ty, _)| types.contains(ty))
                .map(|(_, name)| name.clone())
                .collect();
            let mut at: Vec<String> = Vec::new();
            for name in &fit {
                if self.tape.below(ROLES.len() * fit.len()) < share {
                    let bounded = self.tape.chance(8);
                    at.push(if bounded {
                        format!("{{ at: {name}, until: 2030-01-01 }}")
                    } else {
                        name.clone()
                    });
                }
            }
            if !at.is_empty() {
                all.push(format!("{role}: [{}]", at.join(", ")));
            }
        }
        format!("roles: {{ {} }}", all.join(", "))
    }
}

/// Some attributes of a node.
fn values(ty: &str, tape: &mut Tape) -> String {
    let truth = |tape: &mut Tape| ["true", "false"][tape.below(2)];
    let mut text = String::new();
    let mut put = |name: &str, value: &str| {
        let _ = write!(text, ", {name}: {value}");
    };
    match ty {
        "Unit" => put("frozen", truth(tape)),
        "Memo" => {
            put("pinned", truth(tape));
            put("secret", truth(tape));
        }
        "Doc" => {
            put("secret", truth(tape));
            put("mode", ["draft", "final", "gone"][tape.below(3)]);
            if tape.chance(50) {
                put("note", truth(tape));
            }
            if tape.chance(40) {
                put("owner", &format!("u{}", tape.below(USERS)));
            }
            if tape.chance(40) {
                put("team", "g0");
            }
        }
        _ => {}
    }
    text
}

/// An organisation as text; users hold nothing up to a few dozen roles.
fn facts(tape: &mut Tape) -> String {
    let mut draft = Draft {
        tape,
        nodes: vec![("Corp", "top".to_owned())],
        text: "accounts:\n  top: { is: Corp }\n".to_owned(),
    };
    let mut branches = Vec::new();
    for ix in 0..draft.tape.below(4) {
        let outer = draft.nodes[draft.tape.below(draft.nodes.len())].1.clone();
        branches.push(format!("b{ix}: {{ is: Branch, in: {outer} }}"));
        draft.nodes.push(("Branch", format!("b{ix}")));
    }
    for branch in branches {
        let _ = writeln!(draft.text, "  {branch}");
    }
    draft.nodes("units", 8, &[("Unit", &["Corp", "Branch", "Unit"])]);
    draft.nodes("resources", 14, &[("Doc", &["Unit", "Doc"]), ("Memo", &["Unit"])]);
    let users: Vec<String> = (0..USERS)
        .map(|ix| format!("u{ix}: {{ {} }}", draft.roles([0, 4, 6, 9, 16, 60][ix])))
        .collect();
    draft.section("users", &users);
    let group = draft.roles(4);
    let members: Vec<String> = (0..USERS)
        .filter(|_| draft.tape.chance(30))
        .map(|ix| format!("u{ix}"))
        .collect();
    draft.section(
        "groups",
        &[format!("g0: {{ in: top, members: [{}], {group} }}", members.join(", "))],
    );
    draft.text
}

fn compiled(sources: &mut Sources) -> Table {
    let mut found = Found::default();
    let file = sources.add("plain.roles", POLICY);
    let tree = parse::policy(file, POLICY, &mut found);
    let model = resolve(&[tree], &mut found);
    compile(check(&model, &found).unwrap_or_else(|_| panic!("{found:?}")))
}

fn read(sources: &mut Sources, text: &str, model: &Model) -> Facts {
    let mut found = Found::default();
    let file = sources.add("facts.yaml", text);
    let tree = yaml::read(file, text, &mut found).expect("it is YAML");
    let facts = read::read(&tree, model, &mut found);
    assert!(!found.has_errors(), "{:?}\n{text}", found.iter().next());
    facts
}

/// Asks everything of one organisation; how many answers were true, false and unknown.
fn every_cell(table: &Table, facts: &Facts, text: &str, answers: &mut [usize; 3]) {
    let org = Org::new(table, facts);
    let acts = table.model().permissions.iter();
    let acts = acts.filter_map(|(id, it)| match it {
        Permission::Act { ty, .. } => Some((id, ty)),
        _ => None,
    });
    for (permission, ty) in acts {
        for node in facts.node_ids().filter(|&node| org.ty(node) == ty) {
            for user in facts.user_ids().map(Some).chain([None]) {
                let request = Request {
                    user,
                    permission,
                    target: Target::node(node),
                    recipient: None,
                    context: &[],
                    given: &[],
                    pool: &facts.pool,
                };
                let expected = meaning::degree(table.model(), facts, &request);
                let found = degree(table, &org, &request);
                assert_eq!(found, expected, "{request:?} where\n{text}");
                answers[found as usize] += 1;
            }
        }
    }
}

#[test]
fn glances_and_briefs_tell_what_the_oracle_tells() {
    let mut sources = Sources::default();
    let table = compiled(&mut sources);
    let mut answers = [0; 3];
    for seed in 0..60 {
        let text = facts(&mut Tape::new(seed));
        let facts = read(&mut sources, &text, table.model());
        every_cell(&table, &facts, &text, &mut answers);
    }
    assert!(answers.iter().all(|&count| count > 500), "{answers:?}");
}
