"""What real events look like, channel by channel: masks, silence, counts, ranges."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Form:
    """What the values of one channel look like, as a network sees them.

    Attributes
    ----------
    mask
        Whether it is a mask of 0 and 1.
    gate
        Number of the mask channel without which this one is silent; of a mask that of an earlier
        mask which is always the same; None without.
    silence
        Value where nothing was measured; None where no value is common.
    mean, sd
        Of the values that are not silent; of a mask the share of pixels hit, and nothing.
    low, high
        Their smallest and largest.
    levels
        Where values are counts, the lowest of them in rising order, else empty.
    edge
        Excess over the threshold, in standard deviations, that a tenth of all values do not reach.
    driver
        Of a mask the number of the channel that has a threshold, such as a signal that triggers:
        the mask is 1 where it is exceeded; None without one.
    """

    mask: bool = False
    gate: int | None = None
    silence: float | None = None
    mean: float = 0.0
    sd: float = 1.0
    low: float = 0.0
    high: float = 1.0
    levels: tuple[float, ...] = ()
    edge: float = 0.3
    driver: int | None = None

    @property
    def sparse(self) -> bool:
        """Whether the channel is silent in places, below all else, and has no mask for that."""
        below = self.silence is not None and self.silence < self.low
        return below and self.gate is None and not self.mask

    @property
    def threshold(self) -> float:
        """Value from which on something is measured."""
        below = self.silence is not None and self.silence < self.low
        return 0.5 * (self.low + (self.silence or 0.0)) if below else self.low

    @property
    def plain(self) -> "Form":
        """The same channel as one without silence, where any value between the ends may be.

        Silence is its centre, so that an image's background is what is around the image.
        """
        centre = self.mean if self.silence is None else self.silence
        return replace(self, gate=None, driver=None, silence=None, levels=(), mean=centre)
