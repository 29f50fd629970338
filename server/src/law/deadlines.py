"""A second calculation of every norm's last day: python3 server/src/law/deadlines.py > server/src/law/deadlines.txt"""

import calendar
import datetime
import pathlib
import tomllib

WWW = pathlib.Path(__file__).parents[3] / "www"
DAY = datetime.timedelta(days=1)

holidays, swapped = set(), {}
for path in sorted((WWW / "calendars/ru").glob("*.toml")):
    year = tomllib.loads(path.read_text())
    holidays |= {datetime.date.fromisoformat(day) for day in year["holidays"]}
    for pair in year["moved"]:
        swapped[datetime.date.fromisoformat(pair["from"])] = True
        swapped[datetime.date.fromisoformat(pair["to"])] = False


def worked(day):
    if day in holidays:
        return False
    return swapped.get(day, day.isoweekday() < 6)


def last(term, start):
    if term == "at once":
        return f"{start} 00:00"
    if term.endswith(" h"):
        moment = datetime.datetime.combine(start, datetime.time()) + datetime.timedelta(hours=int(term[:-2]))
        return moment.strftime("%Y-%m-%d %H:%M")
    if term.endswith(" wd"):
        left, day = int(term[:-3]), start
        while left:
            day += DAY
            left -= worked(day)
        return str(day)
    if term.startswith("day "):
        following = start.replace(day=1) + 31 * DAY
        return str(following.replace(day=int(term.split()[1])))
    number, unit = int(term[1:-1]), term[-1]
    if unit == "D":
        return str(start + number * DAY)
    months = start.month - 1 + number * (12 if unit == "Y" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return str(datetime.date(year, month, min(start.day, calendar.monthrange(year, month)[1])))


for start in ["2025-12-24", "2026-04-30", "2026-06-15"]:
    for name in ["152-fz.toml", "others.toml"]:
        for norm in tomllib.loads((WWW / "norms" / name).read_text())["norm"]:
            assert norm.get("off_day", "stays") == "stays"
            due = last(norm["term"], datetime.date.fromisoformat(start))
            extended = last(norm["extension"], datetime.date.fromisoformat(due)) if "extension" in norm else ""
            print(" ".join(part for part in [start, norm["id"], due, extended] if part))
