import streamlit as st
import snowflake.snowpark  # noqa: F401, first on every page

st.title("By customer")
rows = st.connection("snowflake").session().sql(
    "select customer, sum(amount) as amount from invoices group by customer order by customer"
)
st.bar_chart(rows.to_pandas(), x="CUSTOMER", y="AMOUNT")
