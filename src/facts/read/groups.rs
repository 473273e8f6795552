//! Groups: where they belong, who is in them, and circles among them.

use super::shape::{field, items};
use super::{Reader, circles};
use crate::diagnostic::Diagnostic;
use crate::facts::{EVERYONE, Member, Subject};
use crate::model::value::GroupId;
use crate::syntax::parse;
use crate::yaml::Yaml;

impl<'y> Reader<'y> {
    /// Reads place and members of every group.
    pub(super) fn read_groups(&mut self) {
        self.no_members_of_everyone();
        for group in 1..self.groups.len() {
            let fields = self.groups[group].fields;
            self.only_keys(fields, &["in", "members", "roles"], "a group");
            self.facts.groups[group].place = field(fields, "in").and_then(|place| self.place(place));
            let members = field(fields, "members").map_or(&[][..], items);
            let mut known: Vec<Member> = Vec::with_capacity(members.len());
            for member in members {
                known.extend(self.member(member));
            }
            self.facts.groups[group].members = known;
        }
        self.check_group_circles();
    }

    fn no_members_of_everyone(&mut self) {
        let fields = self.groups[0].fields;
        self.only_keys(fields, &["in", "members", "roles"], "a group");
        for (key, _) in fields
            .iter()
            .filter(|(key, _)| ["in", "members"].contains(&key.text.as_str()))
        {
            let message = format!("`everyone` is all users; `{}` cannot be said of it", key.text);
            self.report(Diagnostic::error("facts/reserved-id", message), key.span);
        }
    }

    fn member(&mut self, yaml: &'y Yaml) -> Option<Member> {
        let text = self.text(yaml, "`user`, `group:other` or `Role at node`")?;
        let is_holders = text.contains(" at ") && self.names.user(text, None).is_err();
        if is_holders && !text.starts_with("group:") {
            return self.holders(yaml, text);
        }
        Some(match self.subject(yaml)? {
            Subject::User(user) => Member::User(user),
            Subject::Group(group) => Member::Group(group),
        })
    }

    /// `oz`, `group:interns`
    pub(super) fn subject(&mut self, yaml: &'y Yaml) -> Option<Subject> {
        let text = self.text(yaml, "`user` or `group:other`")?;
        if self.is_left_out(text) {
            return None;
        }
        let subject = self.names.subject(text);
        self.take(subject, yaml.span)
    }

    /// `Manager at paris`
    fn holders(&mut self, yaml: &'y Yaml, text: &str) -> Option<Member> {
        let (base, exact) = super::texts::base(yaml, text);
        let (role, node) = self.parsed(yaml, exact, |found| parse::holders(yaml.span.file, text, base, found))?;
        let span = if exact { role.span.0 } else { yaml.span };
        if role.plus {
            let message = "the holders of one role can be members, not those of its heirs";
            let fault = Diagnostic::error("facts/holders", message);
            self.report(fault.help("name each role: `Manager at paris`"), span);
            return None;
        }
        let name = role.ty.map_or_else(String::new, |ty| ty.text + ".") + &role.name.text;
        let at = if exact { node.id.span() } else { yaml.span };
        let node = node.ty.map_or_else(String::new, |ty| ty.text + " ") + &node.id.text;
        let named = self.role(&name, span)?;
        let (role, node) = self.role_at(&named, &name, span, &node, at)?;
        Some(Member::Holders(role, node))
    }

    fn check_group_circles(&mut self) {
        let groups = (0..).zip(&self.facts.groups);
        let nested = groups.flat_map(|(outer, group)| group.members.iter().filter_map(move |m| edge(outer, m)));
        let edges: Vec<(u32, u32)> = nested.collect();
        for circle in circles::of_edges(&edges) {
            let names: Vec<String> = circle
                .iter()
                .map(|&group| self.facts.groups[group].id.to_string())
                .collect();
            let message = format!("groups contain each other: {}", circles::tell(&names, "contains"));
            let fault = Diagnostic::error("facts/group-cycle", message);
            let span = |group: &usize| self.facts.groups[*group].span;
            self.found.push(
                circle
                    .iter()
                    .take(12)
                    .fold(fault, |fault, group| fault.at(span(group), "")),
            );
        }
    }
}

fn edge(outer: u32, member: &Member) -> Option<(u32, u32)> {
    match member {
        Member::Group(GroupId(inner)) if *inner != EVERYONE.0 => Some((outer, *inner)),
        _ => None,
    }
}
