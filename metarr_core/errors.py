"""What can go wrong, sorted by what the caller does next.

MetarrError
├── TransientError            the cause may pass: try again
│   ├── ProviderUnavailable   a metadata provider or picture server has a bad hour
│   │   └── RateLimited       it asked us to wait
│   ├── DatabaseUnavailable   PostgreSQL is down or restarting
│   ├── EngineUnavailable     Prefect's server is down or slow
│   ├── LockBusy              somebody else works on the same title
│   ├── RunLost               the process that ran a flow is gone
│   ├── PlayerUnreachable     the player is off, or answers rubbish
│   │   └── PlayerRefuses     it does not take our user name and password
│   ├── PlayerInUse           somebody watches something on it
│   ├── ManagerUnreachable    Radarr or Sonarr is off, or answers rubbish
│   │   └── ManagerRefuses    it does not take our key
│   └── StorageUnavailable    a file, share or cache cannot be reached or written
│       └── FileNotVisibleYet the manager told us of a file that is not there so far
└── PermanentError            trying again cannot help
    ├── ConfigurationError    a setting must change first
    ├── NotFoundError         what was asked for does not exist
    ├── InvalidWebhook        the body of a webhook makes no sense
    ├── InvalidFields         fields of a request are not what they must be
    ├── UnreadableMedia       ffprobe cannot make sense of the file
    ├── ArtworkRejected       bytes that are no picture we publish
    │   ├── ArtworkTooLarge   they are more than we take
    │   └── UnknownFormat     they are in no format that we take
    ├── EngineRefused         Prefect does not take a run as we ask for it
    └── StateConflict         the thing is not in a state that allows this
        └── SimilarArtwork    a picture looks like one that is published
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class MetarrError(Exception):
    """Something Metarr can explain in a sentence that says what to do."""


class TransientError(MetarrError):
    """The cause may pass: try again after `retry_after` seconds (None: the job's own delay)."""

    retry_after: float | None = None
    patience: timedelta | None = None
    """How long a job waits for the outside world before it gives up; None: its number of retries decides."""

    @property
    def awaited(self) -> str:
        """What is waited for, by the class that says for how long: a storm of 429 and 503 is one wait for a provider."""
        return next(kind.__name__ for kind in type(self).__mro__ if "patience" in vars(kind))


class PermanentError(MetarrError):
    """Trying again cannot help."""


class ProviderUnavailable(TransientError):
    """A provider did not answer, or not with what it promises."""

    retry_after = 60.0
    patience = timedelta(days=7)

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(f"{provider} cannot be used right now: {reason}")
        self.provider, self.reason = provider, reason


class RateLimited(ProviderUnavailable):
    """A provider asked for a pause; `retry_after` is in seconds."""

    def __init__(self, provider: str, retry_after: float) -> None:
        super().__init__(provider, f"too many requests, it asks for a pause of {retry_after:g} s")
        self.retry_after = self.pause = retry_after


class DatabaseUnavailable(TransientError):
    """PostgreSQL is down, restarting, or cut the connection."""

    retry_after = 10.0
    patience = timedelta(days=1)

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database cannot be used right now: {reason}")


class EngineUnavailable(TransientError):
    """Prefect's server did not answer, or not in time."""

    retry_after = 2.0
    patience = timedelta(days=7)


class LockBusy(TransientError):
    """Somebody else holds the lock on a title."""

    retry_after = 15.0
    patience = timedelta(days=1)

    def __init__(self, name: str) -> None:
        super().__init__(f"something else works on {name} right now; try again when it has ended")
        self.name = name


class RunLost(TransientError):
    """A flow run ended without a word: its process was killed, or ran out of memory."""

    retry_after = 1.0


class PlayerUnreachable(TransientError):
    """A player is off, or did not do what it said."""

    def __init__(self, player: str, reason: str) -> None:
        super().__init__(f"player '{player}' cannot be told right now: {reason}")
        self.player, self.reason = player, reason


class PlayerRefuses(PlayerUnreachable):
    """A player does not take our user name and password."""


class PlayerInUse(TransientError):
    """Somebody watches something on a player; it is told when that ends."""

    def __init__(self, player: str, title: str) -> None:
        super().__init__(f"player '{player}' plays {title or 'something'}; it is told when that ends")
        self.player, self.title = player, title


class ManagerUnreachable(TransientError):
    """A manager did not answer, or not as one does."""

    def __init__(self, manager: str, reason: str) -> None:
        super().__init__(f"manager '{manager}' cannot be asked right now: {reason}")
        self.manager, self.reason = manager, reason


class ManagerRefuses(ManagerUnreachable):
    """A manager does not take our key."""


class StorageUnavailable(TransientError):
    """A path cannot be reached or written right now: a share that is away, a full disk, a library mounted read-only."""

    retry_after = 60.0
    patience = timedelta(days=1)

    def __init__(self, path: Path, reason: str = "is the share mounted?") -> None:
        super().__init__(f"{path} cannot be reached: {reason}")
        self.path = path


class FileNotVisibleYet(StorageUnavailable):
    """A manager told of a file that we cannot see so far; network shares may show it later."""

    retry_after = 5.0

    def __init__(self, path: Path) -> None:
        super().__init__(path, "the file is not there yet; if it never appears, check the manager's path mappings")


class ConfigurationError(PermanentError):
    """A setting must change first; the sentence names its key."""


class NotFoundError(PermanentError):
    """What was asked for does not exist."""


class InvalidWebhook(PermanentError):
    """The body of a webhook makes no sense."""


class InvalidFields(PermanentError):
    """Fields of a request are not what they must be: for each by its name, what is wrong."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {wrong}" for name, wrong in fields.items()))
        self.fields = fields


class UnreadableMedia(PermanentError):
    """ffprobe cannot read this file."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name} cannot be read as media: {reason}")
        self.path, self.reason = path, reason


class ArtworkRejected(PermanentError):
    """Bytes that are no picture, or none that we publish."""


class ArtworkTooLarge(ArtworkRejected):
    """More bytes than we take."""


class UnknownFormat(ArtworkRejected):
    """Bytes in no format that we take, whatever their name says."""


class EngineRefused(PermanentError):
    """Prefect does not take a run as we ask for it."""


class StateConflict(PermanentError):
    """The thing is not in a state that allows this."""


class SimilarArtwork(StateConflict):
    """A picture looks like one that is published: `bits` of their 64-bit hashes differ. Both by their SHA-256."""

    def __init__(self, offered: str, published: str, bits: int, similarity: float) -> None:
        super().__init__(
            f"it looks like a picture of this type that the film has ({similarity:.0%}: {bits} of 64 bits differ); "
            "look at both, and send it with allow_similar if it is another"
        )
        self.offered, self.published, self.bits, self.similarity = offered, published, bits, similarity
