"""Shared documents: what a client sends of one is read here, before any library does.

Pure and synchronous: no Django, no loop, no library of Yjs.
"""
