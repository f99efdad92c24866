"""The phrasebook as one page of HTML to print: no script, nothing fetched."""

from html import escape

from comity.entrypoints.api.phrases import MeaningTold, PhrasebookTold

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Phrases by number</title>
<style>
@page {{ size: A4; margin: 12mm }}
body {{ font: 10pt/1.3 sans-serif; color: #000; background: #fff }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ border: 0.5pt solid #000; padding: 1mm 1.5mm; text-align: start; vertical-align: top }}
tr {{ break-inside: avoid }}
thead {{ display: table-header-group }}
h2 {{ font-size: 12pt; break-after: avoid }}
.say {{ font-size: 8pt; display: block; text-align: left }}
bdi {{ white-space: nowrap }}
.number {{ font-weight: bold; font-size: 12pt }}
</style></head><body>
<h1>Phrases by number</h1>
<p>Version {version}, digest {digest}. Say the number, then the phrase. What is not answered is unknown.
A phrase that was understood (603) is no agreement. Read back positions with their datum, heights and times.</p>
"""


def phrase_card(told: PhrasebookTold) -> str:
    """The whole page."""
    lines = [_HEAD.format(version=told.version, digest=told.digest)]
    section = None
    for each in told.phrases:
        if each.section != section:
            if section is not None:
                lines.append("</tbody></table>")
            section = each.section
            lines.append(_table_head(section, told))
        lines.append(_row(each, told))
    lines.append("</tbody></table></body></html>")
    return "\n".join(lines) + "\n"


def _table_head(section: str, told: PhrasebookTold) -> str:
    names = "".join(f"<th>{escape(name)}</th>" for name in told.languages.values())
    return (
        f"<h2>{escape(section.capitalize())}</h2><table><thead><tr><th>No.</th>{names}<th>Answers</th>"
        "</tr></thead><tbody>"
    )


def _row(each: MeaningTold, told: PhrasebookTold) -> str:
    cells = []
    for code in told.languages:
        words = each.phrases[code]
        direction = "rtl" if code in told.right_to_left else "ltr"
        text = _blanks(words.text)
        say = (
            "" if words.say is None else f'<span class="say" dir="ltr">{_blanks(words.say)}</span>'
        )
        cells.append(f'<td lang="{code}" dir="{direction}">{text}{say}</td>')
    answers = ", ".join(str(number) for number in each.responses)
    return f'<tr><td class="number">{each.number}</td>{"".join(cells)}<td>{answers}</td></tr>'


def _blanks(text: str) -> str:
    """Slots as blanks to be filled in by hand, with their names."""
    escaped = escape(text)
    return escaped.replace("{", "<bdi>[").replace("}", " ......]</bdi>")
