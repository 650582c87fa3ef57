"""The programs that Metarr runs: ffprobe."""

from __future__ import annotations

from metarr_core.errors import ConfigurationError
from metarr_core.files.ffprobe import find_ffprobe
from metarr_core.files.programs import first_line
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient

INSTALL = "install ffmpeg, or set probe.ffprobe to an ffprobe that runs on this machine"


async def look_at_ffprobe(about: Subject, patient: Patient) -> list[Finding]:
    """Whether ffprobe runs, and which it is."""
    try:
        ffprobe = find_ffprobe(patient.settings.probe.ffprobe)
        line = await first_line(ffprobe, "-version")
    except ConfigurationError as exc:
        return [about.problem(str(exc), INSTALL)]
    except OSError as exc:
        return [about.problem(f"{ffprobe} cannot be run: {exc.strerror}", INSTALL)]
    if not line.startswith("ffprobe version "):
        return [about.problem(f"{ffprobe} does not answer like ffprobe", INSTALL)]
    return [about.ok(f"version {line.split()[2]} runs ({ffprobe})")]
