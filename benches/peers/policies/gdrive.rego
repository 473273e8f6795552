package gdrive

default allow := false

# The document and all folders above it; the user and their groups.
above := graph.reachable(data.parents, {input.resource})

subjects := {input.user} | {group | some group in data.groups[input.user]}

allow if {
	input.action == "view"
	data.public[input.resource]
}

allow if {
	input.action in ["view", "edit", "share"]
	some node in above
	data.owners[node] == input.user
}

allow if {
	input.action == "view"
	some node in above
	some subject in data.viewers[node]
	subject in subjects
}
