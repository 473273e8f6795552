//! An organisation as names and texts: each policy reads it for itself, with its own defaults.

use rolebook::diagnostic::Found;
use rolebook::facts::read::read;
use rolebook::facts::{Facts, Member, Subject, Window};
use rolebook::model::value::{Scalar, Value, show_date, show_time};
use rolebook::model::{Attribute, Model, TypeId, TypeKind, USER};
use rolebook::source::FileId;
use rolebook::yaml;

use crate::organisation::Texts;
use crate::tape::Tape;

/// A key and what stands behind it, as YAML.
pub(super) type Field = (String, String);

/// A node, a user, a group, or a line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: String,
    /// The type of a node or user; the section of anything else.
    pub(super) ty: String,
    /// What the record itself says.
    pub(super) fields: Vec<Field>,
    /// Attributes.
    pub(super) values: Vec<Field>,
}

/// A role given to a user or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) to: String,
    pub(super) role: String,
    pub(super) at: String,
    pub(super) fields: Vec<Field>,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paper {
    pub(super) nodes: Vec<Entry>,
    pub(super) users: Vec<Entry>,
    pub(super) groups: Vec<Entry>,
    /// Custom roles and single grants.
    pub(super) lists: Vec<Entry>,
    pub(super) given: Vec<Given>,
}

/// Writes an organisation down, with so many of a hundred values: what is left out is as the defaults say.
pub(super) fn write(model: &Model, facts: &Facts, texts: &Texts, share: usize, tape: &mut Tape) -> Paper {
    let pen = Pen { model, facts };
    let node = |node: &rolebook::facts::Node| Entry {
        id: node.id.to_string(),
        ty: model.ty(node.ty).name.clone(),
        fields: node
            .container
            .map(|at| pair("in", &facts.node(at).id))
            .into_iter()
            .collect(),
        values: Vec::new(),
    };
    let mut nodes: Vec<Entry> = facts.nodes.iter().map(node).collect();
    for (entry, node) in nodes.iter_mut().zip(&facts.nodes) {
        entry.values = pen.values(node.ty, &node.values, share, tape);
    }
    let mut users: Vec<Entry> = facts.users.iter().map(|user| pen.user(user)).collect();
    for (entry, user) in users.iter_mut().zip(&facts.users) {
        entry.values = pen.values(user.ty, &user.values, share, tape);
    }
    Paper {
        nodes,
        users,
        groups: facts.groups.iter().map(|group| pen.group(group)).collect(),
        lists: pen.lists(texts),
        given: facts.holdings.iter().map(|it| pen.given(it)).collect(),
    }
}

fn pair(key: &str, value: &str) -> Field {
    (key.to_owned(), value.to_owned())
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string")
}

/// Writes what a model and facts mean.
#[derive(Clone, Copy)]
pub(super) struct Pen<'a> {
    pub(super) model: &'a Model,
    pub(super) facts: &'a Facts,
}

impl Pen<'_> {
    fn values(self, ty: TypeId, values: &[Value], share: usize, tape: &mut Tape) -> Vec<Field> {
        let attributes = self.model.ty(ty).attributes.iter().zip(values);
        let said = attributes.filter(|_| tape.chance(share));
        said.filter_map(|(attribute, &value)| Some(pair(&attribute.name, &self.value(attribute, value)?)))
            .collect()
    }

    /// A value as YAML; none of what is missing or absent.
    fn value(self, attribute: &Attribute, value: Value) -> Option<String> {
        let texts = self.texts(attribute, value)?;
        let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        Some(match attribute.ty.many {
            true => format!("[{}]", texts.join(", ")),
            false => texts.concat(),
        })
    }

    /// The texts of a value: one, or those of a set.
    pub(super) fn texts(self, attribute: &Attribute, value: Value) -> Option<Vec<String>> {
        let one = |value| self.text(attribute.ty.of, value);
        match value {
            Value::EMPTY => Some(Vec::new()),
            Value::List(list) => Some(self.facts.pool.values(list).iter().filter_map(|&v| one(v)).collect()),
            value => one(value).map(|text| vec![text]),
        }
    }

    fn text(self, of: Scalar, value: Value) -> Option<String> {
        Some(match value {
            Value::Missing | Value::Absent | Value::List(_) => return None,
            Value::Bool(it) => it.to_string(),
            Value::Number(it) => it.to_string(),
            Value::Text(it) => self.facts.pool.text(it).to_owned(),
            Value::Date(it) => show_date(it),
            Value::Time(it) => show_time(it),
            Value::Net(it) => it.to_string(),
            Value::Enum(it) => match of {
                Scalar::Enum(id) => self.model.enums[id.0 as usize].values[it as usize].clone(),
                _ => return None,
            },
            Value::User(it) => self.facts.user(it).id.to_string(),
            Value::Group(it) => self.facts.group(it).id.clone(),
            Value::Node(it) => self.facts.node(it).id.to_string(),
        })
    }

    fn user(self, user: &rolebook::facts::User) -> Entry {
        let places: Vec<&str> = user
            .places
            .iter()
            .map(|&place| &self.facts.node(place).id[..])
            .collect();
        let listed = (!places.is_empty()).then(|| pair("in", &format!("[{}]", places.join(", "))));
        Entry {
            id: user.id.to_string(),
            ty: self.model.ty(user.ty).name.clone(),
            fields: listed.into_iter().collect(),
            values: Vec::new(),
        }
    }

    fn group(self, group: &rolebook::facts::Group) -> Entry {
        let member = |member: &Member| match *member {
            Member::User(user) => self.facts.user(user).id.to_string(),
            Member::Group(group) => format!("group:{}", self.facts.group(group).id),
            Member::Holders(role, node) => format!(
                "{} at {}",
                self.facts.role_name(self.model, role),
                self.facts.node(node).id
            ),
        };
        let members: Vec<String> = group.members.iter().map(|it| quoted(&member(it))).collect();
        let named = (!members.is_empty()).then(|| pair("members", &format!("[{}]", members.join(", "))));
        Entry {
            id: group.id.clone(),
            ty: "groups".to_owned(),
            fields: named.into_iter().collect(),
            values: Vec::new(),
        }
    }

    fn given(self, it: &rolebook::facts::Holding) -> Given {
        let mut fields = window(it.window());
        for &(key, value) in it.parameters() {
            let parameter = self.model.roles.get(it.role.ix()).and_then(|role| {
                let mut all = role.parameters.iter();
                all.find(|parameter| parameter.key == key)
            });
            fields.extend(parameter.and_then(|parameter| Some(pair(&parameter.name, &self.value(parameter, value)?))));
        }
        Given {
            to: match it.subject() {
                Subject::User(user) => self.facts.user(user).id.to_string(),
                Subject::Group(group) => self.facts.group(group).id.clone(),
            },
            role: self
                .facts
                .role_name(self.model, it.role)
                .rsplit('.')
                .next()
                .unwrap_or_default()
                .to_owned(),
            at: self.facts.node(it.node).id.to_string(),
            fields,
        }
    }

    fn lists(self, texts: &Texts) -> Vec<Entry> {
        let entry = |ty: &str, fields: Vec<Field>| Entry {
            id: String::new(),
            ty: ty.to_owned(),
            fields,
            values: Vec::new(),
        };
        let grants = self.facts.grants.iter().zip(&texts.grants).map(|(it, text)| {
            let to = match it.to {
                Subject::User(user) => self.facts.user(user).id.to_string(),
                Subject::Group(group) => format!("group:{}", self.facts.group(group).id),
            };
            let mut fields = vec![
                pair("to", &to),
                pair("can", &quoted(text)),
                pair("at", &self.facts.node(it.at).id),
            ];
            fields.extend(window(it.window));
            entry("grants", fields)
        });
        let customs = self.facts.custom.iter().zip(&texts.customs).map(|(it, text)| {
            let at = &self.facts.node(it.at).id;
            entry(
                "roles",
                vec![pair("name", &it.name), pair("at", at), pair("can", &quoted(text))],
            )
        });
        grants.chain(customs).collect()
    }
}

fn window(window: Window) -> Vec<Field> {
    let from = (window.from != i64::MIN).then(|| pair("from", &show_time(window.from)));
    let until = (window.until != i64::MAX).then(|| pair("until", &show_time(window.until)));
    from.into_iter().chain(until).collect()
}

impl Paper {
    /// Everything runs without bounds.
    pub(super) fn without_windows(&mut self) {
        let given = self.given.iter_mut().map(|it| &mut it.fields);
        for fields in given.chain(self.lists.iter_mut().map(|it| &mut it.fields)) {
            fields.retain(|(key, _)| key != "from" && key != "until");
        }
    }

    /// The facts as a policy reads them: what it has no name for (an attribute, a parameter, a role) is not told to it.
    /// `None` if it does not take them.
    pub(super) fn read(&self, model: &Model) -> Option<Facts> {
        let (facts, found) = parsed(&self.yaml(model)?, model)?;
        (!found.has_errors()).then_some(facts)
    }

    /// The organisation as a file for a policy.
    pub(super) fn yaml(&self, model: &Model) -> Option<String> {
        let mut text = String::new();
        for (kind, heading) in [
            (TypeKind::Account, "accounts"),
            (TypeKind::Unit, "units"),
            (TypeKind::Resource, "resources"),
        ] {
            let of_kind = |entry: &&Entry| model.type_named(&entry.ty).is_some_and(|ty| model.ty(ty).kind == kind);
            let lines = self.nodes.iter().filter(of_kind).map(|entry| {
                let ty = model.type_named(&entry.ty);
                let is = pair("is", &entry.ty);
                record(entry, std::iter::once(is).chain(known(model, ty, entry)))
            });
            section(heading, lines.collect(), &mut text);
        }
        let mut users = Vec::new();
        for entry in &self.users {
            let ty = model.type_named(&entry.ty)?;
            let is = (ty != USER).then(|| pair("is", &entry.ty));
            let roles = self.roles_of(&entry.id, model)?;
            users.push(record(
                entry,
                is.into_iter().chain(known(model, Some(ty), entry)).chain(roles),
            ));
        }
        section("users", users, &mut text);
        let mut groups = Vec::new();
        for entry in &self.groups {
            groups.push(record(
                entry,
                entry.fields.iter().cloned().chain(self.roles_of(&entry.id, model)?),
            ));
        }
        section("groups", groups, &mut text);
        for heading in ["roles", "grants"] {
            let lines = self.lists.iter().filter(|entry| entry.ty == heading);
            let lines = lines.map(|entry| format!("- {{ {} }}", fields(entry.fields.iter().cloned())));
            section(heading, lines.collect(), &mut text);
        }
        Some(text)
    }

    /// `roles: { … }` of a user or group. A role that the policy does not have can only be left out where nothing hangs on
    /// that: not where it would take a default role away.
    fn roles_of(&self, id: &str, model: &Model) -> Option<Option<Field>> {
        let mut entries: Vec<(&str, Vec<String>)> = Vec::new();
        for it in self.given.iter().filter(|it| it.to == id) {
            let ty = self.nodes.iter().find(|node| node.id == it.at);
            let ty = model.type_named(&ty?.ty)?;
            let role = model.role_at(ty, &it.role);
            let custom = self
                .lists
                .iter()
                .any(|entry| entry.fields.contains(&pair("name", &it.role)));
            if role.is_none() && !custom {
                // Whoever is given a role at a place is a member of it, and has no default role there.
                let listed = self.users.iter().find(|user| user.id == id).map(|user| {
                    let mut places = user.fields.iter().filter(|(key, _)| key == "in");
                    places.any(|(_, places)| places.trim_matches(['[', ']']).split(", ").any(|place| place == it.at))
                });
                let matters =
                    model.default_role(ty).is_some() || (model.ty(ty).kind.is_place() && listed == Some(false));
                if matters {
                    return None;
                }
                continue;
            }
            let is_known = |(key, _): &&Field| {
                let parameters = role.map_or(&[][..], |role| &model.role(role).parameters);
                ["from", "until"].contains(&&key[..]) || parameters.iter().any(|it| it.name == *key)
            };
            let own = std::iter::once(pair("at", &it.at)).chain(it.fields.iter().filter(is_known).cloned());
            let place = format!("{{ {} }}", fields(own));
            match entries.iter_mut().find(|(name, _)| *name == it.role) {
                Some((_, places)) => places.push(place),
                None => entries.push((&it.role, vec![place])),
            }
        }
        let roles = entries
            .iter()
            .map(|(name, places)| pair(name, &format!("[{}]", places.join(", "))));
        let roles = fields(roles);
        Some((!roles.is_empty()).then(|| pair("roles", &format!("{{ {roles} }}"))))
    }
}

/// A text with other letters at the end of each of the ids.
pub(super) fn spelled(text: &str, ids: &[String], end: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_alphanumeric() {
            word.push(c);
            continue;
        }
        out += &word;
        if ids.contains(&word) {
            out += end;
        }
        word.clear();
        out.push(c);
    }
    out
}

/// The facts of a text.
pub(super) fn parsed(text: &str, model: &Model) -> Option<(Facts, Found)> {
    let mut found = Found::default();
    let tree = yaml::read(FileId::GENERATED, text, &mut found)?;
    let facts = read(&tree, model, &mut found);
    Some((facts, found))
}

/// The fields of a record, and of its attributes those that the policy has.
fn known(model: &Model, ty: Option<TypeId>, entry: &Entry) -> Vec<Field> {
    let has = |(name, _): &&Field| {
        ty.is_some_and(|ty| model.ty(ty).attributes.iter().any(|attribute| attribute.name == *name))
    };
    let values = entry.values.iter().filter(has);
    entry.fields.iter().chain(values).cloned().collect()
}

fn record(entry: &Entry, own: impl IntoIterator<Item = Field>) -> String {
    format!("{}: {{ {} }}", entry.id, fields(own))
}

fn fields(own: impl IntoIterator<Item = Field>) -> String {
    let own: Vec<String> = own.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
    own.join(", ")
}

fn section(heading: &str, lines: Vec<String>, text: &mut String) {
    if !lines.is_empty() {
        *text += &format!("{heading}:\n  {}\n", lines.join("\n  "));
    }
}
