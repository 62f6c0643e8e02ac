"""The pages that people see: server-rendered, complete without JavaScript.

A view reads through selectors or makes one call into a service; `ApplicationError`s are translated in
`errors.py`, nowhere else.
"""
