"""What if every department had a little more? A plan of one's own, as a warehouse app."""

import streamlit as st

import plan

st.title("Budget planner")

for department in plan.start():
    percent = st.slider(department, 0, 20, 5)
    plan.grow(department, percent)

totals = plan.totals()
st.metric("Planned in all", f"{totals['AMOUNT'].sum():,.2f}")
st.bar_chart(totals, x="DEPARTMENT", y="AMOUNT")
