"""A course that is served: who may do what, hand-ins, marks, and what is shown of them. It knows no HTTP."""
