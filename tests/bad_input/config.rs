//! `rolebook.toml`: what it changes, and what is wrong with one.

use crate::{FACTS, Folder, SHOP, shop_with};

/// The shop with an empty role, which is a note, and a rule that stands there twice, which is a warning.
fn shop(config: &str) -> Folder {
    let policy = shop_with("role Guest at Shop\nrole Both at Shop { can view Order can view Order }\n");
    Folder::new(&[
        ("p.roles", policy.as_bytes()),
        ("facts.yaml", FACTS.as_bytes()),
        ("rolebook.toml", config.as_bytes()),
    ])
}

#[test]
fn levels() {
    shop("").run(&["lint"]).ends(1).has("1 warning, 1 note");
    let off = shop("[lint]\nequivalent-rules = 'off'\nempty-role = \"off\"\n");
    off.run(&["lint"]).ends(0).has("no findings");
    let note = shop("lint.equivalent-rules = 'note'");
    note.run(&["lint"]).ends(0).has("2 notes");
    shop("lint = { empty-role = 'warning' }")
        .run(&["lint"])
        .ends(1)
        .has("2 warnings");
}

#[test]
fn an_error_by_configuration_is_a_finding() {
    let raised = shop("[lint]\nequivalent-rules = 'error'\n");
    raised.run(&["lint"]).ends(1).has("error[equivalent-rules]").errors(1);
    raised
        .run(&["lint", "--format", "json"])
        .ends(1)
        .has("\"severity\": \"error\"");
    raised.run(&["ask", "which roles exist"]).ends(0).lacks("error");
    let broken = SHOP.to_owned() + "role Both at Shop { can view Order can view Order }\nrole X at Y\n";
    raised.write("p.roles", broken.as_bytes());
    raised.run(&["lint"]).ends(3).lacks("equivalent-rules").errors(1);
}

#[test]
fn the_nearest_counts() {
    let folder = shop("[lint]\nequivalent-rules = 'error'\nempty-role = 'error'\n");
    folder.write("in/a/p.roles", folder.read("p.roles").as_bytes());
    folder.write("in/b/p.roles", folder.read("p.roles").as_bytes());
    folder.write("in/b/rolebook.toml", b"[lint]\nempty-role = 'off'\n");
    folder.run(&["lint", "in/a"]).ends(1).has("2 errors");
    folder.run(&["lint", "in/b"]).ends(1).has("1 warning").lacks("error");
    folder.run(&["lint", "in"]).ends(1).has("2 errors, 1 warning");
    folder
        .run(&["lint", "in/b/p.roles"])
        .ends(1)
        .has("1 warning")
        .lacks("error");
    folder.write("in/a/.git/HEAD", b"");
    folder.run(&["lint", "in/a"]).ends(1).has("1 warning, 1 note");
}

#[test]
fn names_and_levels_that_do_not_exist() {
    let text = "basline = 'x'\nempty-role = 'off'\n[lint]\nempty-rol = 'off'\nequivalent-rules = 'wraning'\n\
                \"name/unknown-role\" = 'off'\nconfusable-name = 'loud'\nmixed-script = 3\n[lnt]\n";
    let run = shop(text).run(&["lint"]);
    run.ends(3).errors(8).has("1 warning, 1 note");
    run.shows(
        "config/unknown-key",
        "`basline` means nothing",
        "rolebook.toml:1:1",
        "`baseline`?",
    );
    run.shows(
        "config/unknown-key",
        "`empty-role` means nothing",
        "rolebook.toml:2:1",
        "below `[lint]`",
    );
    run.shows(
        "config/unknown-rule",
        "no rule `empty-rol`",
        "rolebook.toml:4:1",
        "`empty-role`?",
    );
    run.shows(
        "config/unknown-level",
        "no level `wraning`",
        "rolebook.toml:5:20",
        "`warning`?",
    );
    run.shows(
        "config/unknown-rule",
        "`name/unknown-role` has no level",
        "rolebook.toml:6:1",
        "always told",
    );
    run.shows(
        "config/unknown-level",
        "no level `loud`",
        "rolebook.toml:7:19",
        "`note`",
    );
    run.shows(
        "config/shape",
        "`integer`, and a level in quotes",
        "rolebook.toml:8:16",
        "",
    );
    run.shows(
        "config/unknown-key",
        "`lnt` means nothing",
        "rolebook.toml:9:2",
        "`lint`?",
    );
}

#[test]
fn what_is_no_toml() {
    let slash = shop("[lint]\nfacts/expired-holding = 'off'\nequivalent-rules = 'off'\n").run(&["lint"]);
    slash.ends(3).shows(
        "config/syntax",
        "this is not TOML",
        "rolebook.toml:2:6",
        "a slash stand in quotes",
    );
    for (text, place) in [
        ("[lint", "rolebook.toml:1:6"),
        ("[lint]\nempty-role = off", "rolebook.toml:2:14"),
        ("[lint]\nempty-role = 'off'\nempty-role = 'off'\n", "rolebook.toml:3:1"),
        ("lint = 'off'", "rolebook.toml:1:8"),
        ("baseline = true", "rolebook.toml:1:12"),
        ("[[lint]]", "rolebook.toml:1:1"),
    ] {
        let run = shop(text).run(&["lint"]);
        run.ends(3).has(place).has("error[config/").has("1 warning");
    }
    let deep = format!("a = {}", "[".repeat(100_000));
    shop(&deep).run(&["lint"]).ends(3).has("error[config/");
    let folder = shop("");
    folder.write("rolebook.toml", b"# \xff\n");
    folder.run(&["lint"]).ends(3).has("project/not-utf8");
}
