"""A served course: permissions, hand-ins, marks, and who may see which of them. Independent of HTTP."""
