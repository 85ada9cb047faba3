"""What other systems write and read: tables of answers and rosters come in, results of a class go out.

`formats/` holds the exporters, one module each. Nothing here marks: results are read from the reports of a batch.
"""
