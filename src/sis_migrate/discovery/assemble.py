"""From a group of Streamlit files to the apps in it: entry points, scripts, files, documents."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sis_migrate.discovery.claims import Claim
from sis_migrate.discovery.grouping import Group, conventional, top_scripts
from sis_migrate.discovery.listing import ENVIRONMENT, PROJECT, Listing, is_test
from sis_migrate.discovery.reach import UPLOADED, Reach, Reacher
from sis_migrate.discovery.reading import Reader
from sis_migrate.model import App, Finding, Item, Runtime, Span, Status


@dataclass(frozen=True)
class Assembler:
    """Makes apps of groups; ``claims`` are all that project files and SQL say."""

    listing: Listing
    reader: Reader
    reacher: Reacher
    claims: Sequence[Claim]

    def apps(self, group: Group, entries: Sequence[Path]) -> Iterator[App]:
        """The group's apps: one for each of the named ``entries``, or else one.

        None where neither a document nor the code shows that the scripts run in Snowflake.
        """
        tops = top_scripts(group, self.reacher) if group.files else []
        chosen: list[Path | None] = [*entries] or [_entry(tops)]
        reaches = [self._reach(group, entry, tops if entry is None else ()) for entry in chosen]
        claimed = set().union(*(reach.files for reach in reaches)) | set(entries)
        for index, (entry, reach) in enumerate(zip(chosen, reaches, strict=True)):
            if not index:
                self._add_rest(group, entry, reach, [t for t in tops if t not in claimed], claimed)
            app = self._app(group, entry, reach)
            if app.evidence:
                yield app

    def _reach(self, group: Group, entry: Path | None, scripts: Iterable[Path]) -> Reach:
        folder = entry.parent if entry else group.folder
        pages = [
            path
            for path in sorted(self.listing.python)
            if path.parent == folder / "pages" and not is_test(path, folder)
        ]
        starts = [*([entry] if entry else scripts), *pages]
        return self.reacher.reach(starts, folder, self._root(group, entry))

    def _add_rest(
        self,
        group: Group,
        entry: Path | None,
        reach: Reach,
        scripts: Sequence[Path],
        claimed: set[Path],
    ) -> None:
        """Add what nothing names: scripts beside the entry point, modules that a router loads."""
        folder = entry.parent if entry else group.folder
        root = self._root(group, entry)
        # Pages of a hand-made router, whose paths it makes up: what acts when executed is one.
        routed = any(self.reader.runs_by_name(path) for path in reach.files)
        for path in (*scripts, *group.files):
            if path in claimed or not (path.is_relative_to(root) or path in scripts):
                continue
            more = self.reacher.reach([path], folder, root)
            reach.files |= more.files
            reach.added |= more.added
            is_page = path in scripts and not self._stays_behind(path, entry)
            if is_page or (routed and self.reader.is_script(path)):
                reach.scripts |= more.scripts

    def _stays_behind(self, path: Path, entry: Path | None) -> bool:
        """Whether all that names the entry point leaves a file where it is."""
        claims = self._claims_of(entry)
        return bool(claims) and all(claim.leaves_out(path) for claim in claims)

    def _root(self, group: Group, entry: Path | None) -> Path:
        if group.at_home or entry is None:
            return group.root
        named = [claim.root for claim in self._claims_of(entry) if claim.root]
        return named[0] if named else entry.parent

    def _claims_of(self, entry: Path | None) -> list[Claim]:
        return [claim for claim in self.claims if entry is not None and claim.entry_point == entry]

    def _app(self, group: Group, entry: Path | None, reach: Reach) -> App:
        root = self._root(group, entry)
        folder = entry.parent if entry else group.folder
        # A document below the root that names no script that is there means this app, if any.
        loose = [c for c in self.claims if not c.entry_point and c.source.is_relative_to(root)]
        claims = self._claims_of(entry) or loose
        sql = {claim.source for claim in claims if claim.source.suffix == ".sql"} or {
            claim.source for claim in loose if claim.source.suffix == ".sql"
        }
        claims += [claim for claim in loose if claim.source in sql and claim not in claims]
        projects = [claim.source for claim in claims if claim.source.name in PROJECT]
        environment = self._nearest(folder, root, ENVIRONMENT)
        named = [claim for claim in claims if claim.entry_point == entry and claim.name]
        return App(
            root=root,
            name=named[0].name if named else root.name,
            entry_point=entry,
            scripts=tuple(reach.scripts),
            files=tuple(sorted(reach.files)),
            runtime=_runtime([claim.runtime for claim in claims], environment),
            environment_file=environment,
            project_file=projects[0] if projects else self._nearest(folder, root, PROJECT),
            requirements_file=self._nearest(folder, root, ("requirements.txt",)),
            pyproject_file=self._nearest(folder, root, ("pyproject.toml",)),
            sql_files=tuple(sorted(sql)),
            evidence=tuple(self._evidence(group, reach, environment, self._claims_of(entry))),
            name_is_label=named[0].name_is_label if named else True,
            import_folders=tuple(f for f, why in reach.added.items() if why == UPLOADED),
        )

    def _nearest(self, folder: Path, root: Path, names: Sequence[str]) -> Path | None:
        """The nearest of such files between the entry point's folder and the root."""
        inside = [above for above in (folder, *folder.parents) if above.is_relative_to(root)]
        found = (self.listing.named(above, names) for above in inside)
        return next((path for path in found if path), None)

    def _evidence(
        self, group: Group, reach: Reach, environment: Path | None, claims: Iterable[Claim]
    ) -> Iterator[str]:
        shown = [
            f"{self._short(path)}: {what}"
            for path in sorted(reach.files)
            if (what := self.reader.snowflake(path))
        ]
        named = dict.fromkeys(f"{self._short(claim.source)} names the app" for claim in claims)
        if not (shown or named or group.at_home):
            return
        yield from named
        if environment and group.at_home:
            yield f"{self._short(environment)} is beside it"
        elif group.at_home and not named:
            yield f"{self._short(group.root)} has a project file"
        yield from shown[:1]
        for folder, why in reach.added.items():
            yield f"imports modules of {self._short(folder)} ({why})"

    def _short(self, path: Path) -> str:
        inside = path.is_relative_to(self.listing.top) and path != self.listing.top
        return path.relative_to(self.listing.top).as_posix() if inside else path.as_posix()


def _entry(tops: Sequence[Path]) -> Path | None:
    return tops[0] if len(tops) == 1 else conventional(tops)


def _runtime(said: Iterable[Runtime], environment: Path | None) -> Runtime:
    said = set(said)
    if Runtime.CONTAINER in said:
        return Runtime.CONTAINER
    return Runtime.WAREHOUSE if environment or Runtime.WAREHOUSE in said else Runtime.UNKNOWN


def findings(app: App) -> Iterator[Finding]:
    """What a person should know of how the app was understood."""
    folders = {path.parent for path in app.scripts[:1]} | {app.root}
    for path in app.files:
        if path.stem == "streamlit" and path.parent in folders:
            yield Finding(
                path,
                "The file is named as the package that it imports, so importing streamlit can "
                "find the file instead.",
                Status.REVIEW,
                code="SIS010",
                remedy="Rename it, for example to streamlit_app.py, also where it is named as "
                "main file.",
                item=Item.PATHS,
            )
    if app.entry_point is None:
        names = ", ".join(path.relative_to(app.root).as_posix() for path in app.scripts)
        yield Finding(
            app.root,
            f"Several scripts could be the entry point: {names}.",
            Status.REVIEW,
            code="SIS011",
            remedy="Name one as main_file in snowflake.yml or as MAIN_FILE in the CREATE STREAMLIT "
            "statement; all were treated as scripts of one app.",
            item=Item.PATHS,
        )


def unmatched(claims: Sequence[Claim], apps: Iterable[App]) -> Iterator[Finding]:
    """The ``CREATE STREAMLIT`` statements for the warehouse that no app is migrated with."""
    of_script: dict[Path, list[App]] = {}
    for app in apps:
        for path in app.sql_files:
            of_script.setdefault(path, []).append(app)
    in_script = Counter(claim.source for claim in claims)
    for claim in claims:
        if claim.source.suffix != ".sql" or claim.entry_point or claim.is_native:
            continue
        here = of_script.get(claim.source, [])
        alone = bool(here) and in_script[claim.source] == 1
        file = PurePosixPath(claim.main_file).name
        if (
            alone
            or claim.runtime is Runtime.CONTAINER
            or any(_is_about(claim.name, file, app) for app in here)
        ):
            continue
        what = f"CREATE STREAMLIT {claim.name}".strip()
        yield Finding(
            claim.source,
            f"{what}: which app it means is not clear: {_why_unclear(claim)}",
            Status.MANUAL,
            code="SIS711",
            span=Span(claim.line, 1, claim.line, 1) if claim.line else None,
            remedy="Write it for a container: FROM for ROOT_LOCATION, RUNTIME_NAME and COMPUTE_POOL.",
            item=Item.SWITCH,
        )


def _why_unclear(claim: Claim) -> str:
    folder = claim.source.parent
    if not claim.candidates:
        return f"no file can be its MAIN_FILE {claim.main_file}"
    names = [Path(os.path.relpath(path, folder)).as_posix() for path in claim.candidates]
    return f"its MAIN_FILE {claim.main_file} could be {' or '.join(names)}"


def _is_about(name: str, file: str, app: App) -> bool:
    """Whether the statement is taken to be about the app by its name or main file."""
    return name.upper() == app.name.upper() or bool(
        app.entry_point and app.entry_point.name == file
    )


def entries_by_group(
    groups: Iterable[Group], claims: Iterable[Claim]
) -> Mapping[Group, tuple[Path, ...]]:
    """The named entry points of each group, those outside of all groups in groups of their own."""
    result: dict[Group, dict[Path, None]] = {group: {} for group in groups}
    of_file = {path: group for group in result for path in group.files}
    for claim in claims:
        entry = claim.entry_point
        if entry is None:
            continue
        if entry not in of_file:
            of_file[entry] = _around(entry, claim, list(result))
            result.setdefault(of_file[entry], {})
        result[of_file[entry]][entry] = None
    return {group: tuple(entries) for group, entries in result.items()}


def _around(entry: Path, claim: Claim, groups: Iterable[Group]) -> Group:
    """The group of an entry point that imports no Streamlit itself, a new one where none fits."""
    for group in groups:
        if group.folder == entry.parent:
            return group
    return Group(entry.parent, claim.root or entry.parent, (entry,), at_home=False)
