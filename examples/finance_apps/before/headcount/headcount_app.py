"""People by office."""

import pandas as pd
import streamlit as st
from snowflake.snowpark import Session
from snowflake.snowpark.context import get_active_session

st.title("Headcount")


@st.experimental_memo(ttl=600)
def people(_session: Session) -> pd.DataFrame:
    return _session.table("people").to_pandas()


table = people(get_active_session())
st.metric("People", len(table))
st.bar_chart(table.groupby("OFFICE").size())
