"""The web application: a force generation conference in a browser, for one analyst offline or for thirty delegations.

    app        the factory: settings in, application out
    settings   what it is told by arguments and environment
    guard      who may do what: headers, sessions, roles, permissions
    seen       what a viewer may see of a scenario and of a plan
    view       what a page shows: scenario and plan as they are seen, made once and kept
    frame      the page around every page: banner, navigation, plan chosen
    pages      one router a page
    templates, static   what pages are made of

Every page works with the network off, and none owns planning logic: what it needs of the planner it asks for by public functions.
"""
