"""Pages of tables that need nothing else: one look for all of them."""

from html import escape

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;
       max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
p.about, p.note { color: #555; }
div.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.45rem; font-size: 0.88rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 2px solid #222; font-weight: 600; white-space: normal;
           vertical-align: bottom; }
tbody td { border-bottom: 1px solid #ddd; }
tr.baseline td:first-child, tr.oracle td, tr.published td { color: #666; }
tr:not(.ensemble) + tr.ensemble td, tr:not(.baseline) + tr.baseline td,
tr:not(.oracle) + tr.oracle td, tr:not(.published) + tr.published td {
  border-top: 1px solid #888; }
td.best { font-weight: 700; }
"""


def document(title: str, body: str) -> str:
    """Write a page of tables without external resources around what stands in it."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{body}\n</body>\n</html>\n"
    )
