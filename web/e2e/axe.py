"""What axe finds wrong with a page for people who read it with other means than eyes and a mouse."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from web.e2e.lodge import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


# A colour on its way from one scheme to the other is none that anybody reads.
_REST = """() => {
  const isFinite = (animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
  document.getAnimations().filter(isFinite).forEach((animation) => animation.finish());
}"""


async def serious_violations(page: Page) -> list[tuple[str, str]]:
    """Return what is serious or critical, as (rule, element)."""
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(path=AXE)
    await page.evaluate(_REST)
    found: dict[str, Any] = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        (violation["id"], node["html"])
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
