"""Sales by region, as a warehouse app."""

# Import python packages
import pandas as pd
import streamlit as st

from sales import queries

st.set_page_config(layout="wide")
st.title("Sales by region")

# Get the current credentials
session = st.connection("snowflake").session()


@st.cache_data(ttl=600)
def load_sales(year: int) -> pd.DataFrame:
    return session.sql(queries.SALES_BY_REGION, params=[year]).to_pandas()


year = st.sidebar.selectbox("Year", [2024, 2025, 2026], index=2)
sales = load_sales(year)

left, right = st.columns(2)
left.bar_chart(sales, x="REGION", y="AMOUNT")
right.dataframe(sales)

if st.sidebar.button("Reload"):
    load_sales.clear()
    st.rerun()
