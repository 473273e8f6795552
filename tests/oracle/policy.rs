//! Random policies, written as text line by line over one of the [`WORLDS`]; a line that does not compile is left out, so
//! that hardly any policy is lost.

use std::sync::OnceLock;

use rolebook::diagnostic::{Found, Severity};
use rolebook::model::containment::Containment;
use rolebook::model::{Model, RoleId, TypeId, TypeKind, resolve};
use rolebook::source::{FileId, Sources};
use rolebook::syntax::parse;

use crate::tape::{Seed, Tape};
use crate::words::Writer;
use crate::worlds::{Head, Kind, WORLDS};

/// What a suite is mostly about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Reach,
    Conditions,
    Derivations,
    Administration,
    Everything,
}

impl Theme {
    pub(crate) const ALL: [Self; 5] = [
        Self::Reach,
        Self::Conditions,
        Self::Derivations,
        Self::Administration,
        Self::Everything,
    ];
}

/// A policy that compiles.
pub(crate) struct Policy {
    pub(crate) text: String,
    pub(crate) model: Model,
    pub(crate) file: FileId,
    /// Lines written, and lines left out.
    pub(crate) lines: (usize, usize),
}

/// A model of the types and bare roles of a world, from which generators learn the names.
pub(crate) fn bare(world: usize) -> &'static Model {
    static BARE: OnceLock<Vec<Model>> = OnceLock::new();
    let all = BARE.get_or_init(|| {
        let texts = WORLDS.iter().map(|world| {
            let heads = world.roles.iter().map(|head| plain_head(head) + parameters(head));
            heads.fold(world.types.to_owned(), |text, head| text + &head + "\n")
        });
        texts.map(|text| compile(&text).0).collect()
    });
    &all[world]
}

/// Writes a policy from tapes: one for each head, one for each rule.
pub(crate) fn write(world: usize, theme: Theme, heads: &[Seed], rules: &[Seed]) -> Option<Policy> {
    let mut lines: Vec<String> = Vec::new();
    for (ix, head) in WORLDS[world].roles.iter().enumerate() {
        let seed = heads.get(ix).copied().unwrap_or(0);
        lines.push(role_head(bare(world), head, theme, &mut Tape::new(seed)));
    }
    for &seed in rules {
        lines.push(Writer::new(bare(world), theme, Tape::new(seed)).rule());
    }
    lines.extend(handing(
        world,
        theme,
        &mut Tape::second(heads.first().copied().unwrap_or(0)),
    ));
    settle(WORLDS[world].types, lines)
}

/// What mostly opens the ceiling for custom roles and single grants.
fn handing(world: usize, theme: Theme, tape: &mut Tape) -> Option<String> {
    let open = matches!(theme, Theme::Administration | Theme::Everything) && tape.chance(70);
    let head = &WORLDS[world].roles[1];
    let to = if tape.chance(25) {
        format!(" to {}", WORLDS[world].roles[0].names[0])
    } else {
        String::new()
    };
    let reach = if tape.chance(50) { " anywhere" } else { "" };
    open.then(|| {
        format!(
            "role {} at {} {{ can grant everything{to}{reach} }}",
            head.names[0], head.at[0]
        )
    })
}

/// Compiles, leaves out the lines with errors, and tries again.
fn settle(types: &str, mut lines: Vec<String>) -> Option<Policy> {
    let written = lines.len();
    for _ in 0..12 {
        let text = format!("{types}{}\n", lines.join("\n"));
        let (model, found, file) = compile(&text);
        let mut bad: Vec<usize> = found
            .iter()
            .filter(|fault| fault.severity == Severity::Error)
            .filter_map(|fault| {
                let starts = fault.labels.iter().map(|label| label.span.start as usize);
                let at = starts.filter(|&start| start > types.len()).max()?;
                Some(text[types.len()..at].matches('\n').count())
            })
            .collect();
        if !found.has_errors() {
            return (!found.has_errors()).then_some(Policy {
                text,
                model,
                file,
                lines: (written, written - lines.len()),
            });
        }
        bad.sort_unstable();
        bad.dedup();
        for ix in bad.into_iter().rev() {
            lines.remove(ix);
        }
    }
    None
}

fn compile(text: &str) -> (Model, Found, FileId) {
    let mut sources = Sources::default();
    let file = sources.add("generated.roles", text.to_owned());
    let mut found = Found::default();
    let tree = parse::policy(file, text, &mut found);
    let model = resolve::resolve(&[tree], &mut found);
    (model, found, file)
}

fn plain_head(head: &Head) -> String {
    format!("role {} at {}", head.names.join(", "), head.at.join(", "))
}

fn parameters(head: &Head) -> &'static str {
    match head.kind {
        Kind::Parameters(text) => text,
        _ => "",
    }
}

fn role_head(model: &Model, head: &Head, theme: Theme, tape: &mut Tape) -> String {
    let reach = if tape.chance(10) { " only here" } else { "" };
    let rest = match head.kind {
        Kind::Plain => String::new(),
        Kind::Default => (if tape.chance(80) { " default" } else { "" }).to_owned(),
        Kind::Heir(of) => format!(" extends {of}"),
        Kind::Derived => format!(" for whoever {}", derivation(model, head, theme, tape)),
        Kind::Parameters(text) => format!(" {text}"),
    };
    format!("{}{reach}{rest}", plain_head(head))
}

/// What a derived role asks of its holder.
fn derivation(model: &Model, head: &Head, theme: Theme, tape: &mut Tape) -> String {
    let Some(ty) = model.type_named(head.at[0]) else {
        return "is member".to_owned();
    };
    let many = if theme == Theme::Derivations { 35 } else { 20 };
    let mut terms = vec![being(model, head.names, ty, tape)];
    while tape.chance(many) && terms.len() < 3 {
        terms.push(being(model, head.names, ty, tape));
    }
    terms.join(" and ")
}

/// One term of a derivation of roles of these names.
pub(crate) fn being(model: &Model, names: &[&str], ty: TypeId, tape: &mut Tape) -> String {
    let relations: Vec<&str> = users_of(model, ty);
    let own = |role: &RoleId| model.role(*role).ty == ty && !names.contains(&&model.role(*role).name[..]);
    let roles: Vec<RoleId> = model.role_ids().filter(own).collect();
    let graph = Containment::new(&model.types);
    match tape.below(6) {
        0 if !relations.is_empty() => format!("is {}", tape.one(&relations)),
        1 if model.ty(ty).kind.is_place() => "is member".to_owned(),
        2 | 3 if !roles.is_empty() => format!("holds {}", model.role(tape.one(&roles)).name),
        _ => {
            let near: Vec<TypeId> = std::iter::once(ty)
                .chain(graph.contents(ty))
                .filter(|&t| !model.ty(t).actions.is_empty())
                .collect();
            let target = if tape.chance(5) { TypeId(0) } else { tape.one(&near) };
            let actions: Vec<&str> = model.ty(target).actions.iter().map(|a| &a.name[..]).collect();
            let action = tape.pick(&actions).copied().unwrap_or("view");
            format!("can {action} {}", model.ty(target).name)
        }
    }
}

/// Attributes of a type that hold users or a group.
pub(crate) fn users_of(model: &Model, ty: TypeId) -> Vec<&str> {
    use rolebook::model::value::Scalar;
    let attributes = model.ty(ty).attributes.iter();
    attributes
        .filter(|a| matches!(a.ty.of, Scalar::User(_) | Scalar::Group))
        .map(|a| &a.name[..])
        .collect()
}

/// True if a role of this name is derived in the worlds; the bare models do not say so.
pub(crate) fn is_derived(model: &Model, role: RoleId) -> bool {
    let name = &model.role(role).name;
    let heads = WORLDS.iter().flat_map(|world| world.roles);
    heads
        .filter(|head| head.kind == Kind::Derived)
        .any(|head| head.names.contains(&&name[..]))
}

/// Every node type.
pub(crate) fn node_types(model: &Model) -> Vec<TypeId> {
    model
        .type_ids()
        .filter(|&ty| model.ty(ty).kind != TypeKind::Principal)
        .collect()
}
