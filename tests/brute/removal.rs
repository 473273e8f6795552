//! A rule is taken out of a model by letting it concern nothing; the text without its line must mean the same.

use rolebook::eval::decide;
use rolebook::eval::org::Org;

use crate::evidence::spaces;
use crate::shape::Bounds;
use crate::small::small;
use crate::worlds::WORLDS;
use crate::write::draft;

#[test]
fn taking_a_rule_out_is_leaving_its_line_out() {
    let bounds = Bounds {
        repeat: 2,
        length: 3,
        holdings: 2,
        handed: 1,
        decisions: 0,
    };
    let mut compared = 0;
    for (world, it) in WORLDS.iter().enumerate() {
        for seed in 5000..5006 {
            let Some((draft, full)) = draft(world, seed).settle() else {
                continue;
            };
            for line in it.heads.len()..draft.lines.len() {
                let start = it.types.len() + draft.lines[..line].iter().map(|line| line.len() + 1).sum::<usize>();
                let within = start..start + draft.lines[line].len();
                let Some(text) = full
                    .texts
                    .iter()
                    .position(|text| within.contains(&(text.span.start as usize)))
                else {
                    continue;
                };
                let (Some(cleared), Ok(shorter)) = (full.without(text), small(it.types, &draft.without(line).lines))
                else {
                    continue;
                };
                for (space, asks) in spaces(&full, bounds).iter().take(2) {
                    for state in space.states().step_by(space.size() / 20 + 1) {
                        let facts = space.facts(&state);
                        let orgs = (Org::new(&cleared, &facts), Org::new(&shorter.table, &facts));
                        for ask in asks {
                            let mut request = ask.request(space);
                            let one = decide(&cleared, &orgs.0, &request);
                            request.pool = &facts.pool;
                            assert_eq!(one, decide(&shorter.table, &orgs.1, &request), "{}", shorter.text);
                            compared += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(compared > 10_000, "only {compared} decisions compared");
}
