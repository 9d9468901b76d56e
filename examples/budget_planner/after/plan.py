"""A plan that is tried out in a temporary table: each viewer's own, as a warehouse has it."""

import pandas as pd
import snowflake.snowpark as snowpark
import streamlit as st


class ViewerConnection(st.connections.SnowflakeConnection):
    """A connection of each viewer's own (Streamlit 1.53 or later)."""

    @classmethod
    def scope(cls):
        return "session"


def get_session() -> snowpark.Session:
    """The viewer's Snowpark session; a new one where the connection behind it has expired."""
    session = st.session_state.get("snowpark_session")
    if session is None or session.connection.expired:
        connection = st.connection("snowflake", type=ViewerConnection)
        if not connection.raw_connection.is_valid():
            connection.reset()
        session = st.session_state["snowpark_session"] = connection.session()
    return session


def start() -> list[str]:
    """A new plan with this year's budget; its departments."""
    get_session().sql("create or replace temporary table plan as select * from budget").collect()
    rows = get_session().sql("select department from plan order by department").collect()
    return [row["DEPARTMENT"] for row in rows]


def grow(department: str, percent: int) -> None:
    """Give a department more."""
    get_session().sql(
        "update plan set amount = amount * (100 + ?) / 100 where department = ?",
        params=[percent, department],
    ).collect()


def totals() -> pd.DataFrame:
    """The plan as it is now."""
    return get_session().sql("select department, amount from plan order by department").to_pandas()
