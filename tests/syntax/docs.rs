//! Which doc comment belongs to what.

use crate::common::{good, node_type, policy, role};

#[test]
fn before_and_behind() {
    let tree = good(
        "## first
         ## second
         role A at T { ## of A
           ## before the rule
           can view X   ## behind it
           can edit X when a   # plain
             or b   ## of the second rule
         }   ## where A ends
         role Lead at Entity \"Responsable\"@fr   ## the one who is notified
         role B at T { can view X }   ## innermost
         ## at the end",
    );
    let docs: Vec<_> = tree.items.iter().map(|item| item.doc.as_deref()).collect();
    assert_eq!(
        docs,
        [
            Some("first\nsecond\nof A\nwhere A ends"),
            Some("the one who is notified"),
            None
        ]
    );
    let rules: Vec<_> = role(&tree.items[0])
        .rules
        .iter()
        .map(|rule| rule.doc.as_deref())
        .collect();
    assert_eq!(rules, [Some("before the rule\nbehind it"), Some("of the second rule")]);
    assert_eq!(role(&tree.items[2]).rules[0].doc.as_deref(), Some("innermost"));
    assert_eq!(tree.comments.len(), 11);
    assert_eq!(tree.comments.iter().filter(|comment| !comment.doc).count(), 1);
    assert_eq!(tree.comments[0].text, "first");
}

#[test]
fn members_have_docs() {
    let tree = good("account A {\n a: bool ## one\n ## two\n\n b: int\n actions x,\n  y ## three\n}");
    let docs: Vec<_> = node_type(&tree.items[0])
        .members
        .iter()
        .map(|member| member.doc.as_deref())
        .collect();
    assert_eq!(docs, [Some("one"), Some("two"), Some("three")]);
}

#[test]
fn a_sign_in_a_text_is_no_comment() {
    let tree = good("policy \"a ## b\" ## c");
    assert_eq!(tree.comments.len(), 1);
    assert_eq!(tree.items[0].doc.as_deref(), Some("c"));
}

#[test]
fn a_broken_role_keeps_its_docs() {
    let (tree, errors) =
        policy("## of A\nrole A at T {\n can view X ## good\n can view ## bad\n can edit X ## good too\n}");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(tree.items[0].doc.as_deref(), Some("of A"));
    let rules: Vec<_> = role(&tree.items[0])
        .rules
        .iter()
        .map(|rule| rule.doc.as_deref())
        .collect();
    assert_eq!(rules, [Some("good"), Some("good too")]);
}
