"""The only writers of groups.

One module per noun, one verb per function; keyword-only; ids in, saved objects out. `actor` is the person who
acts, None is the system (the schedule, a command). Each runs in one `realtime.atomic()`, locks the group first,
asks the policies, writes, and sends the declared signal before the transaction ends. Refusals are
`ApplicationError`s.
"""
