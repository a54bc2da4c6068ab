"""The one exception that users may see."""

from __future__ import annotations


class FootDeformityError(ValueError):
    """A problem that the user can act on.

    The message is one sentence or two: the file concerned, what was found, what was expected and
    what to do. Hosts print it as it is; the command line ends with exit code 2.
    """
