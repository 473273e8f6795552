package github

default allow := false

needed := {"pull": 0, "triage": 1, "push": 2, "maintain": 3, "delete": 4}[input.action]

# The user, their teams and all teams above.
subjects := graph.reachable(data.parents, {input.user})

allow if {
	some subject in subjects
	data.roles[input.resource][subject] >= needed
}

allow if {
	org := data.org_of[input.resource]
	org in data.orgs[input.user]
	data.bases[org] >= needed
}

allow if data.owners[data.org_of[input.resource]] == input.user
