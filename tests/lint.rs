//! The linter: its rules with their pages, its findings on policies, and the constraints of a policy on organisations.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rolebook::diagnostic::{Diagnostic, Found, Severity};
use rolebook::eval::org::Org;
use rolebook::facts::read;
use rolebook::lint::{Level, Levels, Suppressions};
use rolebook::model;
use rolebook::source::Sources;
use rolebook::syntax::parse;
use rolebook::{lint, report, table, yaml};

/// All findings on a policy of one file, sorted.
fn findings(name: &str, text: &str) -> (Vec<Diagnostic>, Sources) {
    findings_at(&Levels::default(), name, text)
}

/// The same where a configuration says which are wanted.
fn findings_at(levels: &Levels, name: &str, text: &str) -> (Vec<Diagnostic>, Sources) {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let file = sources.add(name, text);
    let trees = [parse::policy(file, text, &mut found)];
    let model = model::resolve::resolve(&trees, &mut found);
    let table = model::check(&model, &found).ok().map(table::compile);
    lint::policy(&model, table.as_ref(), &trees, &sources, levels, &mut found);
    let mut suppressions = Suppressions::default();
    suppressions.add_policy(&trees[0], &sources);
    (lint::settle(found, levels, suppressions).sorted(), sources)
}

/// All findings on an organisation, sorted; `now` is what its context says, or missing.
fn of_facts(policy: &str, facts: &str) -> (Vec<Diagnostic>, Sources) {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let file = sources.add("portal.roles", policy);
    let trees = [parse::policy(file, policy, &mut found)];
    let model = model::resolve::resolve(&trees, &mut found);
    let table = table::compile(model::check(&model, &found).expect("a policy without errors"));
    let mut found = Found::default();
    let file = sources.add("facts.yaml", facts);
    let tree = yaml::read(file, facts, &mut found).expect("YAML");
    let facts = read::read(&tree, table.model(), &mut found);
    assert!(!found.has_errors(), "{:?}", found.sorted());
    let mut found = Found::default();
    lint::facts(&table, &Org::new(&table, &facts), &facts.context, &mut found);
    let mut suppressions = Suppressions::default();
    suppressions.add_facts(file, &tree, &sources);
    (lint::settle(found, &Levels::default(), suppressions).sorted(), sources)
}

/// One line for each finding, its help below it.
fn lines(found: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in found {
        out.push_str(&report::line(diagnostic, sources));
        out.push('\n');
        for label in &diagnostic.labels[1..] {
            let (line, column) = sources.position(label.span.file, label.span.start);
            let _ = writeln!(
                out,
                "    {}:{line}:{column}: {}",
                sources.name(label.span.file),
                label.text
            );
        }
        for help in diagnostic.help.iter().flat_map(|help| help.lines()) {
            let _ = writeln!(out, "    help: {help}");
        }
    }
    if out.is_empty() {
        "no findings\n".to_owned()
    } else {
        out
    }
}

fn snapshot(path: &Path, found: &str) {
    let text = std::fs::read_to_string(path).expect("a file");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_input_file();
    let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
    settings.bind(|| insta::assert_snapshot!(name, format!("{text}\n---------- findings\n\n{found}")));
}

/// The files of a folder below `tests/lint` that end in `.extension`.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint").join(folder);
    let entries = folder
        .read_dir()
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

#[test]
fn policies() {
    for path in files("policies", "roles") {
        let text = std::fs::read_to_string(&path).expect("a file");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let (found, sources) = findings(&name, &text);
        snapshot(&path, &lines(&found, &sources));
    }
}

#[test]
fn organisations() {
    let policy = std::fs::read_to_string(files("facts", "roles").remove(0)).expect("a file");
    for path in files("facts", "yaml") {
        let (found, sources) = of_facts(&policy, &std::fs::read_to_string(&path).expect("a file"));
        snapshot(&path, &lines(&found, &sources));
    }
}

// ---------------------------------------------------------------- rules and their pages

/// The fenced examples of a page; `\u{…}` stands for a character that has no place in a source.
fn examples(page: &str) -> Vec<String> {
    let blocks = page
        .split("```roles\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or(""));
    blocks.map(|block| block.replace("\\u{202e}", "\u{202e}")).collect()
}

#[test]
fn examples_on_pages_fire_where_they_say() {
    for rule in lint::rules() {
        let (mut firing, mut quiet) = (0, 0);
        let mut levels = Levels::default();
        assert!(rule.level != Level::Off || levels.set(rule.name, Level::Warning));
        for example in examples(&rule.page()) {
            let (found, sources) = findings_at(&levels, rule.name, &example);
            assert!(
                found.iter().all(|d| d.severity != Severity::Error),
                "{}",
                lines(&found, &sources)
            );
            let marked = example.lines().enumerate().filter(|(_, line)| line.contains("# error"));
            let wanted: BTreeSet<usize> = marked.map(|(ix, _)| ix + 1).collect();
            let of_rule = found.iter().filter(|d| d.code == rule.name).map(|d| d.labels[0].span);
            let got: BTreeSet<usize> = of_rule.map(|span| sources.position(span.file, span.start).0).collect();
            assert_eq!(got, wanted, "{}:\n{example}\n{}", rule.name, lines(&found, &sources));
            if wanted.is_empty() {
                assert!(found.is_empty(), "{}: {}", rule.name, lines(&found, &sources));
                quiet += 1;
            } else {
                firing += 1;
            }
        }
        assert!(
            firing > 0 && quiet > 0,
            "{} needs an example that fires and one that does not",
            rule.name
        );
    }
}

#[test]
fn folder_and_list_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint/rules");
    let entries = folder
        .read_dir()
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let files: BTreeSet<String> = entries
        .map(|path| path.file_stem().expect("a name").to_string_lossy().replace('_', "-"))
        .collect();
    let list: Vec<&str> = lint::rules().iter().map(|rule| rule.name).collect();
    assert!(list.is_sorted(), "{list:?}");
    assert_eq!(list, files.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn names_and_pages_read_well() {
    for rule in lint::rules() {
        let page = rule.page();
        assert!(rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
        assert!(page.starts_with(&format!("# {}\n\n", rule.name)), "{page}");
        assert!(page.contains("\nUse instead: "), "{page}");
        assert!(page.lines().count() < 50, "{page}");
        let shown = lint::page(rule.name).expect("a page");
        let (head, body) = page.split_once("\n\n").expect("a heading");
        assert!(shown.starts_with(head) && shown.ends_with(body), "{shown}");
        let about = format!("\n\n*Of the category {}; ", rule.category.name());
        assert!(
            shown.contains(&about) && shown.contains(&format!("# allow: {}, ", rule.name)),
            "{shown}"
        );
        assert!(lint::page(&rule.name.to_uppercase()).is_none());
    }
}

// ---------------------------------------------------------------- codes

/// The string literals of a source text that have the form of a code.
fn codes_in(text: &str, codes: &mut BTreeSet<String>) {
    let word = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    for literal in text.split('"') {
        if let Some((group, name)) = literal.split_once('/')
            && word(group)
            && word(name)
            && !["text", "application"].contains(&group)
        {
            codes.insert(literal.to_owned());
        }
    }
}

/// The code that a file runs, without comments and without the tests at its end.
fn code_of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a file");
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
    lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn each_source(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            each_source(&path, visit);
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_stem().is_some_and(|stem| stem != "tests") {
            visit(&path);
        }
    }
}

#[test]
fn every_code_has_a_page() {
    let mut used = BTreeSet::new();
    each_source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |path| {
        codes_in(&code_of(path), &mut used)
    });
    used.extend(lint::rules().iter().map(|rule| rule.name.to_owned()));
    let known: BTreeSet<String> = lint::codes().map(str::to_owned).collect();
    let missing: Vec<_> = used.difference(&known).collect();
    let idle: Vec<_> = known.difference(&used).collect();
    assert!(
        missing.is_empty() && idle.is_empty(),
        "without a page: {missing:?}\nused nowhere: {idle:?}"
    );
    for code in lint::codes() {
        let page = lint::page(code).expect("a page");
        assert!(
            page.starts_with(&format!("# {code}\n\n")) && page.len() > code.len() + 20,
            "{page}"
        );
    }
    assert_eq!(lint::codes().count(), known.len());
}

/// Findings that are always told: about files, the moment of a review, and promises.
const ALWAYS: [&str; 4] = ["audit/", "baseline/", "ensure/", "project/"];

#[test]
fn every_finding_can_be_configured() {
    let mut missing = BTreeSet::new();
    each_source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |path| {
        let code = code_of(path);
        for made in code
            .split("Diagnostic::warning(")
            .chain(code.split("Diagnostic::note("))
            .skip(1)
        {
            let code = made
                .trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next());
            let code = code.filter(|code| code.contains('/') && !ALWAYS.iter().any(|group| code.starts_with(group)));
            missing.extend(code.filter(|code| lint::kind(code).is_none()).map(str::to_owned));
        }
    });
    assert!(missing.is_empty(), "not in FINDINGS of src/lint/codes.rs: {missing:?}");
    let codes: Vec<_> = lint::kinds().map(|kind| kind.code).collect();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "{codes:?}");
}

// ---------------------------------------------------------------- robustness

#[test]
fn half_a_policy_is_linted() {
    let whole = "account Shop in Nowhere { open: bool = gone.x actions view, edit edit implies fly }\n\
        unit Wing in Wing\nresource Room\narea a { b }\narea b { a }\nroles all { Ghost, Owner }\n\
        role Owner at Shop, Wing extends Owner, Clerk, Clerk default { can view, open Shop as who when shop.y is 1 }\n\
        role Clerk at Shop for whoever is gone { can assign Owner to Ghost }\nrole Clerk at Nowhere (limit: Nothing)\n\
        nobody but Ghost can view Shop unless here.x\neach Shop has exactly 1 Ghost when user.z\n\
        no user is both Owner and Ghost at the same Nowhere\nensure Ghost can view Shop\n";
    for end in (0..=whole.len()).step_by(3) {
        findings("half.roles", &whole[..end]);
    }
    let (found, _) = findings("half.roles", whole);
    let whole_only = ["unused-declaration", "empty-role", "ensure-unproved"];
    assert!(found.iter().all(|d| !whole_only.contains(&d.code)));
}

#[test]
fn what_is_unknown_is_not_reported() {
    let policy = "account Shop { actions view }\nrole Owner, Clerk at Shop { can view Shop }\n\
        each Shop has at most 1 Owner\neach Shop has at least 1 Clerk\nno user is both Owner and Clerk\n\
        whoever is Owner is also Clerk\n";
    let facts = |bound: &str| {
        format!(
            "accounts:\n  s: {{ is: Shop }}\nusers:\n  ada: {{ in: s, roles: {{ Owner: s, Clerk: {{ at: s, {bound} }} }} }}\n  \
             oz: {{ in: s, roles: {{ Owner: {{ at: s, {bound} }}, Clerk: {{ at: s, {bound} }} }} }}\n"
        )
    };
    let (found, sources) = of_facts(policy, &facts("until: 2026-12-31"));
    assert!(found.is_empty(), "{}", lines(&found, &sources));
    let now = "context: { now: 2026-06-01T00:00:00Z }\n";
    let (found, _) = of_facts(policy, &(now.to_owned() + &facts("until: 2026-12-31")));
    let codes: Vec<_> = found.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["constraint/each", "constraint/roles", "constraint/roles"]);
    let (found, _) = of_facts(policy, &(now.to_owned() + &facts("until: 2025-12-31")));
    let codes: BTreeSet<_> = found.iter().map(|d| d.code).collect();
    assert_eq!(
        codes,
        BTreeSet::from(["constraint/also", "constraint/each", "facts/expired-holding"])
    );
    assert_eq!(found.len(), 5);
}

#[test]
fn whoever_may_hold_a_role_administers() {
    let orphans = |rules: &str, facts: &str| {
        let policy = format!(
            "account Host {{ actions view }}\naccount Guest in Host {{ owner: user? actions view }}\n\
             unit Team in Host, Guest, Team {{ actions view }}\nrole Clerk at Team {{ can view Team }}\n{rules}"
        );
        let places = "accounts: { host: { is: Host }, guest: { is: Guest, in: host, OWNER } }\n\
            units: { desk: { is: Team, in: guest }, den: { is: Team, in: desk }, loft: { is: Team, in: host } }\n";
        let owner = if facts.contains("owner") { "owner: ada" } else { "" };
        let (found, sources) = of_facts(&policy, &(places.replace("OWNER", owner) + &facts.replace("owner", "")));
        let orphans = found.iter().filter(|d| d.code == "facts/orphan-place");
        let text = |d: &Diagnostic| sources.snippet(d.labels[0].span).to_owned();
        orphans.map(text).collect::<Vec<_>>()
    };
    let by_ada = |role: &str, at: &str| format!("users: {{ ada: {{ in: {at}, roles: {{ {role}: {at} }} }} }}\n");
    let chief = "role Chief at Host { can assign Clerk }";
    assert_eq!(orphans(chief, "users: {}\n"), ["desk", "loft"]);
    assert_eq!(orphans(chief, &by_ada("Chief", "host")), ["desk"]);
    let inside = "role Chief at Host { can assign Clerk in Guest }";
    assert_eq!(orphans(inside, &by_ada("Chief", "host")), ["loft"]);
    let anywhere = "role Chief at Host { can assign Clerk anywhere }";
    assert!(orphans(anywhere, &by_ada("Chief", "host")).is_empty());
    assert_eq!(orphans(anywhere, "users: {}\n"), ["desk", "loft"]);
    let across = "role Chief at Team { can assign Clerk across Guest }";
    assert_eq!(orphans(across, &by_ada("Chief", "den")), ["loft"]);
    let below = "role Chief at Team { can assign Clerk only below }";
    assert_eq!(orphans(below, &by_ada("Chief", "desk")), ["desk", "loft"]);
    let owner = "role Chief at Guest for whoever is owner { can assign Clerk }";
    assert_eq!(orphans(owner, "users: { ada: { in: guest } } # owner\n"), ["loft"]);
    assert_eq!(orphans(owner, "users: { ada: { in: guest } }\n"), ["desk", "loft"]);
    let member = "role Chief at Guest for whoever is member { can assign Clerk }";
    assert_eq!(orphans(member, "users: { ada: { in: guest } }\n"), ["loft"]);
    assert!(orphans("everyone can assign Clerk", "users: {}\n").is_empty());
    assert!(orphans("", "users: {}\n").is_empty());
}

/// A policy after every fix that the linter offers has been made, and how many these were.
fn fixed(text: &str) -> (String, usize) {
    let (found, _) = findings("fixed.roles", text);
    let mut fixes: Vec<_> = found.iter().filter_map(|d| d.fixes.first()).collect();
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.span));
    let mut fixed = text.to_owned();
    for fix in &fixes {
        fixed.replace_range(fix.span.range(), &fix.replacement);
    }
    (fixed, fixes.len())
}

#[test]
fn fixes_change_no_decision() {
    let compiled = |text: &str| {
        let (mut sources, mut found) = (Sources::default(), Found::default());
        let file = sources.add("fixed.roles", text);
        let trees = [parse::policy(file, text, &mut found)];
        let model = model::resolve::resolve(&trees, &mut found);
        table::compile(model::check(&model, &found).unwrap_or_else(|_| panic!("{text}\n{:?}", found.clone().sorted())))
    };
    let path = files("policies", "roles")
        .into_iter()
        .find(|path| path.ends_with("proofs.roles"));
    let before = std::fs::read_to_string(path.expect("the policy")).expect("a file");
    let (mut after, made) = fixed(&before);
    assert!(made > 6, "{made}");
    for round in 0.. {
        let (next, made) = fixed(&after);
        if made == 0 {
            break;
        }
        assert!(round < 5, "{next}");
        after = next;
    }
    let changed = rolebook::analyze::compare::compare(&compiled(&before), &compiled(&after));
    assert!(
        changed.cells.is_empty() && changed.beyond.is_empty(),
        "{after}\n{changed:#?}"
    );
    assert!(
        after.contains("can edit Task when resource.state is draft  "),
        "{after}"
    );
}

#[test]
fn time_is_linear() {
    // Debug builds are some thirty times slower; `cargo bench --bench analysis` has the numbers.
    const ROLES: usize = 60;
    let mut text = "account Shop { actions view }\n".to_owned();
    for role in 0..ROLES {
        let parent = if role == 0 {
            String::new()
        } else {
            format!(" extends R{}", role / 2)
        };
        let _ = writeln!(text, "resource T{role} in Shop {{ x: int actions a, b, c }}");
        let _ = writeln!(
            text,
            "role R{role} at Shop{} {{",
            if role > 1 { parent } else { String::new() }
        );
        for rule in 0..20 {
            let _ = writeln!(
                text,
                "  can a, b T{} when resource.x > {rule}",
                (role * 7 + rule) % ROLES
            );
        }
        text.push_str("}\n");
    }
    let mut found = Found::default();
    let mut sources = Sources::default();
    let file = sources.add("big.roles", text.as_str());
    let trees = [parse::policy(file, &text, &mut found)];
    let model = model::resolve::resolve(&trees, &mut found);
    let table = table::compile(model::check(&model, &found).expect("a policy without errors"));
    let begun = Instant::now();
    lint::policy(&model, Some(&table), &trees, &sources, &Levels::default(), &mut found);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert!(found.iter().any(|d| d.message == "no rule gives `c T0`"));
}

// ---------------------------------------------------------------- what is told of facts can be followed

const STAFF: &str = "account Firm { actions view, run, close }
unit Team in Firm { actions view, run, close }
role Boss at Firm, Team { can run, close Firm can run Team }
role Clerk at Firm, Team { can view Firm can view Team }
role Guest at Firm, Team default { can close Team }
everyone can close Firm";

/// Who holds what at which place until when: users come first, then groups.
type Held = (usize, &'static str, &'static str, &'static str);

/// An organisation, each holding on a line of its own, and on which.
fn staff(held: &[Held], members: &[&str], listed: &[bool]) -> (String, Vec<usize>) {
    let mut lines: Vec<String> = [
        "context: { now: 2026-06-01T00:00Z }",
        "accounts: { acme: { is: Firm } }",
    ]
    .map(str::to_owned)
    .to_vec();
    lines.push("units: { desk: { is: Team, in: acme } }".to_owned());
    let mut at = vec![0; held.len()];
    for (heading, subjects) in [("users", 0..2), ("groups", 2..5)] {
        lines.push(format!("{heading}:"));
        for subject in subjects {
            lines.push(format!("  s{subject}:"));
            match heading {
                "users" if listed[subject] => lines.push("    in: [acme, desk]".to_owned()),
                "users" => lines.push("    in: acme".to_owned()),
                _ => lines.push(format!("    members: [{}]", members[subject - 2])),
            }
            if held.iter().any(|it| it.0 == subject) {
                lines.push("    roles:".to_owned());
            }
            for role in ["Boss", "Clerk", "Guest"] {
                let own = held
                    .iter()
                    .enumerate()
                    .filter(|(_, it)| it.0 == subject && it.1 == role);
                for (count, (ix, (_, _, place, until))) in own.enumerate() {
                    if count == 0 {
                        lines.push(format!("      {role}:"));
                    }
                    lines.push(format!("        - {{ at: {place}{until} }}"));
                    at[ix] = lines.len();
                }
            }
        }
    }
    (lines.join("\n") + "\n", at)
}

/// Every decision, as one text.
fn decisions(facts: &str) -> String {
    let (mut sources, mut found) = (Sources::default(), Found::default());
    let file = sources.add("staff.roles", STAFF);
    let trees = [parse::policy(file, STAFF, &mut found)];
    let model = model::resolve::resolve(&trees, &mut found);
    let table = table::compile(model::check(&model, &found).expect("a policy without errors"));
    let file = sources.add("facts.yaml", facts);
    let tree = yaml::read(file, facts, &mut found).expect("YAML");
    let facts = read::read(&tree, table.model(), &mut found);
    assert!(!found.has_errors(), "{:?}", found.sorted());
    let org = Org::new(&table, &facts);
    let mut text = String::new();
    for (permission, it) in table
        .model()
        .permissions
        .iter()
        .filter(|(_, it)| !it.is_administrative())
    {
        for (user, node) in facts
            .user_ids()
            .flat_map(|user| facts.node_ids().map(move |node| (user, node)))
        {
            let rolebook::model::permission::Permission::Act { ty, .. } = it else {
                continue;
            };
            if facts.node(node).ty == ty {
                let request = rolebook::eval::Request {
                    user: Some(user),
                    permission,
                    target: rolebook::eval::Target::node(node),
                    recipient: None,
                    context: &facts.context,
                    given: &[],
                    pool: &facts.pool,
                };
                text.push(if rolebook::eval::decide(&table, &org, &request) {
                    'y'
                } else {
                    'n'
                });
            }
        }
    }
    text
}

#[test]
fn holdings_that_are_told_can_all_be_taken_out() {
    let mut state = 7_u64;
    let mut below = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let members = [
        "s0",
        "s0, s1",
        "Boss at acme",
        "Clerk at acme, s1",
        "Boss at desk",
        "group:s2",
        "group:s3, Guest at acme",
    ];
    let (mut followed, mut most) = (0, 0);
    for _ in 0..600 {
        let held: Vec<Held> = (0..below(5) + 3)
            .map(|_| {
                let until = ["", "", "", ", until: 2030-01-01", ", until: 2025-01-01"][below(5)];
                (
                    below(5),
                    ["Boss", "Clerk", "Guest"][below(3)],
                    ["acme", "desk"][below(2)],
                    until,
                )
            })
            .collect();
        let members = [members[below(5)], members[below(6)], members[below(7)]];
        let listed = [below(2) == 0, below(2) == 0];
        let (facts, at) = staff(&held, &members, &listed);
        let (found, sources) = of_facts(STAFF, &facts);
        let out = found
            .iter()
            .filter(|it| it.help.as_ref().is_some_and(|help| help.starts_with("take it out")));
        let lines: Vec<usize> = out
            .map(|it| sources.position(it.labels[0].span.file, it.labels[0].span.start).0)
            .collect();
        let left: Vec<Held> = (0..held.len())
            .filter(|&ix| !lines.contains(&at[ix]))
            .map(|ix| held[ix])
            .collect();
        (followed, most) = (followed + usize::from(!lines.is_empty()), most.max(lines.len()));
        let less = staff(&left, &members, &listed).0;
        assert_eq!(
            decisions(&facts),
            decisions(&less),
            "{facts}\n{less}\n{}",
            self::lines(&found, &sources)
        );
    }
    assert!(followed > 100 && most > 2, "{followed} {most}");
}

#[test]
fn a_holding_on_which_its_own_repetition_rests_is_needed() {
    let facts = "accounts: { acme: { is: Firm } }
users: { bob: { in: acme, roles: { Boss: acme } } }
groups: { d: { members: [Boss at acme], roles: { Boss: acme } } }";
    let (found, sources) = of_facts(STAFF, facts);
    assert!(
        !found.iter().any(|it| it.code == "facts/redundant-holding"),
        "{}",
        lines(&found, &sources)
    );
}
