package tinytodo

default allow := false

# The user, their teams and all teams above.
subjects := graph.reachable(data.parents, {input.user})

by_editors := ["get_list", "update_list", "create_task", "update_task", "delete_task"]

allow if input.action in ["create_list", "get_lists"]

allow if data.lists[input.resource].owner == input.user

allow if {
	input.action == "get_list"
	data.lists[input.resource].readers in subjects
}

allow if {
	input.action in by_editors
	data.lists[input.resource].editors in subjects
}
