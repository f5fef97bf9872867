"""The depth of shower maximum: generalised Gumbel distributions for five hadronic models.

M. De Domenico, M. Settimo, S. Riggi, E. Bertin, JCAP 07 (2013) 050: with l = log10(E / 10 EeV),
L = ln A and p(a, b, c) = a + b L + c L^2,

    Xmax = mu - sigma ln(G),   G ~ Gamma(shape lambda, scale 1 / lambda),
    mu = p0 + p1 l + p2 l^2,   sigma = p0 + p1 l,   lambda = p0 + p1 l.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import polygamma

from footprint.config.simulated import HadronicModel

Floats = NDArray[np.float64]
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class GumbelTable:
    """Coefficients of one hadronic model; each triple is (a, b, c) of the polynomial in ln A."""

    mu: tuple[Triple, Triple, Triple]
    sigma: tuple[Triple, Triple]
    shape: tuple[Triple, Triple]

    def parameters(self, lg_energy: Floats, mass_number: Floats) -> tuple[Floats, Floats, Floats]:
        """Parameters of the distribution.

        Parameters
        ----------
        lg_energy
            log10(E / eV).
        mass_number
            Mass numbers A; shapes broadcast.

        Returns
        -------
        tuple of ndarray
            mu and sigma in g/cm2, lambda.
        """
        powers = np.stack([np.asarray(lg_energy - 19.0) ** k for k in range(3)])
        log_mass = np.log(mass_number)
        return (
            _polynomial(self.mu, powers, log_mass),
            _polynomial(self.sigma, powers, log_mass),
            _polynomial(self.shape, powers, log_mass),
        )


def _polynomial(coefficients: tuple[Triple, ...], powers: Floats, log_mass: Floats) -> Floats:
    terms = [
        (a + b * log_mass + c * log_mass**2) * power
        for (a, b, c), power in zip(coefficients, powers, strict=False)
    ]
    return np.asarray(np.sum(np.broadcast_arrays(*terms), axis=0))


TABLES: dict[HadronicModel, GumbelTable] = {
    "EPOS-LHC": GumbelTable(
        mu=((775.589, -7.047, -2.427), (57.589, -0.743, 0.214), (-0.820, -0.169, -0.027)),
        sigma=((29.403, 13.553, -3.154), (0.096, -0.961, 0.150)),
        shape=((0.563, 0.711, 0.058), (0.039, 0.067, -0.004)),
    ),
    "QGSJetII-04": GumbelTable(
        mu=((761.383, -11.719, -1.372), (57.344, -1.731, 0.309), (-0.355, 0.273, -0.137)),
        sigma=((35.221, 12.335, -2.889), (0.307, -1.147, 0.271)),
        shape=((0.673, 0.694, -0.007), (0.060, -0.019, 0.017)),
    ),
    "Sibyll2.1": GumbelTable(
        mu=((770.104, -15.873, -0.960), (58.668, -0.124, -0.023), (-1.423, 0.977, -0.191)),
        sigma=((31.717, 1.335, -0.601), (-1.912, 0.007, 0.086)),
        shape=((0.683, 0.278, 0.012), (0.008, 0.051, 0.003)),
    ),
    "EPOS1.99": GumbelTable(
        mu=((780.013, -11.488, -1.906), (61.911, -0.098, 0.038), (-0.405, 0.163, -0.095)),
        sigma=((28.853, 8.104, -1.924), (-0.083, -0.961, 0.215)),
        shape=((0.538, 0.524, 0.047), (0.009, 0.023, 0.010)),
    ),
    "QGSJetII": GumbelTable(
        mu=((758.444, -10.692, -1.253), (48.892, 0.02, 0.179), (-2.346, 0.348, -0.086)),
        sigma=((39.033, 7.452, -2.176), (4.390, -1.688, 0.170)),
        shape=((0.857, 0.686, -0.040), (0.179, 0.076, -0.0130)),
    ),
}


def draw(
    rng: np.random.Generator, model: HadronicModel, lg_energy: Floats, mass_number: Floats
) -> Floats:
    """Draw depths of shower maximum.

    Parameters
    ----------
    rng
        Random stream.
    model
        Hadronic interaction model.
    lg_energy, mass_number
        log10(E / eV) and A of each shower, shapes that broadcast to (n,).

    Returns
    -------
    ndarray, shape (n,)
        Xmax in g/cm2.
    """
    mu, sigma, shape = TABLES[model].parameters(lg_energy, mass_number)
    return np.asarray(mu - sigma * np.log(rng.gamma(shape, 1.0 / shape)), dtype=np.float64)


def moments(model: HadronicModel, lg_energy: Floats, mass_number: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of Xmax, from the cumulants of ln(Gamma).

    Returns
    -------
    tuple of ndarray
        Mean and standard deviation in g/cm2.
    """
    mu, sigma, shape = TABLES[model].parameters(lg_energy, mass_number)
    mean = mu - sigma * (polygamma(0, shape) - np.log(shape))
    return np.asarray(mean), np.asarray(sigma * np.sqrt(polygamma(1, shape)))
