"""Writes the contracts out: TypeScript types, an AsyncAPI document and Markdown reference pages."""
