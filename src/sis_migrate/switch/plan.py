"""What people run to switch an app over, and to take it back, as steps."""

from __future__ import annotations

from collections.abc import Iterator

from sis_migrate.documents.sql_quoting import comment, literal
from sis_migrate.model import Item, Step
from sis_migrate.switch.administrator import package_source, pool
from sis_migrate.switch.facts import DEVELOPER, NOTES, OWNER, STAGE, Switch
from sis_migrate.switch.in_place import in_place
from sis_migrate.switch.second_app import second_app


def steps(switch: Switch) -> Iterator[Step]:
    """All steps of a switch, in the order in which people take them."""
    if switch.notes:
        text = "\n".join(switch.notes)
        yield Step(DEVELOPER, NOTES, "Before running the scripts", Item.SWITCH, text=text)
    yield pool(switch)
    if switch.sources:
        yield package_source(switch)
    yield _checks(switch)
    yield from second_app(switch) if switch.legacy else in_place(switch)
    if switch.sources:
        yield Step(
            OWNER,
            450,
            "Attach the package source",
            Item.ATTACH,
            text="The statement that switches the app attaches it, too.",
        )
    yield _viewers(switch)


def _checks(switch: Switch) -> Step:
    lines = [
        comment(
            "Keep both results: `migrate sql --describe FILE --grants FILE` fills in what they tell."
        ),
        comment(
            "Needed where DESCRIBE shows a root_location: such an app is switched in another way."
        ),
        f"DESCRIBE STREAMLIT {switch.name};",
        f"SHOW GRANTS ON STREAMLIT {switch.name};",
    ]
    uri = switch.described.live_uri if switch.described else ""
    if uri:
        lines.append(
            comment(f"A copy of the deployed files: COPY FILES INTO @{STAGE} FROM {literal(uri)};")
        )
    elif switch.location and switch.location.startswith("'"):
        lines.append(
            comment(
                f"A copy of the deployed files: COPY FILES INTO @{STAGE} FROM {switch.location};"
            )
        )
    return Step(
        OWNER, 300, "Look at the app and keep its grants", Item.BACKUP, sql="\n".join(lines)
    )


def _viewers(switch: Switch) -> Step:
    return Step(
        DEVELOPER,
        900,
        "Tell the viewers",
        Item.LIVE,
        text="A page that is open during the switch stays on the old warehouse app until its viewer "
        "leaves or reloads it; the first start of the container takes one to two minutes. Networks "
        "with an allow-list need *.snowflakecomputing.app and WebSockets.",
    )
