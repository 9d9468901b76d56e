import streamlit as st

from sales.queries import LATEST_ORDERS

st.title("Latest orders")
st.dataframe(st.connection("snowflake").session().sql(LATEST_ORDERS).to_pandas())
