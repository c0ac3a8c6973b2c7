"""Static files under hashed names, our JavaScript modules among them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = r"""(?P<matched>\bfrom "(?P<url>\./[\w./-]+\.js)")"""


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Rewrite the imports of our modules too: after an update no page may mix modules of two releases.

    Django's own switch for this reads every package's files and stumbles over an import in a comment of one.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", ((IMPORT, 'from "%(url)s"'),)))
