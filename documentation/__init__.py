"""The documentation as a site: hand-written pages of docs/, and pages made from the code, put in order and built.

    navigation    where each page stands
    formulas      LaTeX of docstrings as MathML, which browsers draw by themselves
    docstrings    docstrings as Markdown
    rules         every rule and formula of the code, from its docstring
    dictionary    the tables of a scenario, from their row classes
    commands      the command line, from its own help
    python        the public names of the package
    http          the HTTP interface, from its OpenAPI document
    validation    published figures computed again
    sources       what the bundled data and the carried parts come from, with their licences
    notebooks     the notebooks, run, as pages
    snippets      the fenced blocks of pages: what each is, and whether it is run
    links         what the built site refers to, and whether it is there
    build         all of it in order

It is no part of the program and does not travel in its wheel. `make docs` builds the site into ``out/site``.
"""
