//! The organisations as data documents.

use serde_json::{Map, Value, json};

use crate::apps::gdrive::{Access, Gdrive};
use crate::apps::github::{BASES, Github};
use crate::apps::tinytodo::Tinytodo;
use crate::apps::{App, named};

/// The data of an application's organisation.
pub(super) fn of(app: &App) -> Value {
    match app {
        App::Gdrive(app) => gdrive(app),
        App::Github(app) => github(app),
        App::Tinytodo(app) => tinytodo(app),
    }
}

/// `name-0`, `name-1`, … with a value each.
fn keyed<T>(name: &str, all: &[T], value: impl Fn(&T) -> Value) -> Map<String, Value> {
    (0..).map(|ix| named(name, ix)).zip(all.iter().map(value)).collect()
}

/// What lies in what, as a graph.
fn nested(name: &str, parents: &[Option<usize>], parent: &str) -> Map<String, Value> {
    keyed(name, parents, |of| of.iter().map(|&of| named(parent, of)).collect())
}

/// Users in their groups or teams.
fn joined(group: &str, groups: &[Vec<usize>]) -> Map<String, Value> {
    keyed("user", groups, |of| of.iter().map(|&of| named(group, of)).collect())
}

fn gdrive(app: &Gdrive) -> Value {
    let mut parents = nested("folder", &app.parents, "folder");
    parents.extend(nested("document", &app.folders, "folder"));
    let owner = |access: &Access| named("user", access.owner).into();
    let viewer = |access: &Access| {
        let users = access.users.iter().map(|&user| named("user", user));
        users
            .chain(access.groups.iter().map(|&group| named("group", group)))
            .collect()
    };
    let mut owners = keyed("folder", &app.folder_access, owner);
    owners.extend(keyed("document", &app.document_access, owner));
    let mut viewers = keyed("folder", &app.folder_access, viewer);
    viewers.extend(keyed("document", &app.document_access, viewer));
    let public = keyed("document", &app.public, |&public| public.into());
    json!({
        "groups": joined("group", &app.groups), "parents": parents, "owners": owners, "viewers": viewers,
        "public": public,
    })
}

fn github(app: &Github) -> Value {
    let mut parents = nested("team", &app.parents, "team");
    parents.extend(joined("team", &app.teams));
    let roles: Map<String, Value> = (0..app.n)
        .map(|ix| {
            let of = |kind: &'static str, roles: &[(usize, usize)]| {
                let role = |&(subject, level): &(usize, usize)| (named(kind, subject), level.into());
                roles.iter().map(role).collect::<Vec<(String, Value)>>()
            };
            let mut roles = of("user", &app.user_roles[ix]);
            roles.extend(of("team", &app.team_roles[ix]));
            (named("repository", ix), Value::Object(roles.into_iter().collect()))
        })
        .collect();
    json!({
        "parents": parents, "roles": roles,
        "org_of": keyed("repository", &app.org_of, |&org| named("org", org).into()),
        "orgs": joined("org", &app.orgs),
        "bases": keyed("org", &app.bases, |&base| BASES[base].1.map_or(json!(-1), Value::from)),
        "owners": keyed("org", &app.owners, |&user| named("user", user).into()),
    })
}

fn tinytodo(app: &Tinytodo) -> Value {
    let mut parents = nested("team", &app.parents, "team");
    parents.extend(joined("team", &app.teams));
    let list = |[owner, readers, editors]: &[usize; 3]| json!({ "owner": named("user", *owner), "readers": named("team", *readers), "editors": named("team", *editors) });
    json!({ "parents": parents, "lists": keyed("list", &app.lists, list) })
}
