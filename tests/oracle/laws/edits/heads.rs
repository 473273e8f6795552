//! Edits of what stands in a role's head.

use rolebook::model::{RoleId, TypeId, TypeKind};

use super::{Draft, Scene};
use crate::policy::being;
use crate::tape::Tape;

/// A head in parts: `role R at T only here default`.
struct Parts {
    names: String,
    at: Vec<String>,
    reach: String,
    rest: String,
}

const REACHES: [&str; 3] = ["only here", "only below", "anywhere"];

impl Parts {
    fn of(line: &str) -> Option<Self> {
        let (names, rest) = line.strip_prefix("role ")?.split_once(" at ")?;
        let end = [
            " only ",
            " in ",
            " across ",
            " anywhere",
            " extends ",
            " default",
            " for ",
            " (",
        ]
        .iter()
        .filter_map(|word| rest.find(word))
        .min()
        .unwrap_or(rest.len());
        let (at, rest) = rest.split_at(end);
        let rest = rest.trim_start();
        let reach = REACHES.iter().find(|reach| rest.starts_with(**reach));
        let reach = match (reach, rest.split_once(' ')) {
            (Some(reach), _) => (*reach).to_owned(),
            (None, Some(("in" | "across", behind))) => {
                let ty = behind.split(' ').next().unwrap_or_default();
                format!("{} {ty}", &rest[..rest.len() - behind.len() - 1])
            }
            _ => String::new(),
        };
        Some(Self {
            names: names.to_owned(),
            at: at.split(", ").map(str::to_owned).collect(),
            rest: rest[reach.len()..].trim_start().to_owned(),
            reach,
        })
    }

    fn text(&self) -> String {
        let pad = |text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                format!(" {text}")
            }
        };
        format!(
            "role {} at {}{}{}",
            self.names,
            self.at.join(", "),
            pad(&self.reach),
            pad(&self.rest)
        )
    }
}

fn changed(
    scene: &Scene<'_>,
    tape: &mut Tape,
    change: impl FnOnce(&mut Parts, &mut Tape) -> Option<()>,
) -> Option<Draft> {
    let heads = scene.lines(true);
    let &ix = tape.pick(&heads)?;
    let mut parts = Parts::of(&scene.draft.lines[ix])?;
    change(&mut parts, tape)?;
    Some(scene.with_line(ix, parts.text()))
}

fn place(scene: &Scene<'_>, tape: &mut Tape) -> String {
    let types: Vec<TypeId> = scene.model.type_ids().collect();
    let fits = |ty: &&TypeId| scene.model.ty(**ty).kind != TypeKind::Principal;
    let nodes: Vec<TypeId> = types.iter().filter(fits).copied().collect();
    scene.model.ty(tape.one(&nodes)).name.clone()
}

pub(super) fn reach(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    changed(scene, tape, |parts, tape| {
        parts.reach = match tape.below(6) {
            0 => String::new(),
            1 => format!("in {}", place(scene, tape)),
            2 => format!("across {}", place(scene, tape)),
            _ => tape.one(&REACHES).to_owned(),
        };
        Some(())
    })
}

pub(super) fn default(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    changed(scene, tape, |parts, _| {
        parts.rest = match &parts.rest[..] {
            "" => "default".to_owned(),
            "default" => String::new(),
            _ => return None,
        };
        Some(())
    })
}

pub(super) fn extends(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    changed(scene, tape, |parts, tape| {
        if parts.rest.starts_with("extends ") && tape.chance(40) {
            parts.rest = String::new();
            return Some(());
        }
        let roles: Vec<RoleId> = scene.model.role_ids().collect();
        let role = scene.model.role(tape.one(&roles));
        let name = match tape.chance(30) {
            true => format!("{}.{}", scene.model.ty(role.ty).name, role.name),
            false => role.name.clone(),
        };
        (parts.rest.is_empty() || parts.rest.starts_with("extends ")).then(|| parts.rest = format!("extends {name}"))
    })
}

/// Derived otherwise, or no longer, or only now.
pub(super) fn derivation(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    changed(scene, tape, |parts, tape| {
        let derived = parts.rest.starts_with("for ");
        if derived && tape.chance(20) {
            parts.rest = String::new();
            return Some(());
        }
        (derived || (parts.rest.is_empty() && tape.chance(30))).then_some(())?;
        let ty = scene.model.type_named(parts.at.first()?)?;
        let names: Vec<&str> = parts.names.split(", ").collect();
        let term = being(scene.model, &names, ty, tape);
        parts.rest = match tape.chance(50) && derived {
            true => format!("{} and {term}", parts.rest),
            false => format!("for whoever {term}"),
        };
        Some(())
    })
}

/// A parameter's default, a parameter more or less.
pub(super) fn parameters(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    let heads: Vec<usize> = scene.lines(true);
    let with: Vec<usize> = heads
        .into_iter()
        .filter(|&ix| scene.draft.lines[ix].contains('('))
        .collect();
    let &ix = tape.pick(&with)?;
    let line = &scene.draft.lines[ix];
    let (head, rest) = line.split_once('(')?;
    let mut all: Vec<String> = rest.trim_end_matches(')').split(", ").map(str::to_owned).collect();
    let at = tape.below(all.len());
    match tape.below(6) {
        0 => drop(all.remove(at)),
        1 => all.push(tape.one(&["extra: int = 1", "extra: user?", "extra: bool"]).to_owned()),
        _ => {
            let (name, ty) = all[at].split_once(": ")?;
            let ty = ty.split(" = ").next()?;
            let default = match ty {
                "int" | "decimal" => tape.one(&["", " = 0", " = 1", " = 2", " = 3"]).to_owned(),
                "set of date" => tape.one(&["", " = [2026-01-10]", " = [2026-01-11]"]).to_owned(),
                "set of network" => tape.one(&["", " = [10.0.0.0/8]"]).to_owned(),
                "network" => tape.one(&["", " = 10.0.0.0/8", " = 192.168.0.0/16"]).to_owned(),
                "bool" => tape.one(&["", " = true", " = false"]).to_owned(),
                _ if ty.contains('<') => {
                    let values: Vec<&str> = ty.split(" < ").collect();
                    format!(" = {}", tape.one(&values))
                }
                _ => return None,
            };
            all[at] = format!("{name}: {ty}{default}");
        }
    }
    let text = if all.is_empty() {
        String::new()
    } else {
        format!("({})", all.join(", "))
    };
    Some(scene.with_line(ix, format!("{head}{text}").trim_end().to_owned()))
}

/// A type more or less at which a role is held.
pub(super) fn held(scene: &Scene<'_>, tape: &mut Tape) -> Option<Draft> {
    changed(scene, tape, |parts, tape| {
        if parts.at.len() > 1 && tape.chance(50) {
            parts.at.remove(tape.below(parts.at.len()));
            return Some(());
        }
        let more = place(scene, tape);
        (!parts.at.contains(&more)).then(|| parts.at.push(more))
    })
}
