"""A plan that is tried out in a temporary table: each viewer's own, as a warehouse has it."""

import pandas as pd
from snowflake.snowpark import Session

session = Session.builder.getOrCreate()


def start() -> list[str]:
    """A new plan with this year's budget; its departments."""
    session.sql("create or replace temporary table plan as select * from budget").collect()
    rows = session.sql("select department from plan order by department").collect()
    return [row["DEPARTMENT"] for row in rows]


def grow(department: str, percent: int) -> None:
    """Give a department more."""
    session.sql(
        "update plan set amount = amount * (100 + ?) / 100 where department = ?",
        params=[percent, department],
    ).collect()


def totals() -> pd.DataFrame:
    """The plan as it is now."""
    return session.sql("select department, amount from plan order by department").to_pandas()
