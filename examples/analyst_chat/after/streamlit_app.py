"""A chat with Cortex Analyst, as a warehouse app."""

import pandas as pd
import streamlit as st

import analyst

OPENING = "What questions can I ask?"

st.title("Ask about sales")
session = st.connection("snowflake").session()
messages = st.session_state.setdefault("messages", [])


@st.cache_data(ttl=600)
def load(statement: str) -> pd.DataFrame:
    return session.sql(statement).to_pandas()


def show(parts: list[dict]) -> None:
    for part in parts:
        if part["type"] == "text":
            st.markdown(part["text"])
        elif part["type"] == "sql":
            st.code(part["statement"], language="sql")
            st.dataframe(load(part["statement"]))
        elif part["type"] == "suggestions":
            st.markdown("\n".join(f"- {text}" for text in part["suggestions"]))


def ask(question: str) -> None:
    messages.append({"role": "user", "content": [{"type": "text", "text": question}]})
    with st.chat_message("user"):
        show(messages[-1]["content"])
    with st.chat_message("assistant"):
        try:
            messages.append({"role": "analyst", "content": analyst.ask(messages)})
        except analyst.AnalystError as error:
            st.error(error)
        else:
            show(messages[-1]["content"])


for message in messages:
    with st.chat_message("assistant" if message["role"] == "analyst" else "user"):
        show(message["content"])

question = st.chat_input("What do you want to know?")
if question:
    ask(question)
elif not messages:
    ask(OPENING)
