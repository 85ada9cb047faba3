"""A served course: permissions, hand-ins, marks, and what of them is shown to whom. Independent of HTTP."""
