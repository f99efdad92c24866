"""Makes reports and writes them."""

import hashlib
import itertools
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity import __version__
from comity.adapters.report_pages import LANGUAGES, html_of, pdf_of
from comity.domain.evidence import STAMP_MEDIA_TYPE
from comity.domain.incidents import OfferedTrack
from comity.domain.reconstruction import CaseFile, Divergence, Knowledge, divergence_of
from comity.entrypoints.cli.access import Composition
from comity.entrypoints.cli.assessing import AssessedFiles, assess_files
from comity.entrypoints.cli.border_pieces import border_pieces
from comity.entrypoints.cli.bundling import measured, not_shown_sentences, told, verify_file
from comity.entrypoints.cli.files import write_file
from comity.entrypoints.cli.incident_report import incident_report
from comity.entrypoints.cli.report_inputs import BundleShown, InputFile, ReportInputs
from comity.kernel.errors import InputError
from comity.kernel.sentences import Sentence, said

PAIRS_MAX = 20  # of rival tracks drawn; more are a matter for `comity incident plot`
TRACKS_DRAWN_MAX = 20
TITLE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class ReportWish:
    """What is to be reported."""

    files: Sequence[Path]
    output: Sequence[Path]
    language: str
    title: str | None
    dated: str
    material: Sequence[Path]
    data_sets: Sequence[Path]
    agreement: Path | None
    bundle: Path | None
    knew: Sequence[str]
    home: Path
    records: Sequence[str] = ()


def write_reports(made: Composition, wish: ReportWish) -> list[dict[str, Any]]:
    """Write each file wanted.

    Raises:
        InputError: an input is refused, a suffix is unknown, or typst is not there.
    """
    if wish.language not in LANGUAGES:
        raise InputError("language", f"{wish.language!r} is none of {', '.join(LANGUAGES)}")
    for name, text in (("title", wish.title or ""), ("dated", wish.dated)):
        if len(text) > TITLE_LENGTH_MAX:
            raise InputError(name, f"{len(text)} characters, at most {TITLE_LENGTH_MAX}")
    for path in wish.output:
        if path.suffix.lower() not in {".pdf", ".html"}:
            raise InputError("output", f"{path.name}: ends neither in .pdf nor in .html")
    assessed = assess_files(made, wish.files, wish.material, wish.data_sets, wish.agreement)
    made_with = f"Made with Comity {__version__}. Rules: docs/spec/claim.md, comity-claim/1."
    inputs = _inputs(made, assessed, wish)
    document = incident_report(inputs, wish.language, wish.title, wish.dated, made_with)
    written = []
    for path in wish.output:
        fonts: tuple[str, ...] = ()
        remarks: tuple[str, ...] = ()
        if path.suffix.lower() == ".pdf":
            printed = pdf_of(document)
            content, fonts, remarks = printed.content, printed.fonts, printed.remarks
        else:
            content = html_of(document)
        write_file(path, content)
        written.append(
            {
                "file": str(path),
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "language": wish.language,
                "fonts": list(fonts),
                "remarks": list(remarks),
            }
        )
    return written


def rival_divergences(tracks: Sequence[tuple[int, OfferedTrack]]) -> list[Divergence]:
    """Each track of one claim beside each of another."""
    pairs = [
        (mine, theirs)
        for (i, mine), (j, theirs) in itertools.combinations(tracks, 2)
        if i != j and mine.points and theirs.points
    ]
    return [divergence_of(*pair) for pair in pairs[:PAIRS_MAX]]


def _inputs(made: Composition, assessed: AssessedFiles, wish: ReportWish) -> ReportInputs:
    files = [
        InputFile(path.name, _claim_words(claim.claimant), digest)
        for path, claim, digest in zip(
            wish.files, assessed.assessed.claims, assessed.claim_digests, strict=True
        )
    ]
    files += [InputFile(each["file"], each["words"], each["sha256"]) for each in assessed.hand.told]
    bundle = None if wish.bundle is None else _bundle_shown(wish.bundle)
    if bundle is not None:
        what = said("report-bundle-file", "evidence bundle, verified")
        files.append(InputFile(bundle.file, what, bundle.sha256))
    tracks = assessed.tracks()
    drawn = tuple(track for _, track in tracks if track.points)[:TRACKS_DRAWN_MAX]
    pieces, border_words = border_pieces(drawn)
    claims = assessed.assessed.claims
    case = CaseFile(wish.title or claims[0].title, claims, tuple(wish.records))
    records = made.reconstruction(wish.home).records(case) if case.records else ()
    return ReportInputs(
        assessed=assessed.assessed,
        records=records,
        files=tuple(files),
        tracks=drawn,
        borders=tuple(pieces),
        border_words=border_words,
        divergences=tuple(rival_divergences(tracks)),
        knowledge=tuple(_knowledge(made, wish)),
        bundle=bundle,
        command=_command(wish),
    )


def _knowledge(made: Composition, wish: ReportWish) -> list[Knowledge]:
    if not wish.knew:
        return []
    reconstruction = made.reconstruction(wish.home)
    return [reconstruction.knew(subject) for subject in wish.knew]


def _claim_words(claimant: str) -> Sentence:
    return said("report-claim-of", "claim of {claimant}", claimant=claimant)


def _bundle_shown(path: Path) -> BundleShown:
    """Verify a bundle, and say what it is.

    Raises:
        RefusedError: it does not hold.
        InputError: it cannot be read, or another file took its place meanwhile.
    """
    before = measured(path, path.name).sha256
    verified = verify_file(path, {})
    found = told(verified)
    if measured(path, path.name).sha256 != before:
        raise InputError("bundle", f"{path.name} changed while it was read")
    return BundleShown(
        file=path.name,
        sha256=before,
        title=found["title"],
        maker=str(found["maker"]),
        made_at=found["made_at"],
        shown=sum(len(each["shown"]) for each in found["logs"]),
        withheld=sum(len(each["withheld"]) for each in found["logs"]),
        material=len(found["material"]),
        roots=tuple(
            f"{each['party']} ({each['name']}): {each['root_key_sha256']}"
            for each in found["parties"]
        ),
        not_shown=tuple(not_shown_sentences(verified)),
        stamped=any(each["media_type"] == STAMP_MEDIA_TYPE for each in found["material"]),
    )


def _command(wish: ReportWish) -> str:
    """How to make the same report again; names without folders, for those are of one machine."""
    parts = ["comity", "report", "incident", *(path.name for path in wish.files)]
    parts += [f"--language={wish.language}"]
    parts += [f"--material={path.name}" for path in wish.material]
    parts += [f"--data-set={path.name}" for path in wish.data_sets]
    parts += [] if wish.agreement is None else [f"--agreement={wish.agreement.name}"]
    parts += [] if wish.bundle is None else [f"--bundle={wish.bundle.name}"]
    parts += [f"--knew={subject}" for subject in wish.knew]
    parts += [f"--record={digest}" for digest in wish.records]
    parts += [] if wish.title is None else [f"--title={wish.title}"]
    parts += [] if not wish.dated else [f"--dated={wish.dated}"]
    return shlex.join([*parts, "-o", "report.pdf"])
