"""Downloads."""

import pandas as pd


def workbook(frame: pd.DataFrame) -> bytes:
    """The table as a file to download."""
    path = "/tmp/amounts.csv"
    frame.to_csv(path, index=False)
    with open(path, "rb") as file:
        return file.read()
