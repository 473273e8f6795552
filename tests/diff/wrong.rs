//! Arguments, policies and facts that are wrong.

use super::super::Folder;

const SHOP: &str = "account Shop
resource Order in Shop { actions view, stop }
role Clerk at Shop { can view Order }
";

fn shop() -> Folder {
    let folder = Folder::new();
    folder.write("old/shop.roles", SHOP).write("new/shop.roles", SHOP);
    folder
}

#[test]
fn wrong_usage_is_two() {
    let folder = shop();
    for (args, words) in [
        (&["old"][..], "say what `old` is compared with"),
        (&["a..b", "old", "new"], "`a..b` names both sides already"),
        (&[], "required"),
        (
            &["old", "new", "--fail-on", "nothing"],
            "possible values: wider, escalation, any",
        ),
        (
            &["old", "new", "--format", "html"],
            "possible values: text, markdown, json",
        ),
    ] {
        let run = folder.diff(args);
        assert!(run.err.contains(words), "{args:?}: {}", run.err);
        assert_eq!(run.code, Some(2), "{args:?}");
    }
}

#[test]
fn the_broken_side_is_named_and_its_errors_are_shown() {
    let folder = shop();
    folder.write("new/shop.roles", &SHOP.replace("can view Order", "can viw Order, Ordr"));
    let run = folder.diff(&["old", "new"]);
    for words in [
        "the new policy, `new`, has errors",
        "name/unknown-action",
        "name/unknown-type",
        "did you mean `Order`?",
    ] {
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
    assert_eq!((run.code, run.out.as_str()), (Some(3), ""));
    let back = folder.diff(&["new", "old"]);
    assert!(back.err.contains("the old policy, `new`, has errors"), "{}", back.err);
    folder.write("old/shop.roles", "role");
    let both = folder.diff(&["old", "new"]);
    assert!(
        both.err.contains("the old policy") && both.err.contains("the new policy"),
        "{}",
        both.err
    );
    assert_eq!(both.code, Some(3));
}

#[test]
fn folders_without_one_policy_are_refused() {
    let folder = shop();
    folder
        .write("empty/readme.md", "")
        .write("two/a/a.roles", SHOP)
        .write("two/b/b.roles", SHOP);
    for (new, code) in [("empty", "project/no-policy"), ("two", "project/several-policies")] {
        let run = folder.diff(&["old", new]);
        assert!(run.err.contains(code), "{new}: {}", run.err);
        assert_eq!(run.code, Some(3), "{new}");
    }
}

#[test]
fn an_empty_policy_is_compared() {
    let folder = shop();
    folder.write("empty/shop.roles", "");
    let gained = folder.diff(&["empty", "old"]);
    assert!(gained.out.contains("Clerk gains: view Order"), "{}", gained.out);
    let lost = folder.diff(&["old", "empty", "--fail-on", "any"]);
    assert!(lost.out.contains("Clerk loses: view Order"), "{}", lost.out);
    assert_eq!((gained.code, lost.code), (Some(1), Some(1)));
    assert_eq!(folder.diff(&["empty", "empty", "--fail-on", "any"]).code, Some(0));
}

#[test]
fn facts_that_do_not_fit_one_side_are_named() {
    let folder = shop();
    folder.write(
        "facts.yaml",
        "accounts: { main: { is: Shop } }\nusers: { ann: { in: main, roles: { Clerk: main } } }\n",
    );
    folder.write("new/shop.roles", &SHOP.replace("Clerk", "Seller"));
    let run = folder.diff(&["old", "new", "--facts", "facts.yaml"]);
    assert!(
        run.err.contains("the facts `facts.yaml` do not fit the new policy"),
        "{}",
        run.err
    );
    assert!(run.err.contains("name/unknown-role"), "{}", run.err);
    assert!(run.out.contains("Clerk loses: view Order"), "{}", run.out);
    assert_eq!(run.code, Some(3));
    let missing = folder.diff(&["old", "new", "--facts", "fact.yaml"]);
    assert!(missing.err.contains("did you mean `facts.yaml`?"), "{}", missing.err);
    assert_eq!(missing.code, Some(3));
}

/// Renamed types and roles are paired by name, reported, and never in the way.
#[test]
fn renamed_types_are_removed_and_new() {
    let folder = shop();
    folder.write(
        "new/shop.roles",
        &SHOP.replace("Shop", "Store").replace("Order", "Purchase"),
    );
    let run = folder.diff(&["old", "new"]);
    for words in [
        "Shop.Clerk loses: view Order",
        "Store.Clerk gains: view Purchase",
        "the role `Shop.Clerk` is removed: perhaps it is called `Store.Clerk` now; roles are paired by name alone",
        "the type `Order` is removed: perhaps it is called `Purchase` now; types are paired by name alone",
        "the type `Store` is new",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    assert_eq!(run.code, Some(1));
}

/// What a policy contains cannot pass for output of the program.
#[test]
fn texts_are_shown_as_texts() {
    let folder = shop();
    let odd = "can view Order when user.note is \"```\\n</details>\u{202e}\u{1b}[2J\"";
    let types = "user { note: string }\n";
    folder.write("old/shop.roles", &format!("{types}{SHOP}"));
    folder.write(
        "new/shop.roles",
        &format!("{types}{}", SHOP.replace("can view Order", odd)),
    );
    let markdown = folder.diff(&["old", "new", "--format", "markdown"]);
    assert!(markdown.out.contains("````diff\n"), "{}", markdown.out);
    for format in ["text", "markdown", "json"] {
        let run = folder.diff(&["old", "new", "--format", format]);
        assert!(!run.out.contains(['\u{202e}', '\u{1b}']), "{format}: {}", run.out);
    }
}
