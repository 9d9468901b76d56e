import streamlit as st
from snowflake.snowpark.context import get_active_session

from sales.queries import LATEST_ORDERS

st.title("Latest orders")
st.dataframe(get_active_session().sql(LATEST_ORDERS).to_pandas())
