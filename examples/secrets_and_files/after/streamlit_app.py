"""Amounts in one currency, as a warehouse app with secrets and data files."""

import json

import pandas as pd
import streamlit as st

from lib import credentials, export

st.title("Amounts in EUR")

with open("data/rates.json") as file:
    rates = json.load(file)
regions = pd.read_csv("data/regions.csv")
amounts = st.connection("snowflake").query("select region, amount from amounts", ttl=600)
regions = regions.merge(amounts, on="REGION")
regions["EUR"] = regions["AMOUNT"].astype(float) / regions["CURRENCY"].map(rates)

st.caption(f"Rates by key …{credentials.rates_key()[-4:]}")
user, _ = credentials.archive_login()
st.caption(f"Archived as {user}")
st.dataframe(regions)
st.download_button("Download", export.workbook(regions), "amounts.csv")
