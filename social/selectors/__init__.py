"""Reads of groups; each says how many queries it takes where that is not one."""
