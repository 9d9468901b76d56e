"""Open invoices of one customer; a link can name the customer."""

import snowflake.snowpark  # noqa: F401, first on every page
import streamlit as st
from snowflake.snowpark.functions import col

st.title("Open invoices")
session = st.connection("snowflake").session()

customers = [row["NAME"] for row in session.sql("select name from customers order by 1").collect()]
asked = {name: st.query_params.get_all(name) for name in st.query_params}.get("customer", [customers[0]])[0]
customer = st.selectbox("Customer", customers, index=customers.index(asked))
st.query_params.from_dict({"customer": customer})

open_invoices = session.table("invoices").filter(col("customer") == customer)
st.metric("Open", f"{open_invoices.count()}")
st.dataframe(open_invoices.to_pandas(), use_container_width=True)
