//! Casbin: a model, and the organisation as policy lines.
//!
//! A handle is the arguments as the values of its expression language; they are cloned for each call, which the call
//! asks for.

use std::fmt::Write;

use ::casbin::rhai::Dynamic;
use ::casbin::{CoreApi, DefaultModel, Enforcer, StringAdapter};

use crate::apps::gdrive::{Access, Gdrive};
use crate::apps::github::{BASES, Github, ROLES};
use crate::apps::tinytodo::Tinytodo;
use crate::apps::{App, Ask};
use crate::engine::Engine;

/// A model with its policy.
pub struct Casbin(Enforcer);

/// The model of an application with its organisation.
pub fn new(app: &App) -> Casbin {
    let (model, policy, lines) = match app {
        App::Gdrive(app) => (
            include_str!("../policies/gdrive.conf"),
            include_str!("../policies/gdrive.csv"),
            gdrive(app),
        ),
        App::Github(app) => (
            include_str!("../policies/github.conf"),
            include_str!("../policies/github.csv"),
            github(app),
        ),
        App::Tinytodo(app) => (
            include_str!("../policies/tinytodo.conf"),
            include_str!("../policies/tinytodo.csv"),
            tinytodo(app),
        ),
    };
    let lines = lines.expect("a string takes all that is written");
    load(model, &format!("{policy}{lines}"))
}

/// Reads a model and a policy.
pub fn load(model: &str, policy: &str) -> Casbin {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let enforcer = runtime.block_on(async {
        let model = DefaultModel::from_str(model).await?;
        Enforcer::new(model, StringAdapter::new(policy)).await
    });
    Casbin(enforcer.expect("model and policy are written for Casbin"))
}

impl Engine for Casbin {
    type Handle = Vec<Dynamic>;

    fn prepare(&self, ask: &Ask) -> Self::Handle {
        let value = |text: &str| Dynamic::from(text.to_owned());
        vec![value(&ask.user), value(&ask.resource), value(ask.action)]
    }

    fn interned(&mut self, handle: &Self::Handle) -> bool {
        self.0.enforce(handle.clone()).expect("three arguments")
    }

    fn strings(&mut self, ask: &Ask) -> bool {
        let (user, resource) = (ask.user.as_str(), ask.resource.as_str());
        self.0.enforce((user, resource, ask.action)).expect("three arguments")
    }
}

type Text = Result<String, std::fmt::Error>;

/// Users or children in groups.
fn join(text: &mut String, child: &str, group: &str, groups: &[Vec<usize>]) -> std::fmt::Result {
    for (ix, groups) in groups.iter().enumerate() {
        for of in groups {
            writeln!(text, "g, {child}-{ix}, {group}-{of}")?;
        }
    }
    Ok(())
}

fn nest(text: &mut String, section: &str, child: &str, parent: &str, parents: &[Option<usize>]) -> std::fmt::Result {
    for (ix, of) in parents.iter().enumerate() {
        if let Some(of) = of {
            writeln!(text, "{section}, {child}-{ix}, {parent}-{of}")?;
        }
    }
    Ok(())
}

fn gdrive(app: &Gdrive) -> Text {
    let mut text = String::new();
    let share = |text: &mut String, name: &str, all: &[Access]| {
        for (ix, access) in all.iter().enumerate() {
            writeln!(text, "p, user-{}, {name}-{ix}, owner", access.owner)?;
            for user in &access.users {
                writeln!(text, "p, user-{user}, {name}-{ix}, viewer")?;
            }
            for group in &access.groups {
                writeln!(text, "p, group-{group}, {name}-{ix}, viewer")?;
            }
        }
        Ok(())
    };
    share(&mut text, "folder", &app.folder_access)?;
    share(&mut text, "document", &app.document_access)?;
    for (document, _) in app.public.iter().enumerate().filter(|(_, public)| **public) {
        writeln!(text, "p, everyone, document-{document}, viewer")?;
    }
    join(&mut text, "user", "group", &app.groups)?;
    nest(&mut text, "g2", "folder", "folder", &app.parents)?;
    nest(&mut text, "g2", "document", "folder", &app.folders)?;
    Ok(text)
}

fn github(app: &Github) -> Text {
    let mut text = String::new();
    for (org, &base) in app.bases.iter().enumerate() {
        writeln!(
            text,
            "g, user-{}, owners-{org}\np, owners-{org}, org-{org}, admin",
            app.owners[org]
        )?;
        if let Some(level) = BASES[base].1 {
            writeln!(text, "p, members-{org}, org-{org}, {}", ROLES[level])?;
        }
    }
    for (repository, org) in app.org_of.iter().enumerate() {
        writeln!(text, "g2, repository-{repository}, org-{org}")?;
        for (kind, roles) in [("user", &app.user_roles), ("team", &app.team_roles)] {
            for &(subject, level) in &roles[repository] {
                writeln!(text, "p, {kind}-{subject}, repository-{repository}, {}", ROLES[level])?;
            }
        }
    }
    join(&mut text, "user", "members", &app.orgs)?;
    join(&mut text, "user", "team", &app.teams)?;
    nest(&mut text, "g", "team", "team", &app.parents)?;
    Ok(text)
}

fn tinytodo(app: &Tinytodo) -> Text {
    let mut text = String::new();
    for (list, [owner, readers, editors]) in app.lists.iter().enumerate() {
        writeln!(text, "p, user-{owner}, list-{list}, owner")?;
        writeln!(text, "p, team-{readers}, list-{list}, reader")?;
        writeln!(text, "p, team-{editors}, list-{list}, editor")?;
    }
    join(&mut text, "user", "team", &app.teams)?;
    nest(&mut text, "g", "team", "team", &app.parents)?;
    Ok(text)
}
