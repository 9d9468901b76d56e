"""Downloads."""

import pandas as pd
import os
import tempfile


def workbook(frame: pd.DataFrame) -> bytes:
    """The table as a file to download."""
    path = os.path.join(tempfile.mkdtemp(), "amounts.csv")
    frame.to_csv(path, index=False)
    with open(path, "rb") as file:
        return file.read()
