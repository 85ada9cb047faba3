"""The µEd API: any learning platform that speaks it has one part, or a whole paper, evaluated; nothing is stored.

The shapes are those of github.com/mued-api/spec, version 0.1.0, whose files differ among themselves. Requests are those
of commit cdd3cdda5272b53f797fde448ac8de01900367be; submissions in the shape of its bundle at commit
c2028c7b9d67805f887ffa49666ade240979d14a are read as well. Answers satisfy both.
"""

MUED_VERSION = "0.1.0"
"""The one version of the specification that is supported."""
MUED_ROOT = "/evaluate"
