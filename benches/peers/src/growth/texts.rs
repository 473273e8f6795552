//! The growing policy and its organisation, as each engine reads them.

use std::fmt::{Result, Write};

use cedar_policy::Entity;
use serde_json::{Map, Value, json};

use super::{ACTIONS, ENTITIES, Growth};
use crate::apps::named;
use crate::cedar::entities::Entries;

fn written(write: impl Fn(&mut String) -> Result) -> String {
    let mut text = String::new();
    write(&mut text).expect("a string takes all that is written");
    text
}

/// Rolebook's policy.
pub fn roles(growth: &Growth) -> String {
    written(|text| {
        writeln!(text, "account Company")?;
        for kind in &growth.kinds {
            writeln!(text, "resource {kind} in Company {{ actions {} }}", ACTIONS.join(", "))?;
        }
        for role in 0..growth.rules {
            let (action, ty) = growth.rule(role);
            writeln!(
                text,
                "role Role{role} at Company {{ can {} {} }}",
                ACTIONS[action], growth.kinds[ty]
            )?;
        }
        Ok(())
    })
}

/// Rolebook's facts.
pub fn facts(growth: &Growth) -> String {
    written(|text| {
        writeln!(text, "accounts: {{ company: {{ is: Company }} }}\nusers:")?;
        for (user, roles) in growth.roles.iter().enumerate() {
            let mut roles: Vec<_> = roles.iter().map(|role| format!("Role{role}: company")).collect();
            roles.sort_unstable();
            roles.dedup();
            writeln!(
                text,
                "  user-{user}: {{ in: company, roles: {{ {} }} }}",
                roles.join(", ")
            )?;
        }
        writeln!(text, "resources:")?;
        for thing in 0..ENTITIES {
            writeln!(
                text,
                "  thing-{thing}: {{ is: {}, in: company }}",
                growth.kinds[growth.ty(thing)]
            )?;
        }
        Ok(())
    })
}

/// Cedar's policies.
pub fn policies(growth: &Growth) -> String {
    written(|text| {
        for role in 0..growth.rules {
            let (action, ty) = growth.rule(role);
            let (action, ty) = (ACTIONS[action], growth.kinds[ty]);
            writeln!(
                text,
                r#"permit (principal in Role::"role-{role}", action == Action::"{action}", resource is {ty});"#
            )?;
        }
        Ok(())
    })
}

/// Cedar's entities.
pub fn entities(growth: &Growth) -> Vec<Entity> {
    let mut entries = Entries::default();
    for (user, roles) in growth.roles.iter().enumerate() {
        let uid = entries.uid("User", named("user", user));
        for &role in roles {
            let role = entries.uid("Role", named("role", role));
            entries.put(&uid, role);
        }
    }
    for thing in 0..ENTITIES {
        let uid = entries.uid(growth.kinds[growth.ty(thing)], named("thing", thing));
        entries.add(&uid);
    }
    entries.finish()
}

/// Cedar's types.
pub fn kinds(growth: &Growth) -> Vec<&'static str> {
    growth.kinds.iter().copied().chain(["User", "Action"]).collect()
}

/// Casbin's policy.
pub fn lines(growth: &Growth) -> String {
    written(|text| {
        for role in 0..growth.rules {
            let (action, ty) = growth.rule(role);
            writeln!(text, "p, role-{role}, {}, {}", growth.kinds[ty], ACTIONS[action])?;
        }
        for (user, roles) in growth.roles.iter().enumerate() {
            for role in roles {
                writeln!(text, "g, user-{user}, role-{role}")?;
            }
        }
        for thing in 0..ENTITIES {
            writeln!(text, "g2, thing-{thing}, {}", growth.kinds[growth.ty(thing)])?;
        }
        Ok(())
    })
}

/// The policy in Rego, a rule for each role.
pub fn rego(growth: &Growth) -> String {
    written(|text| {
        writeln!(
            text,
            "package growth\n\ndefault allow := false\n\nroles := data.roles[input.user]"
        )?;
        for role in 0..growth.rules {
            let (action, ty) = growth.rule(role);
            let (action, ty) = (ACTIONS[action], growth.kinds[ty]);
            let asked = format!(r#"input.action == "{action}"; input.kind == "{ty}""#);
            writeln!(text, r#"allow if {{ {asked}; "role-{role}" in roles }}"#)?;
        }
        Ok(())
    })
}

/// The data for both policies in Rego.
pub fn data(growth: &Growth) -> Value {
    let roles = |roles: &Vec<usize>| roles.iter().map(|&role| named("role", role)).collect::<Value>();
    let users: Map<String, Value> = (0..)
        .map(|ix| named("user", ix))
        .zip(growth.roles.iter().map(roles))
        .collect();
    let grant = |role| {
        let (action, ty) = growth.rule(role);
        (
            named("role", role),
            json!({ "action": ACTIONS[action], "kind": growth.kinds[ty] }),
        )
    };
    let grants: Map<String, Value> = (0..growth.rules).map(grant).collect();
    json!({ "roles": users, "grants": grants })
}
