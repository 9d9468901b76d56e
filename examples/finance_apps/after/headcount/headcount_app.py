"""People by office."""

import pandas as pd
import streamlit as st
from snowflake.snowpark import Session

st.title("Headcount")


@st.cache_data(ttl=600)
def people(_session: Session) -> pd.DataFrame:
    return _session.table("people").to_pandas()


table = people(st.connection("snowflake").session())
st.metric("People", len(table))
st.bar_chart(table.groupby("OFFICE").size())
