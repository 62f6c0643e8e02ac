"""Socket.IO 5: namespaces, events and acks on one Engine.IO stream.

Source: the Socket.IO protocol, revision 5.
"""
