"""What the app needs to call others."""

import os
import streamlit as st

ARCHIVE = "archive_login"


def rates_key() -> str:
    """The key of the service that has the day's rates."""
    if not os.path.exists("/snowflake/session/token"):
        return os.environ.get("RATES_KEY", "")
    return st.secrets["rates_key"]


def archive_login() -> tuple[str, str]:
    """User name and password of the archive."""

    login = st.secrets[ARCHIVE]
    return login.username, login.password
