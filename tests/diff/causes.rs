//! One edit, one cause.

use super::super::Folder;

const SHOP: &str = "account Shop { open: bool  mode: a | b = a }
unit Branch in Shop
resource Order in Branch { fields price  actions view, stop, close  close implies stop }
resource Note in Branch { actions read }
area work { stop Order, read Note }
roles staff { Clerk, Packer }
role Clerk at Branch { can view Order }
role Packer at Branch
role Boss at Branch extends Clerk { can assign staff  can do everything on work }
role Chief at Branch extends Boss
nobody can stop Order unless shop.open
";

/// The groups of an edit: kind of cause, title, cells.
fn causes(before: &str, after: &str) -> Vec<(String, String, Vec<String>)> {
    let folder = Folder::new();
    assert!(SHOP.contains(before), "{before}");
    folder
        .write("old/shop.roles", SHOP)
        .write("new/shop.roles", &SHOP.replacen(before, after, 1));
    let run = folder.diff(&["old", "new", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("everyone").to_owned();
    let groups = document["changes"].as_array().expect("a list").iter().map(|group| {
        let cells = group["cells"].as_array().expect("a list").iter();
        let cells = cells.map(|cell| format!("{} {}", text(&cell["role"]), text(&cell["permission"])));
        (
            text(&group["cause"]["kind"]),
            text(&group["cause"]["title"]),
            cells.collect(),
        )
    });
    groups.collect()
}

fn one(before: &str, after: &str, kind: &str, cells: &[&str]) {
    let found = causes(before, after);
    assert_eq!(found.len(), 1, "{after}: {found:#?}");
    assert_eq!(found[0].0, kind, "{after}: {found:#?}");
    for cell in cells {
        assert!(
            found[0].2.contains(&(*cell).to_owned()),
            "{after}: {cell} in {found:#?}"
        );
    }
}

#[test]
fn rules_are_causes_of_all_heirs() {
    one(
        "can view Order }",
        "can view, stop Order }",
        "rule",
        &["Branch.Clerk stop Order"],
    );
    one(
        "{ can view Order }",
        "{ can view Order  can read Note }",
        "rule",
        &["Branch.Clerk read Note"],
    );
    one(
        "{ can view Order }",
        "",
        "rule",
        &[
            "Branch.Clerk view Order",
            "Branch.Boss view Order",
            "Branch.Chief view Order",
        ],
    );
    one(
        "nobody can stop Order unless shop.open\n",
        "",
        "rule",
        &["Branch.Boss stop Order", "Branch.Chief stop Order"],
    );
    one(
        "can assign staff",
        "can give staff",
        "assignment",
        &["Branch.Boss take Clerk", "Branch.Chief take Packer"],
    );
}

#[test]
fn edges_are_causes() {
    one(
        "Boss at Branch extends Clerk",
        "Boss at Branch",
        "inheritance",
        &["Branch.Boss view Order", "Branch.Chief view Order"],
    );
    one(
        "role Packer at Branch\n",
        "role Packer at Branch extends Clerk\n",
        "inheritance",
        &["Branch.Packer view Order"],
    );
}

#[test]
fn sets_are_causes() {
    one(
        "{ stop Order, read Note }",
        "{ stop Order }",
        "area",
        &["Branch.Boss read Note", "Branch.Chief read Note"],
    );
    one(
        "{ Clerk, Packer }",
        "{ Clerk }",
        "role-set",
        &["Branch.Boss give Packer"],
    );
    one(
        "{ Clerk, Packer }",
        "{ Clerk, Packer, Chief }",
        "role-set",
        &["Branch.Boss give Chief"],
    );
}

#[test]
fn names_are_causes() {
    one(
        "can view Order }\nrole Packer at Branch\n",
        "can view Order }\nrole Packer at Branch\nrole New at Branch extends Clerk\n",
        "role",
        &["Branch.New view Order"],
    );
    let found = causes("role Chief at Branch extends Boss\n", "");
    assert!(
        found
            .iter()
            .any(|(kind, title, _)| kind == "role" && title == "the role `Chief` is removed"),
        "{found:#?}"
    );
}

#[test]
fn implications_are_causes() {
    let found = causes(
        "can do everything on work",
        "can do everything on work  can close Order",
    );
    assert!(found.iter().all(|(kind, _, _)| kind == "rule"), "{found:#?}");
    one(
        "close implies stop }",
        "close implies stop  stop implies view }\nrole Other at Branch { can stop Order }",
        "role",
        &[],
    );
}

/// The titles of the causes of a pair of policies.
fn titles(text: &str, old: &str, new: &str) -> Vec<String> {
    let folder = Folder::new();
    folder
        .write("old/shop.roles", &text.replace('@', old))
        .write("new/shop.roles", &text.replace('@', new));
    let run = folder.diff(&["old", "new", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
    let blocks = ["changes", "beyond"]
        .into_iter()
        .filter_map(|key| document[key].as_array());
    let causes = blocks.flatten().flat_map(|block| match block["causes"].as_array() {
        Some(list) => list.clone(),
        None => vec![block["cause"].clone()],
    });
    let mut titles: Vec<String> = causes
        .filter_map(|cause| Some(cause["title"].as_str()?.to_owned()))
        .collect();
    titles.dedup();
    titles
}

#[test]
fn where_every_rule_reads_as_before_a_declaration_is_the_cause() {
    let extends = "account Shop { actions view }\nrole Lead at Shop\nrole Sub at Shop @\n\
                   role Clerk at Shop { can view Shop when user holds Lead+ }\n";
    assert_eq!(titles(extends, "extends Lead", ""), ["`Sub` no longer extends `Lead`"]);
    let implied = "account Shop\nresource Doc in Shop { actions view, edit @ }\n\
                   role Boss at Shop { can grant edit Doc }\nnobody can grant edit Doc\n";
    let titles_of_implied = titles(implied, "", "edit implies view");
    assert!(
        titles_of_implied.iter().all(|title| title.contains("imply changed")),
        "{titles_of_implied:?}"
    );
    let creating = "account Shop\nresource Doc in Shop { @ }\nrole Boss at Shop { can make Doc }\n";
    let found = titles(creating, "creating actions make  actions view", "actions make, view");
    assert_eq!(found, ["the action `make` of `Doc` creates no longer"]);
    let setting = "account Shop\nuser { fields cv, pay  rank: int = 1 @  actions view, edit }\n\
                   role Pay at Shop { can edit User.pay  can view User when user.rank > 3 }\n";
    assert_eq!(
        titles(setting, "", "in pay"),
        ["the field of the attribute `user.rank` changed"]
    );
}
