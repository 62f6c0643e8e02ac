"""The wires by which clients come in beside the JSON door: Socket.IO and server-sent events."""
