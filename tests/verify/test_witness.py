from __future__ import annotations

from pathlib import Path

from sis_migrate.verify.emulator import Met, Note, Refusal
from sis_migrate.verify.server import Run, Visit
from sis_migrate.verify.witness import Witness

REFUSAL = Refusal("show roles", "This statement is not supported")
NOTES = [Note(1, REFUSAL), Note(3, table="sales"), Note(5, path="/api/a"), Note(7, table="orders")]


def test_what_was_met_before_a_stage_does_not_count_for_it(tmp_path: Path) -> None:
    (tmp_path / "refused.txt").write_text("a.example.com\nb.example.com\n")
    witness = Witness(lambda: NOTES[:3], tmp_path / "refused.txt")
    assert witness.mark() == (3, 2)
    assert witness.since((1, 1)) == Met((), ("b.example.com",), ("sales",), ("/api/a",))
    assert witness.since((3, 2)) == Met()
    assert Witness(list, tmp_path / "none").mark() == (0, 0)


def test_a_run_has_what_was_met_while_it_ran(tmp_path: Path) -> None:
    def run(page: str, began: float) -> Run:
        return Run(0, page, 0, "finished", 2.5, began=began)

    visit = Visit((run("", 2), run("Other", 2.5), run("Last", 8)), "it broke off")
    told = Witness(lambda: NOTES, tmp_path / "none").beside(visit)
    met = Met(tables=("sales",))
    assert [run.met for run in told.runs] == [met, met + Met(paths=("/api/a",)), Met()]
    assert told.error == "it broke off"


def test_numbers_in_the_names_of_a_statement_are_chance() -> None:
    met = Met((Refusal("drop t_17", "no"), Refusal("drop u", "no")), ("h",), ("a", "b"), ("/p",))
    other = Met((Refusal("DROP  t_18", "no"),), (), ("b",), ("/p",))
    assert met.without(other) == Met((Refusal("drop u", "no"),), ("h",), ("a",))
    assert not (met.without(met) + Met()).tables
