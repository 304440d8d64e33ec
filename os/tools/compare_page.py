"""The page of the comparison: one HTML file with charts in SVG, which needs nothing else and no network."""
import html
import math

COLORS = {"event": "#8a8f98", "message": "#d55e00", "pipe": "#e69f00", "shared memory": "#56b4e9", "interface": "#0072b2",
          "link": "#009e73", "page": "#cc79a7", "port": "#7a5cc2"}
OTHER_COLOR = "#555555"
BAR_WIDTH, BAR_HEIGHT, BAR_GAP, LABEL_WIDTH, FIGURE_WIDTH = 420, 16, 5, 120, 130
FAR = 4  # a bar more than so many times as long as the median is cut
LINE_WIDTH, LINE_HEIGHT, MARGIN_LEFT, MARGIN_TOP, MARGIN_BOTTOM, NAME_WIDTH, NAME_HEIGHT = 560, 300, 90, 12, 44, 120, 15

STYLE = """:root { color-scheme: light dark; --text: #222; --quiet: #667; --line: #d4d6da; --stripe: #f4f5f6; --ground: #fff }
@media (prefers-color-scheme: dark) { :root { --text: #dfe2e6; --quiet: #9aa2ad; --line: #3a4048; --stripe: #1e2329; --ground: #14181d } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 66em; margin: 2em auto; padding: 0 1em; color: var(--text); background: var(--ground) }
h1 { font-size: 1.6em; margin-bottom: .2em } h2 { margin: 2.2em 0 .4em; font-size: 1.15em } h2 code { color: var(--quiet); font-size: .85em }
p { max-width: 48em } nav { columns: 3 15em; margin: 1em 0 2em; font-size: .93em } nav a { display: block; color: inherit }
.wide { overflow-x: auto } table { border-collapse: collapse; margin: .8em 0; font-size: .9em; font-variant-numeric: tabular-nums }
th, td { padding: .15em .7em; text-align: right; white-space: nowrap } th { border-bottom: 1px solid var(--quiet); font-weight: 600 }
th:first-child, td:first-child, th:last-child, td:last-child { text-align: left } tr:nth-child(even) { background: var(--stripe) }
svg { max-width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; fill: var(--text) } svg .quiet { fill: var(--quiet) }
svg .grid { stroke: var(--line) } svg polyline { fill: none; stroke-width: 2 }"""

WORDS = """Guest instructions per block on one CPU (release build, all protections on), and what else it took, counted over both
programs, the kernel and the comparison's own bookkeeping. Made by <code>ninja compare</code>; on one tree the figures are the same at
every run. <em>Calls</em>, <em>switches</em> and bytes <em>copied</em> are per block; <em>kernel bytes</em> is what the kernel holds for
the job, <em>seen</em> what those who were left saw. &ldquo;-&rdquo;: no size, or more copies than the trace's ring holds.
A bar that ends in an arrow is longer than the page."""


def color(design):
    return COLORS.get(design, OTHER_COLOR)


def svg(width, height, title, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
            f"<title>{html.escape(title)}</title>{''.join(parts)}</svg>")


def text(x, y, words, anchor="start", kind="name"):
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(words)}</text>'


# ---- bars: one job ----

def bar(top, cell, most):
    width = BAR_WIDTH * min(1, cell["instructions"] / most)
    middle, right, bottom = top + BAR_HEIGHT - 4, LABEL_WIDTH + max(1, width), top + BAR_HEIGHT
    tip = right + BAR_HEIGHT / 2 if cell["instructions"] > most else right
    points = f"{LABEL_WIDTH},{top} {right:.1f},{top} {tip:.1f},{top + BAR_HEIGHT / 2} {right:.1f},{bottom} {LABEL_WIDTH},{bottom}"
    return (text(LABEL_WIDTH - 6, middle, cell["design"], "end") + f'<polygon points="{points}" fill="{color(cell["design"])}"/>' +
            text(tip + 6, middle, f"{cell['instructions']:,.0f}"))


def bars(cells):
    """Instructions of each design. What is far longer than the others would leave nothing of them, so it is cut."""
    values = sorted(cell["instructions"] for cell in cells)
    near = [value for value in values if value <= FAR * values[len(values) // 2]]
    most = max(near) or 1
    return svg(LABEL_WIDTH + BAR_WIDTH + FIGURE_WIDTH, len(cells) * (BAR_HEIGHT + BAR_GAP), f"Instructions: {cells[0]['title']}",
               [bar(i * (BAR_HEIGHT + BAR_GAP), cell, most) for i, cell in enumerate(cells)])


# ---- lines: jobs that differ in one number ----

def series_of(jobs, start):
    """{design: [(number at the end of the job's name, instructions)]}"""
    series = {}
    for name, cells in jobs.items():
        if name.startswith(start):
            for cell in cells:
                series.setdefault(cell["design"], []).append((int(name[len(start):]), cell["instructions"]))
    return {design: sorted(points) for design, points in series.items()}


def short(value):
    for unit, words in ((1 << 20, " Mi"), (1 << 10, " Ki")):
        if value >= unit and value % unit == 0:
            return f"{value // unit}{words}"
    return str(value)


def thousands(value):
    return f"{value // 10**6} million" if value >= 10**6 else f"{value:,}"


def spread(places):
    """Names beside the ends of the lines, in their order, none on another."""
    placed, last = [], -math.inf
    for y, design in sorted(places):
        last = max(y, last + NAME_HEIGHT)
        placed.append((last, design))
    over = max(0, placed[-1][0] - MARGIN_TOP - LINE_HEIGHT)
    return [(y - over, design) for y, design in placed]


def lines(jobs, start, title, unit):
    """Both axes are logarithmic."""
    series = series_of(jobs, start)
    numbers = sorted({x for points in series.values() for x, _ in points})
    if len(numbers) < 2:
        return ""
    values = [y for points in series.values() for _, y in points]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def at_x(x):
        return MARGIN_LEFT + LINE_WIDTH * math.log(x / numbers[0]) / math.log(numbers[-1] / numbers[0])

    def at_y(y):
        return MARGIN_TOP + LINE_HEIGHT * (high - math.log10(y)) / (high - low)

    parts, ends = [], []
    for power in range(low, high + 1):
        y = at_y(10**power)
        parts.append(f'<line class="grid" x1="{MARGIN_LEFT}" x2="{MARGIN_LEFT + LINE_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(text(MARGIN_LEFT - 8, y + 4, thousands(10**power), "end", "quiet"))
    bottom = MARGIN_TOP + LINE_HEIGHT
    parts += [text(at_x(x), bottom + 18, short(x), "middle", "quiet") for x in numbers]
    parts.append(text(MARGIN_LEFT + LINE_WIDTH / 2, bottom + 38, unit, "middle", "quiet"))
    for design, points in series.items():
        parts.append(f'<polyline stroke="{color(design)}" points="' + " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in points) + '"/>')
        parts += [f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="3" fill="{color(design)}"><title>{html.escape(design)}, '
                  f"{short(x)}: {y:,.0f}</title></circle>" for x, y in points]
        ends.append((at_y(points[-1][1]) + 4, design))
    right = MARGIN_LEFT + LINE_WIDTH + 10
    parts += [f'<rect x="{right}" y="{y - 9:.1f}" width="9" height="9" fill="{color(design)}"/>' + text(right + 14, y, design)
              for y, design in spread(ends)]
    return f"<h2>{html.escape(title)}</h2>" + svg(right + NAME_WIDTH, bottom + MARGIN_BOTTOM, title, parts)


# ---- all ----

def table(cells, columns, seen):
    head = "".join(f"<th>{title}</th>" for title, _ in columns)
    body = "".join("<tr><td>" + html.escape(cell["design"]) + "</td>" + "".join(f"<td>{of(cell)}</td>" for _, of in columns) +
                   f"<td>{html.escape(seen(cell))}</td></tr>" for cell in cells)
    return f'<div class="wide"><table><tr><th>design</th>{head}<th>seen</th></tr>{body}</table></div>'


def page(jobs, columns, seen):
    """`columns`: (title, function of a cell) of each; `seen` tells in words what the survivors of a cell saw."""
    links = "".join(f'<a href="#{html.escape(name)}">{html.escape(name)}</a>' for name in jobs)
    overview = (lines(jobs, "echo_", "Instructions for a block there and back, by its size", "bytes") +
                lines(jobs, "fan_in_", "Instructions for 64 bytes to one server and back, by the number of clients", "clients") +
                lines(jobs, "fan_out_", "Instructions for 64 bytes to each of several servers, by their number", "servers"))
    parts = [f'<h2 id="{html.escape(name)}">{html.escape(cells[0]["title"])} <code>{html.escape(name)}</code></h2>{bars(cells)}'
             f"{table(cells, columns, seen)}" for name, cells in jobs.items()]
    return ('<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>Parley: designs of communication compared</title><style>{STYLE}</style>"
            f"<h1>Designs of communication, compared</h1><p>{WORDS}</p><nav>{links}</nav>{overview}{''.join(parts)}</html>\n")
