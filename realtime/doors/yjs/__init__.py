"""The doors for stock clients of Yjs, `y-websocket` and `@hocuspocus/provider`: shared documents and nothing else."""
