"""What a person reads, as semantic lines: one function for each thing that a command shows.

All of them take the same options: ``width`` in columns, ``ascii_only`` for terminals that show
nothing else, ``verbose`` and ``quiet`` for more and for less.  They give lines; printing them is
:func:`cmtool.render.terminal.write`.
"""
