"""Exchange with other systems: importing tables of answers and rosters, exporting a class's results.

`formats/` holds the exporters, one module each. Nothing here marks: results are read from a batch's reports.
"""
