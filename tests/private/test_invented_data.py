from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop
from sis_codemods.private.invented_data import codemod
from sis_migrate.model import Status

STAND_INS = {
    "class": "    class _snowflake: ...\n",
    "module": "    import fake as _snowflake\n",
    "object": "    _snowflake = Mock()\n",
}


@pytest.mark.parametrize("stand_in", STAND_INS.values(), ids=STAND_INS)
def test_stand_in_is_never_silent(stand_in: str) -> None:
    source = f"try:\n    import _snowflake\nexcept ImportError:\n{stand_in}_snowflake.call()\n"
    check_found(source, codemod, "as if it were real", line=4)


INVENTED = {
    "sample data by name": "return load_sample_data()",
    "rows": "return pd.DataFrame({'sales': [1]})",
    "numbers written out": "return [{'a': 1}, {'a': 2}, {'a': 3}]",
    "constant": "data = MOCK_ANSWER",
}


@pytest.mark.parametrize("line", INVENTED.values(), ids=INVENTED)
def test_made_up_data_is_never_silent(line: str) -> None:
    source = (
        "import _snowflake\ndef f():\n    try:\n        return _snowflake.call()\n"
        f"    except Exception:\n        {line}\n"
    )
    check_found(source, codemod, "tells nobody", line=6, status=Status.REVIEW)


NOOPS = {
    "handler that tells": "import _snowflake\ntry:\n    x = _snowflake.call()\n"
    "except Exception as e:\n    st.error(e)\n    x = sample()\n",
    "handler that gives nothing": "import _snowflake\ntry:\n    x = _snowflake.call()\n"
    "except Exception:\n    x = []\n",
    "handler that raises": "import _snowflake\ntry:\n    x = _snowflake.call()\n"
    "except Exception as e:\n    x = sample()\n    raise e\n",
    "handler of another error": "import _snowflake\ntry:\n    x = _snowflake.call()\n"
    "except ValueError:\n    x = sample()\n",
    "try without the module": "import _snowflake\ntry:\n    x = load()\n"
    "except Exception:\n    x = sample()\n",
    "name set to None": "try:\n    import _snowflake\nexcept ImportError:\n    _snowflake = None\n",
    "procedure": "def p(s):\n    import _snowflake\n    try:\n        return _snowflake.call()\n"
    "    except Exception:\n        return sample()\nsession.sproc.register(p)\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)
