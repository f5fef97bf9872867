"""Small files in the formats of the public sets, written as their programs write them."""

import numpy as np

NaN = np.nan
C = 3e8
HEIGHT = 1400.0


def stations(n, layout, spacing):
    """Positions (n^2, 3) in m, transcribed from the published generator."""
    n0 = (n - 1) / 2
    x, y = np.mgrid[0:n, 0:n].astype(float) - n0
    if layout == "offset":
        x += 0.5 * (y % 2)
    if layout != "cartesian":
        y *= np.sin(np.pi / 3)
    x, y = x.reshape(n**2) * spacing, y.reshape(n**2) * spacing
    return np.c_[x, y, np.ones_like(x) * HEIGHT]


def showers(count, detector, seed=1):
    """Axes, cores, plane arrival times in s with 100 ns noise, traces in VEM, truth."""
    rng = np.random.default_rng(seed)
    zenith, phi = rng.uniform(0, np.pi / 3, count), rng.uniform(-np.pi, np.pi, count)
    # As in the generator: the transpose of three rows, which NumPy saves in Fortran's order.
    axis = np.array([np.sin(zenith) * np.cos(phi), np.sin(zenith) * np.sin(phi), np.cos(zenith)]).T
    core = np.c_[rng.uniform(-500, 500, (count, 2)), np.full(count, HEIGHT)]
    offset = detector[None] - core[:, None]
    along = np.einsum("esi,ei->es", offset, axis)
    distance = np.linalg.norm(offset - along[..., None] * axis[:, None], axis=-1)
    time = -along / C + rng.normal(0, 100e-9, along.shape)
    traces = rng.poisson(500 * np.exp(-distance / 700)[..., None] / np.arange(1, 81)).astype(float)
    silent = distance > 2500
    time[silent], traces[silent] = NaN, NaN
    lg_energy = rng.uniform(18.5, 20, count)
    maximum = core + axis * 4000
    return {"axis": axis, "core": core, "time": time, "traces": traces, "lg_energy": lg_energy,
            "xmax": rng.normal(770, 50, count), "maximum": maximum, "zenith": zenith, "phi": phi,
            "mass": rng.choice([1, 4, 14, 56], count), "silent": silent}  # fmt: skip


def tutorial(path, count=300, **changes):
    """``airshowers_mnist.npz``: cartesian 14x14 at 750 m, energy in EeV."""
    truth = showers(count, stations(14, "cartesian", 750))
    members = {
        "time": truth["time"].reshape(-1, 14, 14),
        "signal": truth["traces"].sum(axis=-1).reshape(-1, 14, 14),
        "showeraxis": truth["axis"],
        "showercore": truth["core"],
        "energy": 10 ** (truth["lg_energy"] - 18),
    }
    members.update(changes)
    np.savez(path, **{name: values for name, values in members.items() if values is not None})
    return truth


def book(path, layout, count=200):
    """``airshowers.npz``: 9x9 at 1500 m, lgE."""
    truth = showers(count, stations(9, layout, 1500))
    np.savez_compressed(
        path,
        time=truth["time"].reshape(-1, 9, 9).astype("f4"),
        signal=truth["traces"].sum(axis=-1).reshape(-1, 9, 9).astype("f4"),
        showeraxis=truth["axis"],
        showercore=truth["core"],
        logE=truth["lg_energy"],
    )
    return truth


def pd4ml(path, train=140, test=60, **changes):
    """``4_airshower_100k_regression.npz``: members of two splits, -1 where silent."""
    detector = stations(9, "offset", 1500)
    truth = showers(train + test, detector)
    traces = np.where(np.isnan(truth["traces"]), -1, truth["traces"]).reshape(-1, 9, 9, 80)
    time = np.where(np.isnan(truth["time"]), -1, truth["time"]).reshape(-1, 9, 9, 1)
    members = {}
    for split, part in (("train", slice(train)), ("test", slice(train, None))):
        members[f"X_{split}_0"] = traces[part].astype("f4")
        members[f"X_{split}_1"] = time[part].astype("f4")
        members[f"X_{split}_2"] = detector
        members[f"y_{split}"] = truth["xmax"][part]
    np.savez_compressed(path, **{**members, **changes})
    return truth


def generator(path, count=150):
    """``showers-A<mass>-<i>.npz``, as the generator's example writes them."""
    detector = stations(9, "offset", 1500)
    truth = showers(count, detector)
    np.savez_compressed(
        path,
        detector=detector,
        logE=truth["lg_energy"],
        mass=14 * np.ones(count),
        Xmax=truth["xmax"],
        showercore=truth["core"],
        showeraxis=truth["axis"],
        showermax=truth["maximum"],
        time=truth["time"],
        signal=truth["traces"],
    )
    return truth
