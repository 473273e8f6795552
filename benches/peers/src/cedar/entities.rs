//! The organisations as Cedar's entities.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Entity, EntityUid, RestrictedExpression};

use super::type_name;
use crate::apps::App;
use crate::apps::gdrive::{Access, Gdrive};
use crate::apps::github::{BASES, Github, ROLES};
use crate::apps::tinytodo::Tinytodo;

/// The entities of an application's organisation.
pub(super) fn of(app: &App) -> Vec<Entity> {
    match app {
        App::Gdrive(app) => gdrive(app),
        App::Github(app) => github(app),
        App::Tinytodo(app) => tinytodo(app),
    }
}

/// Entities by id, made ready piece by piece.
#[derive(Default)]
pub struct Entries {
    names: HashMap<&'static str, cedar_policy::EntityTypeName>,
    made: HashMap<EntityUid, (HashMap<String, RestrictedExpression>, HashSet<EntityUid>)>,
}

impl Entries {
    /// The id `kind::"id"`.
    pub fn uid(&mut self, kind: &'static str, id: String) -> EntityUid {
        let name = self.names.entry(kind).or_insert_with(|| type_name(kind)).clone();
        EntityUid::from_type_name_and_id(name, cedar_policy::EntityId::new(id))
    }

    /// Enters an entity, if it is not there yet.
    pub fn add(&mut self, uid: &EntityUid) {
        self.made.entry(uid.clone()).or_default();
    }

    /// Puts an entity into another.
    pub fn put(&mut self, child: &EntityUid, parent: EntityUid) {
        self.made.entry(child.clone()).or_default().1.insert(parent);
    }

    fn set(&mut self, uid: &EntityUid, name: &str, value: RestrictedExpression) {
        let (attributes, _) = self.made.entry(uid.clone()).or_default();
        attributes.insert(name.to_owned(), value);
    }

    fn refer(&mut self, uid: &EntityUid, name: &str, to: EntityUid) {
        self.set(uid, name, RestrictedExpression::new_entity_uid(to));
    }

    /// All entities.
    pub fn finish(self) -> Vec<Entity> {
        let entity = |(uid, (attributes, parents))| Entity::new(uid, attributes, parents).expect("plain attributes");
        self.made.into_iter().map(entity).collect()
    }
}

fn gdrive(app: &Gdrive) -> Vec<Entity> {
    let mut entries = Entries::default();
    let mut owned = vec![[Vec::new(), Vec::new()]; app.n];
    let mut share = |entries: &mut Entries, which: usize, kind: &'static str, name: &str, all: &[Access]| {
        for (ix, access) in all.iter().enumerate() {
            let thing = entries.uid(kind, format!("{name}-{ix}"));
            entries.add(&thing);
            owned[access.owner][which].push(RestrictedExpression::new_entity_uid(thing.clone()));
            for user in &access.users {
                let view = entries.uid("View", format!("user-{user}"));
                entries.put(&thing, view);
            }
            for group in &access.groups {
                let view = entries.uid("View", format!("group-{group}"));
                entries.put(&thing, view);
            }
        }
    };
    share(&mut entries, 0, "Folder", "folder", &app.folder_access);
    share(&mut entries, 1, "Document", "document", &app.document_access);
    for (user, [folders, documents]) in owned.into_iter().enumerate() {
        let uid = entries.uid("User", format!("user-{user}"));
        let view = entries.uid("View", format!("user-{user}"));
        entries.add(&view);
        for group in &app.groups[user] {
            let shared = entries.uid("View", format!("group-{group}"));
            entries.put(&shared, view.clone());
        }
        entries.refer(&uid, "view", view);
        entries.set(&uid, "ownedFolders", RestrictedExpression::new_set(folders));
        entries.set(&uid, "ownedDocuments", RestrictedExpression::new_set(documents));
    }
    let parents = |kind, name| move |ix: usize| (kind, format!("{name}-{ix}"));
    nest(&mut entries, &app.parents, parents("Folder", "folder"));
    for (document, (folder, public)) in app.folders.iter().zip(&app.public).enumerate() {
        let uid = entries.uid("Document", format!("document-{document}"));
        entries.set(&uid, "public", RestrictedExpression::new_bool(*public));
        if let Some(folder) = folder {
            let folder = entries.uid("Folder", format!("folder-{folder}"));
            entries.put(&uid, folder);
        }
    }
    entries.finish()
}

/// Puts each into its parent.
fn nest(entries: &mut Entries, parents: &[Option<usize>], named: impl Fn(usize) -> (&'static str, String)) {
    for (child, parent) in parents.iter().enumerate() {
        let (kind, name) = named(child);
        let uid = entries.uid(kind, name);
        entries.add(&uid);
        if let Some(parent) = *parent {
            let (kind, name) = named(parent);
            let parent = entries.uid(kind, name);
            entries.put(&uid, parent);
        }
    }
}

/// Users in their groups or teams.
fn join(entries: &mut Entries, teams: &[Vec<usize>]) {
    for (user, teams) in teams.iter().enumerate() {
        let uid = entries.uid("User", format!("user-{user}"));
        entries.add(&uid);
        for team in teams {
            let team = entries.uid("Team", format!("team-{team}"));
            entries.put(&uid, team);
        }
    }
}

/// The groups of a repository or organisation, each in the one of the role before it, and the attributes that name
/// them.
fn groups(entries: &mut Entries, uid: &EntityUid, id: &str) -> [EntityUid; 5] {
    let groups = ROLES.map(|role| entries.uid("UserGroup", format!("{id}-{role}s")));
    for (role, group) in ROLES.iter().zip(&groups) {
        entries.refer(uid, &format!("{role}s"), group.clone());
        entries.add(group);
    }
    for pair in groups.windows(2) {
        entries.put(&pair[1], pair[0].clone());
    }
    groups
}

fn github(app: &Github) -> Vec<Entity> {
    let mut entries = Entries::default();
    join(&mut entries, &app.teams);
    nest(&mut entries, &app.parents, |team| ("Team", format!("team-{team}")));
    let mut bases = Vec::new();
    for (org, &base) in app.bases.iter().enumerate() {
        let uid = entries.uid("Organization", format!("org-{org}"));
        let groups = groups(&mut entries, &uid, &format!("org-{org}"));
        let owner = entries.uid("User", format!("user-{}", app.owners[org]));
        entries.put(&owner, groups[4].clone());
        bases.push(BASES[base].1.map(|level| groups[level].clone()));
    }
    for (user, orgs) in app.orgs.iter().enumerate() {
        let uid = entries.uid("User", format!("user-{user}"));
        for base in orgs.iter().filter_map(|&org| bases[org].clone()) {
            entries.put(&uid, base);
        }
    }
    for (repository, org) in app.org_of.iter().enumerate() {
        let uid = entries.uid("Repository", format!("repository-{repository}"));
        let owner = entries.uid("Organization", format!("org-{org}"));
        entries.refer(&uid, "owner", owner);
        let groups = groups(&mut entries, &uid, &format!("repository-{repository}"));
        for &(user, level) in &app.user_roles[repository] {
            let user = entries.uid("User", format!("user-{user}"));
            entries.put(&user, groups[level].clone());
        }
        for &(team, level) in &app.team_roles[repository] {
            let team = entries.uid("Team", format!("team-{team}"));
            entries.put(&team, groups[level].clone());
        }
    }
    entries.finish()
}

fn tinytodo(app: &Tinytodo) -> Vec<Entity> {
    let mut entries = Entries::default();
    join(&mut entries, &app.teams);
    nest(&mut entries, &app.parents, |team| ("Team", format!("team-{team}")));
    let application = entries.uid("Application", "tinytodo".to_owned());
    entries.add(&application);
    for (list, [owner, readers, editors]) in app.lists.iter().enumerate() {
        let uid = entries.uid("List", format!("list-{list}"));
        let owner = entries.uid("User", format!("user-{owner}"));
        let readers = entries.uid("Team", format!("team-{readers}"));
        let editors = entries.uid("Team", format!("team-{editors}"));
        entries.refer(&uid, "owner", owner);
        entries.refer(&uid, "readers", readers);
        entries.refer(&uid, "editors", editors);
    }
    entries.finish()
}
