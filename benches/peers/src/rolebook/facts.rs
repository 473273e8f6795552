//! The organisations as facts in YAML.

use std::fmt::Write;

use crate::apps::gdrive::{Access, Gdrive};
use crate::apps::github::{BASES, Github};
use crate::apps::tinytodo::Tinytodo;
use crate::apps::{App, named};

/// The facts of an application's organisation.
pub(super) fn of(app: &App) -> String {
    match app {
        App::Gdrive(app) => gdrive(app),
        App::Github(app) => github(app),
        App::Tinytodo(app) => tinytodo(app),
    }
    .expect("a string takes all that is written")
}

/// A role with the nodes at which a subject holds it.
type Held = Vec<(&'static str, Vec<String>)>;

fn roles(held: &Held) -> String {
    let role = |(role, nodes): &(&str, Vec<String>)| format!("{role}: [{}]", nodes.join(", "));
    let given: Vec<_> = held.iter().filter(|(_, nodes)| !nodes.is_empty()).map(role).collect();
    format!("{{ {} }}", given.join(", "))
}

/// Members of each of `n` groups: users, and groups below.
fn members(n: usize, groups_of: &[Vec<usize>], parents: &[Option<usize>], name: &str) -> Vec<Vec<String>> {
    let mut members = vec![Vec::new(); n];
    for (user, groups) in groups_of.iter().enumerate() {
        for &group in groups {
            members[group].push(named("user", user));
        }
    }
    for (child, parent) in parents.iter().enumerate() {
        if let Some(parent) = *parent {
            members[parent].push(format!("\"group:{name}-{child}\""));
        }
    }
    members
}

fn gdrive(app: &Gdrive) -> Result<String, std::fmt::Error> {
    let mut users: Vec<Held> = vec![vec![("Owner", Vec::new()), ("Viewer", Vec::new())]; app.n];
    let mut groups: Vec<Held> = vec![vec![("Viewer", Vec::new())]; app.n];
    let mut share = |name: &str, all: &[Access]| {
        for (ix, access) in all.iter().enumerate() {
            users[access.owner][0].1.push(named(name, ix));
            access
                .users
                .iter()
                .for_each(|&user| users[user][1].1.push(named(name, ix)));
            access
                .groups
                .iter()
                .for_each(|&group| groups[group][0].1.push(named(name, ix)));
        }
    };
    share("folder", &app.folder_access);
    share("document", &app.document_access);
    let place = |folder: Option<usize>| folder.map_or("drive".to_owned(), |folder| named("folder", folder));

    let mut text = String::from("accounts: { drive: { is: Drive } }\nusers:\n");
    for (user, held) in users.iter().enumerate() {
        writeln!(text, "  user-{user}: {{ in: drive, roles: {} }}", roles(held))?;
    }
    text.push_str("groups:\n");
    for (group, (held, members)) in groups.iter().zip(members(app.n, &app.groups, &[], "group")).enumerate() {
        let members = members.join(", ");
        writeln!(
            text,
            "  group-{group}: {{ in: drive, members: [{members}], roles: {} }}",
            roles(held)
        )?;
    }
    text.push_str("resources:\n");
    for (folder, parent) in app.parents.iter().enumerate() {
        writeln!(text, "  folder-{folder}: {{ is: Folder, in: {} }}", place(*parent))?;
    }
    for (document, (folder, public)) in app.folders.iter().zip(&app.public).enumerate() {
        let place = place(*folder);
        writeln!(
            text,
            "  document-{document}: {{ is: Document, in: {place}, public: {public} }}"
        )?;
    }
    Ok(text)
}

const ROLES: [&str; 5] = ["Reader", "Triager", "Writer", "Maintainer", "Admin"];

/// What each subject holds at repositories.
fn held(n: usize, roles: &[Vec<(usize, usize)>]) -> Vec<Held> {
    let mut held: Vec<Held> = vec![ROLES.map(|role| (role, Vec::new())).to_vec(); n];
    for (repository, given) in roles.iter().enumerate() {
        for &(subject, level) in given {
            held[subject][level].1.push(named("repository", repository));
        }
    }
    held
}

fn github(app: &Github) -> Result<String, std::fmt::Error> {
    let mut users = held(app.n, &app.user_roles);
    users.iter_mut().for_each(|held| held.push(("Owner", Vec::new())));
    for (org, &owner) in app.owners.iter().enumerate() {
        users[owner][5].1.push(named("org", org));
    }
    let mut text = String::from("accounts:\n");
    for (org, &base) in app.bases.iter().enumerate() {
        writeln!(text, "  org-{org}: {{ is: Organization, base: {} }}", BASES[base].0)?;
    }
    text.push_str("users:\n");
    for (user, held) in users.iter().enumerate() {
        let orgs: Vec<_> = app.orgs[user].iter().map(|&org| named("org", org)).collect();
        writeln!(
            text,
            "  user-{user}: {{ in: [{}], roles: {} }}",
            orgs.join(", "),
            roles(held)
        )?;
    }
    text.push_str("groups:\n");
    let members = members(app.n, &app.teams, &app.parents, "team");
    for (team, held) in held(app.n, &app.team_roles).iter().enumerate() {
        let (org, members) = (app.team_org[team], members[team].join(", "));
        writeln!(
            text,
            "  team-{team}: {{ in: org-{org}, members: [{members}], roles: {} }}",
            roles(held)
        )?;
    }
    text.push_str("resources:\n");
    for (repository, org) in app.org_of.iter().enumerate() {
        writeln!(text, "  repository-{repository}: {{ is: Repository, in: org-{org} }}")?;
    }
    Ok(text)
}

fn tinytodo(app: &Tinytodo) -> Result<String, std::fmt::Error> {
    let mut text = String::from("accounts: { tinytodo: { is: Application } }\nusers:\n");
    for user in 0..app.n {
        writeln!(text, "  user-{user}: {{ in: tinytodo }}")?;
    }
    text.push_str("groups:\n");
    for (team, members) in members(app.n, &app.teams, &app.parents, "team").iter().enumerate() {
        writeln!(
            text,
            "  team-{team}: {{ in: tinytodo, members: [{}] }}",
            members.join(", ")
        )?;
    }
    text.push_str("resources:\n");
    for (list, [owner, readers, editors]) in app.lists.iter().enumerate() {
        let shared = format!("readers: \"group:team-{readers}\", editors: \"group:team-{editors}\"");
        writeln!(
            text,
            "  list-{list}: {{ is: List, in: tinytodo, owner: user-{owner}, {shared} }}"
        )?;
    }
    Ok(text)
}
