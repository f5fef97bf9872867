"""Where a training stands, and what follows from the validation losses seen so far."""

from dataclasses import dataclass, field

from footprint.config.trainings import Training

Row = dict[str, float]


@dataclass
class Progress:
    """State of a training between two epochs; all of it goes into the checkpoint.

    Attributes
    ----------
    history
        One row of losses and metrics an epoch.
    best_loss, best_epoch
        Lowest validation loss, and the epoch (from 1) it belongs to.
    cuts
        Times the learning rate was cut on a plateau.
    reference, reference_epoch
        Loss that later ones must undercut by ``min_delta`` to count as progress, and its epoch.
    plateau
        Epochs without progress since the reference, or since the last cut.
    seconds
        Time spent so far.
    """

    history: list[Row] = field(default_factory=list)
    best_loss: float = float("inf")
    best_epoch: int = 0
    cuts: int = 0
    reference: float = float("inf")
    reference_epoch: int = 0
    plateau: int = 0
    seconds: float = 0.0

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return len(self.history)

    def record(self, row: Row, config: Training) -> bool:
        """Take in an epoch.

        Returns
        -------
        bool
            Whether its validation loss is the best so far.
        """
        self.history.append(row)
        loss = row["validation_loss"]
        better = loss < self.best_loss
        if better:
            self.best_loss, self.best_epoch = loss, self.epoch
        delta = config.early_stopping.min_delta if config.early_stopping else 0.0
        if loss < self.reference - delta:
            self.reference, self.reference_epoch, self.plateau = loss, self.epoch, 0
        else:
            self.plateau += 1
        reduce = config.reduce_on_plateau
        if reduce is not None and self.plateau >= reduce.patience:
            self.cuts += 1
            self.plateau = 0
        return better

    def finished(self, config: Training) -> bool:
        """Whether all epochs are done, or waiting any longer is pointless."""
        stopping = config.early_stopping
        waited = self.epoch - self.reference_epoch
        return self.epoch >= config.epochs or (
            stopping is not None and self.epoch > 0 and waited >= stopping.patience
        )

    def cut(self, rate: float, config: Training) -> float:
        """Learning rate after the cuts on plateaus."""
        reduce = config.reduce_on_plateau
        if reduce is None or self.cuts == 0:
            return rate
        return max(rate * reduce.factor**self.cuts, min(rate, reduce.min_learning_rate))
