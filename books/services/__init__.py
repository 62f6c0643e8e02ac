"""The only writers of the library.

One module per noun, one verb per function; keyword-only; ids in, saved objects out. `actor` is the person who
acts, None is the system (the schedule, a command). Each runs in one `realtime.atomic()`, asks the policies first,
writes, and sends the declared signal before the transaction ends. Refusals are `ApplicationError`s.
"""
