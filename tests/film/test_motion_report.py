"""The evaluation's page with its films, as a real browser shows it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ritual.errors import BadInput
from ritual.film.motion_report import Pair, write_report

CHROMIUM = shutil.which("chromium")
FFMPEG = shutil.which("ffmpeg")
RESULT = Path(__file__).parents[1] / "motion" / "evaluation.json"

# A page that opens the report in a frame of each width and writes down what the browser made of it.
_PROBE = """<!doctype html><meta charset="utf-8"><body>
<iframe src="report.html" style="width:400px;height:900px"></iframe>
<iframe src="report.html" style="width:1400px;height:900px"></iframe>
<pre id="told"></pre><script>
const ready = e => new Promise(done => {
  if (e.tagName === "VIDEO" ? e.readyState > 0 : e.complete && e.naturalWidth) return done();
  for (const event of ["loadedmetadata", "load", "error"]) e.addEventListener(event, done);
});
addEventListener("load", async () => {
  const told = [];
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, style = s => frame.contentWindow.getComputedStyle(page.querySelector(s));
    page.querySelectorAll("details").forEach(d => d.open = true);
    await Promise.all([...page.querySelectorAll("img, video")].map(ready));
    told.push({
      wide: page.documentElement.scrollWidth, room: frame.clientWidth,
      tile: page.querySelector(".tiles li").getBoundingClientRect().width,
      images: [...page.images].map(i => i.naturalWidth), paper: style("body").backgroundColor,
      videos: [...page.querySelectorAll("video")].map(v => [v.videoWidth, v.videoHeight, v.duration]),
      bars: [...page.querySelectorAll("#captions ~ .plot .row:nth-child(-n+3) rect:not(.track)")].slice(0, 3)
        .map(r => r.getBoundingClientRect().width / r.parentNode.getBoundingClientRect().width),
    });
  }
  document.querySelector("#told").textContent = JSON.stringify(told);
});
</script>"""


@pytest.fixture
def pair(standing):
    return Pair("walk", "Subject 02", standing(0.2), standing(0.2, travel=0.3), "real", "generated, seed 1")


@pytest.fixture
def result():
    return json.loads(RESULT.read_text(encoding="utf-8"))


@pytest.mark.skipif(CHROMIUM is None or FFMPEG is None, reason="needs Debian's chromium and ffmpeg")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_the_report_at_any_width(result, pair, tmp_path, scheme):
    steps = []
    write_report(result, [pair, pair], tmp_path / "report.html", steps.append)
    assert [step.step for step in steps] == list(range(1, 11)) and steps[-1].total == 10
    (tmp_path / "probe.html").write_text(_PROBE, encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
    command += [f"--blink-settings=preferredColorScheme={int(scheme == 'light')}"]
    command += [f"--user-data-dir={tmp_path}/profile", "--window-size=1600,1000"]
    command += ["--virtual-time-budget=20000", "--dump-dom"]
    command.append((tmp_path / "probe.html").as_uri())
    dom = subprocess.run(command, capture_output=True, text=True, timeout=300).stdout
    narrow, wide = json.loads(re.search(r'<pre id="told">(.*?)</pre>', dom, re.DOTALL)[1])
    for told in (narrow, wide):
        assert told["wide"] <= told["room"]  # nothing sticks out
        assert len(told["images"]) == 2 and min(told["images"]) > 1000
        assert told["videos"] == [[1080, 720, pytest.approx(0.2, abs=0.05)]] * 2
        assert told["bars"] == pytest.approx([0.80, 0.85, 0.50], abs=0.01)
        assert told["paper"] == {"light": "rgb(247, 248, 250)", "dark": "rgb(20, 22, 27)"}[scheme]
    assert narrow["tile"] > 340 and wide["tile"] < 400  # one column, and several


def test_without_ffmpeg_sheets_stand_for_the_films(result, pair, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    html = write_report(result, [pair], tmp_path / "report.html").read_text(encoding="utf-8")
    assert "No films: ffmpeg is not on the PATH." in html and "<video" not in html
    assert '<details open>' in html and 'src="report-media/01-walk.png"' in html
    assert [p.name for p in (tmp_path / "report-media").iterdir()] == ["01-walk.png"]


def test_a_report_without_pairs_is_one_file(result, tmp_path):
    html = write_report(result, [], tmp_path / "report.html").read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"] and 'id="films"' not in html


def test_a_broken_result_is_said_before_anything_is_drawn(pair, tmp_path):
    with pytest.raises(BadInput, match="'captions'"):
        write_report({"captions": 1}, [pair], tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []
