"""LTI 1.3 and its Advantage services: the protocol, without routes and tables.

A learning platform (Moodle, Canvas, ...) signs people in, takes links to assignments, and gets their scores. What must
be stored between requests is described by small protocols, which the routes' side implements.

    platforms   lti.toml: which platforms are trusted, and where they are
    keys        the key pairs of this tool; keysets: the public keys of the platforms
    login       the platform opens the tool: state, nonce, cookie
    launch      the platform's signed response becomes a person with a role, or one sentence that says why not
    linking     an instructor chooses the assignments that the platform links to
    tokens      access to the platform's services
    scores      sending one score; outbox: what is to be sent, and what has been; delivery: both together
    roster      the members of a course

Sources: https://www.imsglobal.org/spec/lti/v1p3, .../lti-dl/v2p0, .../lti-ags/v2p0, .../lti-nrps/v2p0, and
https://www.imsglobal.org/spec/security/v1p0.
"""
