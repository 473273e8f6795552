//! The policies of this repository as drafts: every item on a line of its own, each rule apart from its role's head.

use std::fs;
use std::path::{Path, PathBuf};

use rolebook::diagnostic::Found;
use rolebook::source::{FileId, Span};
use rolebook::syntax::ast::{ItemKind, Reach, RoleDecl};
use rolebook::syntax::parse;

use super::draft::Draft;

/// The folders with policies.
fn folders() -> Vec<PathBuf> {
    let all = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies"));
    let mut all: Vec<PathBuf> = all.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    all.sort();
    all
}

/// Every policy, by name.
pub(super) fn drafts() -> Vec<(String, Draft)> {
    let named = |folder: PathBuf| {
        let name = folder.file_name()?.to_str()?.to_owned();
        let draft = draft(&folder)?;
        draft.compile().is_ok().then_some((name, draft))
    };
    folders().into_iter().filter_map(named).collect()
}

fn draft(folder: &Path) -> Option<Draft> {
    let files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|end| end == "roles"))
        .collect();
    files.sort();
    let mut draft = Draft {
        world: usize::MAX,
        types: String::new(),
        lines: Vec::new(),
    };
    for file in files {
        add(&mut draft, &uncommented(&fs::read_to_string(file).ok()?));
    }
    Some(draft)
}

/// A text with its comments blanked out.
fn uncommented(text: &str) -> String {
    let tree = parse::policy(FileId::GENERATED, text, &mut Found::default());
    let mut plain = text.to_owned();
    for comment in tree.comments.iter().rev() {
        plain.replace_range(comment.span.0.range(), "");
    }
    plain
}

fn add(draft: &mut Draft, text: &str) {
    let tree = parse::policy(FileId::GENERATED, text, &mut Found::default());
    let line = |span: Span| text[span.range()].split_whitespace().collect::<Vec<_>>().join(" ");
    for item in &tree.items {
        match &item.kind {
            ItemKind::Role(role) => {
                draft.lines.push(line(role.head.0));
                let head = rule_head(role, &line);
                draft.lines.extend(
                    role.rules
                        .iter()
                        .map(|rule| format!("{head} {{ {} }}", line(rule.span.0))),
                );
            }
            ItemKind::Policy(_) | ItemKind::Ensure(_) | ItemKind::Each(_) | ItemKind::Also(_) => {}
            ItemKind::NodeType(_) | ItemKind::Kind(_) | ItemKind::Area(_) | ItemKind::Bundle(_) => {
                draft.types += &text[item.span.0.range()];
                draft.types.push('\n');
            }
            ItemKind::Public(_) | ItemKind::Exclusive(_) => draft.lines.push(line(item.span.0)),
        }
    }
}

/// What stands before a rule of a role, with the reach that its block gives it.
fn rule_head(role: &RoleDecl, line: &dyn Fn(Span) -> String) -> String {
    let list = |names: &[rolebook::syntax::ast::Name]| {
        names
            .iter()
            .map(|name| line(name.span()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let reach = match &role.reach {
        None => String::new(),
        Some(Reach::OnlyHere(span) | Reach::OnlyBelow(span) | Reach::Anywhere(span)) => format!(" {}", line(span.0)),
        Some(Reach::In(ty)) => format!(" in {}", line(ty.span())),
        Some(Reach::Across(ty)) => format!(" across {}", line(ty.span())),
    };
    format!("role {} at {}{reach}", list(&role.names), list(&role.at))
}
