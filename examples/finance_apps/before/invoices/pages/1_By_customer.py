import streamlit as st
from snowflake.snowpark.context import get_active_session

st.title("By customer")
rows = get_active_session().sql(
    "select customer, sum(amount) as amount from invoices group by customer order by customer"
)
st.bar_chart(rows.to_pandas(), x="CUSTOMER", y="AMOUNT")
