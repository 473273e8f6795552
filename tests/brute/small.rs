//! A small policy, compiled, with its rule texts numbered in the order written.

use rolebook::diagnostic::{Found, Severity};
use rolebook::model::permission::{PermId, Permission};
use rolebook::model::resolve::resolve;
use rolebook::model::{
    Default, DerivationTerm, Effect, Model, PromiseKind, RoleId, Rule, RuleId, TypeId, TypeKind, Who, check,
};
use rolebook::source::{Sources, Span};
use rolebook::syntax::{ast, parse};
use rolebook::table::{Table, compile};

use crate::far;

/// A policy that compiles.
pub(crate) struct Small {
    pub(crate) text: String,
    pub(crate) sources: Sources,
    pub(crate) files: Vec<ast::File>,
    pub(crate) table: Table,
    /// Each rule as written, wherever it lands.
    pub(crate) texts: Vec<Text>,
    /// The rule text of each resolved rule.
    pub(crate) text_of: Vec<Option<usize>>,
    /// What organisations and requests have to tell apart.
    pub(crate) matter: Matter,
}

/// What matters to a policy, or to one of two that are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Matter {
    /// What stands behind the types: roles, rules, statements.
    pub(crate) lines: String,
    /// Types at which roles are held that reach far.
    pub(crate) far: Vec<TypeId>,
    /// Permissions of which rules or promises speak.
    pub(crate) spoken: Vec<PermId>,
    /// Roles that are given by hand, and of which something speaks.
    pub(crate) roles: Vec<RoleId>,
    /// Roles that rules or promises ask for.
    pub(crate) asked: Vec<RoleId>,
    /// Permissions that somebody may grant.
    pub(crate) granted: Vec<PermId>,
    /// Permissions that callers have, or are promised, who are not signed in.
    pub(crate) open: Vec<PermId>,
    /// Types that have a default role.
    pub(crate) defaults: Vec<TypeId>,
    /// Attributes with what they fall back on, by name.
    pub(crate) fallbacks: Vec<(String, String)>,
    /// Two policies are looked at, of which each has its own defaults: *not given* is a state of its own. Facts need not keep
    /// the exclusions: those that break one are decided all the same.
    pub(crate) is_pair: bool,
}

impl Matter {
    /// What matters to either of two.
    pub(crate) fn with(&self, other: &Self) -> Self {
        Self {
            lines: format!("{}\n{}", self.lines, other.lines),
            far: either(&self.far, &other.far),
            spoken: either(&self.spoken, &other.spoken),
            roles: either(&self.roles, &other.roles),
            asked: either(&self.asked, &other.asked),
            granted: either(&self.granted, &other.granted),
            open: either(&self.open, &other.open),
            defaults: either(&self.defaults, &other.defaults),
            fallbacks: [&self.fallbacks[..], &other.fallbacks[..]].concat(),
            is_pair: true,
        }
    }

    /// True if a word stands among the lines.
    pub(crate) fn says(&self, word: &str) -> bool {
        let words = self.lines.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.into_iter().any(|other| other == word)
    }
}

/// A rule as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) span: Span,
    pub(crate) effect: Effect,
}

fn either<T: Copy + Ord>(one: &[T], other: &[T]) -> Vec<T> {
    let mut both = [one, other].concat();
    both.sort_unstable();
    both.dedup();
    both
}

/// Lines at fault, or the policy.
pub(crate) fn small(types: &str, lines: &[String]) -> Result<Small, Vec<usize>> {
    let text = format!("{types}{}\n", lines.join("\n"));
    let mut sources = Sources::default();
    let file = sources.add("small.roles", text.clone());
    let mut found = Found::default();
    let tree = parse::policy(file, &text, &mut found);
    let model = resolve(std::slice::from_ref(&tree), &mut found);
    let Ok(checked) = check(&model, &found) else {
        return Err(faulty(types, &text, &found));
    };
    let table = compile(checked);
    let (texts, text_of) = texts(&model);
    let mut small = Small {
        matter: Matter::default(),
        text,
        sources,
        files: vec![tree],
        table,
        texts,
        text_of,
    };
    small.matter = Matter {
        lines: lines.join("\n"),
        far: far::types(small.model()),
        spoken: spoken(&small.table),
        roles: small.relevant(&lines.join("\n")),
        asked: asked(small.model()),
        granted: granted(&small.table),
        open: open(small.model()),
        defaults: small
            .model()
            .type_ids()
            .filter(|&ty| small.model().default_role(ty).is_some())
            .collect(),
        fallbacks: fallbacks(small.model()),
        is_pair: false,
    };
    Ok(small)
}

fn faulty(types: &str, text: &str, found: &Found) -> Vec<usize> {
    let errors = found.iter().filter(|fault| fault.severity == Severity::Error);
    let mut lines: Vec<usize> = errors
        .filter_map(|fault| {
            let starts = fault.labels.iter().map(|label| label.span.start as usize);
            let at = starts.filter(|&start| start >= types.len()).max()?;
            Some(text[types.len()..at].matches('\n').count())
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn texts(model: &Model) -> (Vec<Text>, Vec<Option<usize>>) {
    let of_roles = model
        .roles
        .iter()
        .flat_map(|role| role.rules.iter().map(|copied| copied.rule));
    let all = of_roles.chain(model.public.iter().copied());
    // A rule that concerns nothing has been reported where names are looked up.
    let rules: Vec<RuleId> = all.filter(|id| !model.rule(*id).permissions.is_empty()).collect();
    let text = |id: &RuleId| Text {
        span: model.rule(*id).span,
        effect: model.rule(*id).effect,
    };
    let mut texts: Vec<Text> = rules.iter().map(text).collect();
    texts.sort_unstable_by_key(|text| text.span);
    texts.dedup();
    let mut text_of = vec![None; model.rules.len()];
    for id in rules {
        text_of[id.ix()] = texts.iter().position(|known| *known == text(&id));
    }
    (texts, text_of)
}

/// Every attribute whose default is a path, with the names in that.
fn fallbacks(model: &Model) -> Vec<(String, String)> {
    let all = model.types.iter().flat_map(|ty| &ty.attributes);
    let steps = all.flat_map(|attribute| {
        let steps = match &attribute.default {
            Default::Path(_, steps) => &steps[..],
            _ => &[],
        };
        steps
            .iter()
            .map(|step| (attribute.name.clone(), model.attr_names[step.0 as usize].clone()))
    });
    steps.collect()
}

/// The permissions that `anyone` can have, or is promised.
fn open(model: &Model) -> Vec<PermId> {
    let rules = model.public.iter().map(|&id| model.rule(id)).chain(promised(model));
    let anyone = rules.filter(|rule| rule.who == Who::Anyone);
    anyone.flat_map(|rule| rule.permissions.clone()).collect()
}

/// The permissions that rules or promises are about.
fn spoken(table: &Table) -> Vec<PermId> {
    let model = table.model();
    let promised: Vec<PermId> = promised(model)
        .iter()
        .flat_map(|rule| rule.permissions.clone())
        .collect();
    let row = |id: &PermId| table.row(*id);
    let ruled = |id: &PermId| !row(id).grants.is_empty() || !row(id).prohibitions.is_empty();
    let all = model.permissions.iter().map(|(id, _)| id);
    all.filter(|id| ruled(id) || promised.contains(id)).collect()
}

/// The roles that rules or promises ask for, besides that of their holder.
fn asked(model: &Model) -> Vec<RoleId> {
    model
        .rules
        .iter()
        .chain(promised(model))
        .flat_map(Rule::roles_asked)
        .collect()
}

/// What data may hand out: the permissions that somebody may grant.
fn granted(table: &Table) -> Vec<PermId> {
    let open = table
        .model()
        .permissions
        .iter()
        .filter_map(|(id, permission)| match permission {
            Permission::Grant(inner) if !table.row(id).grants.is_empty() => Some(inner),
            _ => None,
        });
    open.collect()
}

/// The rules of promises.
pub(crate) fn promised(model: &Model) -> Vec<&Rule> {
    let rules = model.promises.iter().flat_map(|promise| match &promise.kind {
        PromiseKind::Nobody { rule, .. } | PromiseKind::Public(rule) => vec![rule],
        PromiseKind::Role { rules, .. } => rules.iter().map(|(_, rule)| rule).collect(),
        PromiseKind::Contains { .. } | PromiseKind::NeverBecome { .. } => Vec::new(),
    });
    rules.collect()
}

impl Small {
    pub(crate) fn model(&self) -> &Model {
        self.table.model()
    }

    /// The roles that matter: those with rules, those that something asks for, and those that displace a default role.
    fn relevant(&self, lines: &str) -> Vec<RoleId> {
        let model = self.model();
        let words = |name: &str| {
            lines
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| *word == name)
                .count()
        };
        let matters = |role: &RoleId| {
            let it = model.role(*role);
            let any = lines.contains("any role at");
            any || !it.rules.is_empty() || words(&it.name) > it.spans.len() || model.default_role(it.ty).is_some()
        };
        self.given().filter(matters).collect()
    }

    pub(crate) fn snippet(&self, span: Span) -> &str {
        self.sources.snippet(span)
    }

    /// Taking a rule away may change more than the permissions that it concerns: a role follows from a decision, a rule asks
    /// what the giver may do, or opens a ceiling for what data hands out.
    pub(crate) fn is_coupled(&self) -> bool {
        let follows = |being: &DerivationTerm| matches!(being, DerivationTerm::Can(_));
        let roles = &self.model().roles;
        roles.iter().any(|role| role.derived.iter().any(follows)) || !granted(&self.table).is_empty()
    }

    /// The policy without one of its rules: the same model, in which the rule concerns nothing.
    pub(crate) fn without(&self, text: usize) -> Option<Table> {
        let mut model = self.model().clone();
        for (rule, of) in model.rules.iter_mut().zip(&self.text_of) {
            if *of == Some(text) {
                rule.permissions.clear();
            }
        }
        check(&model, &Found::default()).ok().map(compile)
    }

    /// Roles that are given by hand.
    pub(crate) fn given(&self) -> impl Iterator<Item = RoleId> {
        self.model()
            .role_ids()
            .filter(|&role| !self.model().role(role).is_derived())
    }

    /// Some role is derived at nodes of a type: a node that nobody lists is another thing there than one that is listed.
    pub(crate) fn derives_at(&self, ty: TypeId) -> bool {
        self.model().roles.iter().any(|role| role.ty == ty && role.is_derived())
    }

    /// A resource in which nothing lies and at which no role is held: it need not be listed.
    pub(crate) fn is_leaf(&self, ty: TypeId) -> bool {
        let model = self.model();
        model.ty(ty).kind == TypeKind::Resource
            && model.roles.iter().all(|role| role.ty != ty)
            && model.types.iter().all(|other| !other.containers.contains(&ty))
    }
}
