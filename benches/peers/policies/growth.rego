package growth

default allow := false

allow if {
	some role in data.roles[input.user]
	data.grants[role].action == input.action
	data.grants[role].kind == input.kind
}
