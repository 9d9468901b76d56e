"""A chat with Cortex Analyst, as a warehouse app."""

import streamlit as st

import analyst

st.title("Ask about sales")
session = st.connection("snowflake").session()
messages = st.session_state.setdefault("messages", [])


def show(parts: list[dict]) -> None:
    for part in parts:
        if part["type"] == "text":
            st.markdown(part["text"])
        elif part["type"] == "sql":
            st.code(part["statement"], language="sql")
            st.dataframe(session.sql(part["statement"]).to_pandas())


for message in messages:
    with st.chat_message("assistant" if message["role"] == "analyst" else "user"):
        show(message["content"])

if question := st.chat_input("What do you want to know?"):
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
