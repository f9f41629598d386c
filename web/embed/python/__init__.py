"""Figures of recorded decoding runs in documentation. What the generators share is here: reading a
block, its HTML, and the files that a page needs. Each generator has a module of its own."""
