"""What the app needs to call others."""

import os

ARCHIVE = "archive_login"


def rates_key() -> str:
    """The key of the service that has the day's rates."""
    try:
        import _snowflake
    except ImportError:
        return os.environ.get("RATES_KEY", "")
    return _snowflake.get_generic_secret_string("rates_key")


def archive_login() -> tuple[str, str]:
    """User name and password of the archive."""
    import _snowflake

    login = _snowflake.get_username_password(ARCHIVE)
    return login.username, login.password
