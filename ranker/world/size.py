"""How large a world is. The presets are what the command line offers; tests make their own."""

from dataclasses import dataclass, replace

from ranker.errors import InvalidInputError


@dataclass(frozen=True)
class WorldSize:
    """Counts of a world's things. `exposures` is met within a request's length."""

    name: str
    videos: int
    exposures: int
    artists: int
    songs: int
    users: int
    queries: int
    days: int
    bursts: int
    labels: int
    evaluation_requests: int

    def scaled(self, videos: int, exposures: int) -> "WorldSize":
        """The same world with fewer videos and exposures, to measure a rate on a shortened run."""
        share = videos / self.videos
        return replace(
            self,
            name=f"{self.name}-{videos}-{exposures}",
            videos=videos,
            exposures=exposures,
            artists=max(40, int(self.artists * share)),
            songs=max(120, int(self.songs * share)),
            users=max(60, int(self.users * exposures / self.exposures)),
            queries=max(300, int(self.queries * share)),
        )


SIZES = {
    size.name: size
    for size in (
        WorldSize("small", 1_000, 20_000, 60, 200, 220, 700, 14, 3, 2_000, 120),
        WorldSize("demo", 20_000, 200_000, 600, 2_400, 1_300, 6_000, 30, 12, 10_000, 480),
        WorldSize("large", 1_000_000, 10_000_000, 20_000, 130_000, 60_000, 150_000, 30, 150, 10_000, 2_000),
    )
}


def size_named(name: str) -> WorldSize:
    """The preset of that name.

    Raises:
        InvalidInputError: There is no such preset.
    """
    if name not in SIZES:
        raise InvalidInputError(f"size [{name}] is unknown; use one of [{', '.join(SIZES)}]")
    return SIZES[name]
