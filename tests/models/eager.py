"""Networks asked and trained step by step: making a graph of a small one takes far longer."""


def said(network, arrays):
    """Prediction for arrays, as NumPy has it."""
    import keras

    return keras.ops.convert_to_numpy(network(arrays, training=False))


def ready_to_train(network, rate=1e-3):
    """Compile with a squared loss."""
    import keras

    network.compile(keras.optimizers.Adam(rate), loss="mse", run_eagerly=True)
    return network
