"""Engine.IO 4: one ordered, bidirectional stream over WebSocket or HTTP long-polling.

Source: the Engine.IO protocol, revision 4.
"""
