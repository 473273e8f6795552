//! What all parser tests need.

use rolebook::diagnostic::Found;
use rolebook::source::Sources;
use rolebook::syntax::ast::{File, Item, ItemKind, NodeTypeDecl, RoleDecl, Sentence};
use rolebook::syntax::parse;

/// A diagnostic as text: `code line:column [what it points at] message | help`.
pub(crate) fn lines(sources: &Sources, found: Found) -> Vec<String> {
    let mut lines = Vec::new();
    for diagnostic in found.sorted() {
        let span = diagnostic.labels[0].span;
        let (line, column) = sources.position(span.file, span.start);
        let help = diagnostic.help.map(|help| format!(" | {help}")).unwrap_or_default();
        let (code, message) = (diagnostic.code, diagnostic.message);
        lines.push(format!(
            "{code} {line}:{column} [{}] {message}{help}",
            sources.snippet(span)
        ));
    }
    lines
}

/// Parses a policy; the tree and what was found.
pub(crate) fn policy(text: &str) -> (File, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add("test.roles", text);
    let mut found = Found::default();
    let tree = parse::policy(file, text, &mut found);
    (tree, lines(&sources, found))
}

/// Parses a policy without errors.
pub(crate) fn good(text: &str) -> File {
    let (tree, errors) = policy(text);
    assert!(errors.is_empty(), "{text}\n{errors:#?}");
    tree
}

/// What is found in a policy.
pub(crate) fn errors(text: &str) -> Vec<String> {
    policy(text).1
}

/// The only error of a policy.
pub(crate) fn error(text: &str) -> String {
    let mut errors = errors(text);
    assert_eq!(errors.len(), 1, "{text}\n{errors:#?}");
    errors.remove(0)
}

/// Parses a sentence; the tree and what was found.
pub(crate) fn sentence(text: &str) -> (Option<Sentence>, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add("sentence", text);
    let mut found = Found::default();
    let tree = parse::sentence(file, text, &mut found);
    (tree, lines(&sources, found))
}

/// Parses a sentence without errors.
pub(crate) fn asked(text: &str) -> Sentence {
    let (tree, errors) = sentence(text);
    tree.unwrap_or_else(|| panic!("{text}\n{errors:#?}"))
}

pub(crate) fn role(item: &Item) -> &RoleDecl {
    match &item.kind {
        ItemKind::Role(role) => role,
        other => panic!("not a role: {other:?}"),
    }
}

pub(crate) fn node_type(item: &Item) -> &NodeTypeDecl {
    match &item.kind {
        ItemKind::NodeType(decl) => decl,
        other => panic!("not a node type: {other:?}"),
    }
}

/// The rules of the only role in `role R at T { … }`.
pub(crate) fn rules(body: &str) -> RoleDecl {
    let tree = good(&format!("role R at T {{ {body} }}"));
    role(&tree.items[0]).clone()
}
