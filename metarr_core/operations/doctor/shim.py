"""The web shim, which stands for the whole stack: does it answer where the settings say."""

from __future__ import annotations

from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient, shim_url


async def look(about: Subject, patient: Patient) -> list[Finding]:
    """Whether Metarr is up."""
    url = shim_url(patient.settings)
    if patient.is_up:
        return [about.ok(f"up: the web shim answers at {url}")]
    if patient.settings.web.port == 0:
        return [about.ok("web.port is 0, any free one: whether it is up cannot be told", "set a port for real use")]
    sentence = f"not up: nothing answers at {url}, and webhooks sent now are lost"
    return [about.warning(sentence, "start it: `metarr up`, or `make up`")]
