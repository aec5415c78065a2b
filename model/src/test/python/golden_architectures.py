"""Golden numbers for every architecture, by an implementation that shares nothing with the one in Java.

Reads the cases in ../resources/architectures and writes ../resources/golden/architectures, a file a case:
weights and inputs by a seed, and what plain PyTorch in double precision makes of them: the logits, the loss and
the gradients of all that is learned. Run it after a case has been added or changed, and commit what it wrote:

    python3 -m venv venv && venv/bin/pip install numpy pyyaml torch
    venv/bin/python model/src/test/python/golden_architectures.py

Each function below is written from its paper; the numbers of equations are the papers'. Shapes: B examples,
F sparse features, D dimension of an embedding, N numbers. A matrix is [in, out], so that a linear map is x W + b.
"""

import json
import math
import zlib
from pathlib import Path

import numpy
import torch
import yaml

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
CASES = RESOURCES / "architectures"
GOLDEN = RESOURCES / "golden" / "architectures"

EXAMPLES = 4
DIGITS = 3
SMALLEST_GRADIENT = 1e-4
ROUNDING = 2e-6
SEEDS = 50

# What a case cannot learn: a part that all items' vectors have adds the same to all scores of a softmax.
IDLE = {"two-tower-softmax": ["item.vector.bias"]}


class Input:
    """What a network is fed: for each sparse feature its embedding [B, D] and perhaps a linear weight [B]."""

    def __init__(self, features, architecture):
        self.options = architecture
        self.sparse = [name for name, f in features.items() if f["type"] in SPARSE]
        self.dense = {name: WIDTHS[f["type"]] for name, f in features.items() if f["type"] in WIDTHS}
        self.crosses = {name for name, f in features.items() if f["type"] == "cross"}
        self.dimensions = {name: features[name]["dimension"] for name in self.sparse}
        self.embedded, self.weighted = uses(self, architecture)

    def draw(self, draw):
        self.embeddings = {n: draw("embeddings", EXAMPLES, self.dimensions[n]) for n in self.embedded}
        self.weights = {n: draw("weights", EXAMPLES) for n in self.weighted}
        self.numbers = {n: draw("numbers", EXAMPLES, width) for n, width in self.dense.items()}
        self.parameters = Parameters(draw)

    def numeric(self):
        """[B, N]."""
        return torch.cat([*self.numbers.values()], 1) if self.numbers else torch.zeros(EXAMPLES, 0)

    def side_by_side(self):
        """x0: all embeddings, then all numbers, [B, width]."""
        return torch.cat([*self.embeddings.values(), *self.numbers.values()], 1)

    def vectors(self):
        """All features as vectors of one dimension, [B, F + N, D]; a number is its own vector times x."""
        vectors = [e for e in self.embeddings.values()]
        if self.numbers:
            x = self.numeric()
            v = self.parameters("numeric.vectors", x.shape[1], vectors[0].shape[1])
            vectors += [x[:, n, None] * v[n] for n in range(x.shape[1])]
        return torch.stack(vectors, 1)

    def without(self, feature):
        """The same for a network that does not see a sparse feature."""
        other = object.__new__(Input)
        other.__dict__.update(self.__dict__)
        other.embeddings = {n: e for n, e in self.embeddings.items() if n != feature}
        other.weights = {n: w for n, w in self.weights.items() if n != feature}
        return other


class Parameters:
    """Tensors by name, drawn when they are first asked for."""

    def __init__(self, draw):
        self.draw = draw
        self.tensors = {}

    def __call__(self, name, *shape):
        if name not in self.tensors:
            self.tensors[name] = self.draw(name, *shape)
        assert tuple(self.tensors[name].shape) == shape, name
        return self.tensors[name]


SPARSE = {"categorical", "categorical-list", "bucket", "cross"}
WIDTHS = {"numeric": 1, "cyclic": 2}


# What each architecture learns of a sparse feature: names of those with an embedding, and with a linear weight.


def everything_embedded(x):
    return x.sparse, []


def linear_only(x):
    return [], x.sparse


def both(x):
    return x.sparse, x.sparse


def wide_and_deep_fields(x):
    wide = x.options.get("wide") or x.sparse
    deep = x.options.get("deep") or [name for name in x.sparse if name not in x.crosses]
    return [n for n in x.sparse if n in deep], [n for n in x.sparse if n in wide]


def uses(x, options):
    if options["type"] != "position-bias":
        return USES.get(options["type"], everything_embedded)(x)
    position = options.get("feature", "position")
    embedded, weighted = uses(x, options.get("network", {"type": "dcn-v2"}))
    keep = [n for n in x.sparse if n == position or n in embedded]
    return keep, [n for n in weighted if n != position]


USES = {
    "logistic-regression": linear_only,
    "fm": both,
    "deepfm": both,
    "wide-deep": wide_and_deep_fields,
}


# Parts.


def linear(p, name, x, width):
    return x @ p(name + ".weight", x.shape[-1], width) + p(name + ".bias", width)


def mlp(p, name, x, widths):
    for layer, width in enumerate(widths):
        x = torch.relu(linear(p, f"{name}.{layer}", x, width))
    return x


def output(p, x, name="output"):
    return linear(p, name, x, 1)[:, 0]


def layer_norm(p, name, x, epsilon=1e-5):
    """Ba et al. 2016, eq. 4, over the last axis."""
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    width = x.shape[-1]
    return (x - mean) / torch.sqrt(variance + epsilon) * p(name + ".gain", width) + p(name + ".bias", width)


def linear_term(x):
    """w0 + sum of w_i x_i, where x_i is 1 for a sparse feature."""
    logit = x.parameters("linear.bias", 1).expand(EXAMPLES)
    for weight in x.weights.values():
        logit = logit + weight
    if x.numbers:
        logit = logit + x.numeric() @ x.parameters("linear.numeric", x.numeric().shape[1])
    return logit


def pairs(vectors, with_self=False):
    """Dot products of vectors i and j, j below i (or i itself), [B, pairs], ordered by i, then j."""
    count = vectors.shape[1]
    products = [
        (vectors[:, i] * vectors[:, j]).sum(1) for i in range(count) for j in range(i + 1 if with_self else i)
    ]
    return torch.stack(products, 1)


# The linear family.


def logistic_regression(x, o):
    return linear_term(x)


def pairwise(vectors):
    """Rendle 2010, the last sum of eq. 1, pair by pair."""
    return pairs(vectors).sum(1)


def factorization_machine(x, o):
    """Rendle 2010, eq. 1."""
    return linear_term(x) + pairwise(x.vectors())


def wide_and_deep(x, o):
    """Cheng et al. 2016, eq. 3 without the sigmoid; the bias is the wide part's."""
    p = x.parameters
    a = mlp(p, "deep", x.side_by_side(), o.get("hidden", [64, 32]))
    return linear_term(x) + (a @ p("output.weight", a.shape[1], 1))[:, 0]


def deep_fm(x, o):
    """Guo et al. 2017, eq. 1 to 4; the bias is the machine's."""
    p = x.parameters
    vectors = x.vectors()
    a = mlp(p, "deep", vectors.reshape(EXAMPLES, -1), o.get("hidden", [64, 32]))
    return linear_term(x) + pairwise(vectors) + (a @ p("output.weight", a.shape[1], 1))[:, 0]


def neural_matrix_factorization(x, o):
    """He et al. 2017, eq. 12: user and item have embeddings of their own in GMF (first columns) and MLP (others)."""
    p = x.parameters
    user, item = o.get("user", "user"), o.get("item", "item")
    of_user, of_item = x.embeddings[user], x.embeddings[item]
    factors = o.get("factors")
    if factors is None:
        factors = min(of_user.shape[1], of_item.shape[1]) // 2
    gmf = of_user[:, :factors] * of_item[:, :factors]
    rest = [e[:, factors:] if name in (user, item) else e for name, e in x.embeddings.items()]
    deep = mlp(p, "mlp", torch.cat([*rest, x.numeric()], 1), o.get("hidden", [64, 32]))
    return output(p, torch.cat([gmf, deep], 1))


# The cross family.


def crossed(x, o, layers, structure, cross):
    p = x.parameters
    x0 = x.side_by_side()
    xl = x0
    for layer in range(layers):
        xl = cross(p, f"cross.{layer}", x0, xl)
    hidden = o.get("hidden", [64, 32])
    if o.get("structure", structure) == "stacked":
        return output(p, mlp(p, "deep", xl, hidden))
    return output(p, torch.cat([xl, mlp(p, "deep", x0, hidden)], 1) if hidden else xl)


def dcn(x, o):
    """Wang et al. 2017, eq. 3: x0 xl^T w + b + xl."""

    def cross(p, name, x0, xl):
        w = p(name + ".weight", x0.shape[1], 1)[:, 0]
        outer = x0[:, :, None] * xl[:, None, :]
        return outer @ w + p(name + ".bias", x0.shape[1]) + xl

    return crossed(x, o, o.get("cross-layers", 2), "parallel", cross)


def dcn_v2(x, o):
    """Wang et al. 2021, eq. 1 to 5."""
    rank, experts = o.get("rank", 0), o.get("experts", 1)

    def full(p, name, x0, xl):
        return x0 * linear(p, name, xl, x0.shape[1]) + xl

    def low_rank(p, name, x0, xl):
        width = x0.shape[1]
        v, u = p(name + ".v", width, rank), p(name + ".u", rank, width)
        return x0 * (xl @ v @ u + p(name + ".bias", width)) + xl

    def mixture(p, name, x0, xl):
        width = x0.shape[1]
        v, c, u = (
            p(name + ".v", experts, width, rank),
            p(name + ".c", experts, rank, rank),
            p(name + ".u", experts, rank, width),
        )
        bias = p(name + ".bias", width)
        gates = xl @ p(name + ".gate", width, experts)
        gates = torch.softmax(gates, 1) if o.get("gate", "softmax") == "softmax" else torch.sigmoid(gates)
        total = xl
        for i in range(experts):
            inner = torch.tanh(torch.tanh(xl @ v[i]) @ c[i])
            total = total + gates[:, i, None] * (x0 * (inner @ u[i] + bias))
        return total

    return crossed(x, o, o.get("cross-layers", 2), "stacked", mixture if experts > 1 else low_rank if rank else full)


def gdcn(x, o):
    """Wang et al. 2023, eq. 3: x0 * (W x + b) * sigmoid(Wg x) + x."""

    def cross(p, name, x0, xl):
        width = x0.shape[1]
        return x0 * linear(p, name, xl, width) * torch.sigmoid(xl @ p(name + ".gate", width, width)) + xl

    return crossed(x, o, o.get("cross-layers", 3), "parallel", cross)


def final_net(x, o):
    """Zhu et al. 2023: blocks of factorized interaction layers; the mean of two blocks' logits."""
    p = x.parameters
    combine = o.get("combine", "concat")

    def block(name, h, widths):
        for layer, out in enumerate(widths):
            half = out // 2 if combine == "concat" else out
            both = linear(p, f"{name}.{layer}", h, 2 * half)
            h1, h2 = both[:, :half], both[:, half:]
            if o.get("activation", "none") == "relu":
                h2 = torch.relu(h2)
            h = torch.cat([h1, h1 * h2], 1) if combine == "concat" else h1 + h1 * h2
            if o.get("layer-norm", True):
                h = layer_norm(p, f"{name}.{layer}.norm", h)
        return output(p, h, name + ".output")

    plain = gated = x.side_by_side()
    if o.get("field-gate", True):
        vectors = x.vectors()
        count = vectors.shape[1]
        w, b = p("gate.weight", count, count), p("gate.bias", count)
        gates = torch.einsum("bjd,ji->bid", vectors, w) + b[:, None]
        plain = vectors.reshape(EXAMPLES, -1)
        gated = torch.cat([plain, (vectors * gates).reshape(EXAMPLES, -1)], 1)
    first = block("first", gated, o.get("first-block", [64, 64, 64]))
    second_widths = o.get("second-block", [64, 64, 64])
    return (first + block("second", plain, second_widths)) / 2 if second_widths else first


# Attention and ensembles.


def self_attention(p, name, x, heads, dimension, residual, scale):
    """Song et al. 2019, eq. 5 to 7, and W_res e of eq. 8; head h has columns h D' to (h + 1) D' of each matrix."""
    width = heads * dimension
    query, key, value = (x @ p(f"{name}.{part}", x.shape[2], width) for part in ("query", "key", "value"))
    parts = []
    for head in range(heads):
        own = slice(head * dimension, (head + 1) * dimension)
        products = query[:, :, own] @ key[:, :, own].transpose(1, 2)
        if scale:
            products = products / math.sqrt(dimension)
        parts.append(torch.softmax(products, 2) @ value[:, :, own])
    seen = torch.cat(parts, 2)
    return seen + x @ p(name + ".residual", x.shape[2], width) if residual else seen


def auto_int(x, o):
    """Song et al. 2019, eq. 2 to 9; with hidden layers AutoInt+, section 5.5: the sum with a deep network's logit."""
    p = x.parameters
    embedded = x.vectors()
    e = embedded
    for layer in range(o.get("layers", 3)):
        name = f"attention.{layer}"
        attended = self_attention(
            p,
            name,
            e,
            o.get("heads", 2),
            o.get("attention-dimension", 32),
            o.get("residual", True),
            o.get("scale", False),
        )
        e = torch.relu(attended)
        if o.get("layer-norm", False):
            e = layer_norm(p, name + ".norm", e)
    parts = [e.reshape(EXAMPLES, -1)]
    if o.get("hidden"):
        parts.append(mlp(p, "deep", embedded.reshape(EXAMPLES, -1), o["hidden"]))
    return output(p, torch.cat(parts, 1))


def dhen(x, o):
    """Zhang et al. 2022, eq. 1 to 7."""
    p = x.parameters
    count = o.get("vectors", 8)
    heads = o.get("heads", 2)

    def weighted_sums(name, v, out):
        return torch.einsum("bmd,ml->bld", v, p(name + ".vectors", v.shape[1], out))

    def dot(name, v):
        return linear(p, name, pairs(v, with_self=True), count * v.shape[2]).reshape(EXAMPLES, count, -1)

    def attention(name, v):
        dimension = v.shape[2]
        per_head = -(-dimension // heads)
        seen = self_attention(p, name, v, heads, per_head, residual=False, scale=True)
        y = layer_norm(p, name + ".attention-norm", v + seen @ p(name + ".output", heads * per_head, dimension))
        inner = torch.relu(linear(p, name + ".network.0", y, 4 * dimension))
        y = layer_norm(p, name + ".network-norm", y + linear(p, name + ".network.output", inner, dimension))
        return weighted_sums(name, y, count)

    def convolution(name, v):
        kernel = p(name + ".kernel", 3, 3)
        padded = torch.nn.functional.pad(v, (1, 1, 1, 1))
        rows, columns = v.shape[1], v.shape[2]
        total = 0
        for i in range(3):
            for j in range(3):
                total = total + kernel[i, j] * padded[:, i : i + rows, j : j + columns]
        return weighted_sums(name, total, count)

    def cross(name, v):
        flat = v.reshape(EXAMPLES, -1)
        return weighted_sums(name, (flat * linear(p, name, flat, flat.shape[1])).reshape(v.shape), count)

    modules = {
        "dot": dot,
        "self-attention": attention,
        "convolution": convolution,
        "linear": lambda name, v: weighted_sums(name, v, count),
        "cross": cross,
    }
    v = x.vectors()
    for layer in range(o.get("layers", 2)):
        outcomes = [modules[m](f"layer.{layer}.{m}", v) for m in o.get("modules", ["dot", "linear"])]
        ensemble = sum(outcomes) if o.get("ensemble", "sum") == "sum" else torch.cat(outcomes, 1)
        same = ensemble.shape[1] == v.shape[1]
        shortcut = v if same else weighted_sums(f"layer.{layer}.shortcut", v, ensemble.shape[1])
        v = layer_norm(p, f"layer.{layer}.norm", ensemble + shortcut)
    return output(p, mlp(p, "deep", v.reshape(EXAMPLES, -1), o.get("hidden", [64, 32])))


def dlrm(x, o):
    """Naumov et al. 2019: bottom network, dot products of all pairs, top network."""
    p = x.parameters
    vectors = [*x.embeddings.values()]
    dimension = vectors[0].shape[1]
    parts = []
    if x.numbers:
        bottom = mlp(p, "bottom", x.numeric(), [*o.get("bottom", [64]), dimension])
        vectors = [bottom, *vectors]
        if o.get("bottom-to-top", True):
            parts.append(bottom)
    parts.append(pairs(torch.stack(vectors, 1), o.get("self-interaction", False)))
    return output(p, mlp(p, "top", torch.cat(parts, 1), o.get("top", [64, 32])))


# Towers.


def tower_vectors(x, o):
    p = x.parameters

    def tower(side):
        names = o.get(side, [side])
        inputs = [e for n, e in x.embeddings.items() if n in names]
        inputs += [e for n, e in x.numbers.items() if n in names]
        hidden = mlp(p, side, torch.cat(inputs, 1), o.get("hidden", [64]))
        return linear(p, side + ".vector", hidden, o.get("dimension", 32))

    return tower("user"), tower("item")


def two_tower_vectors(x, o):
    u, v = tower_vectors(x, o)
    if o.get("similarity", "dot") == "cosine":
        u, v = (t / torch.sqrt((t * t).sum(1, keepdim=True) + 1e-8) for t in (u, v))
    return u, v, o.get("temperature", 0.05 if o.get("similarity", "dot") == "cosine" else 1)


def two_tower(x, o):
    """Covington et al. 2016 and Yi et al. 2019, section 3: the similarity over the temperature."""
    u, v, temperature = two_tower_vectors(x, o)
    logits = (u * v).sum(1) / temperature
    return logits + x.parameters("bias", 1) if o.get("loss", "pointwise") == "pointwise" else logits


def batch_softmax(x, o, items, log_probabilities, rewards):
    """Yi et al. 2019, eq. 3 to 5, summed over the batch; in each row every item counts once, its own as itself."""
    u, v, temperature = two_tower_vectors(x, o)
    loss = 0
    for i in range(EXAMPLES):
        corrected = []
        for j in range(EXAMPLES):
            is_first = items.index(items[j]) == j
            if j == i or (items[j] != items[i] and is_first):
                corrected.append((u[i] * v[j]).sum() / temperature - log_probabilities[j])
        own = (u[i] * v[i]).sum() / temperature - log_probabilities[i]
        loss = loss - rewards[i] * (own - torch.logsumexp(torch.stack(corrected), 0))
    return loss


def split_network(x, o):
    """He et al. 2017, eq. 9 and 10: both vectors and their product to a joint network."""
    u, v = tower_vectors(x, o)
    p = x.parameters
    return output(p, mlp(p, "joint", torch.cat([u, v, u * v], 1), o.get("joint", [32])))


def position_bias(x, o):
    """Guo et al. 2019 (PAL), eq. 3 and 4; additive: Zhao et al. 2019, section 4.3."""
    p = x.parameters
    position = o.get("feature", "position")
    b = output(p, mlp(p, "position", x.embeddings[position], o.get("hidden", [])), "position.output")
    network = o.get("network", {"type": "dcn-v2"})
    a = NETWORKS[network["type"]](x.without(position), network)
    if o.get("combine", "multiplicative") == "additive":
        return a + b
    probability = torch.sigmoid(a) * torch.sigmoid(b)
    return torch.log(probability / (1 - probability))


NETWORKS = {
    "logistic-regression": logistic_regression,
    "fm": factorization_machine,
    "wide-deep": wide_and_deep,
    "deepfm": deep_fm,
    "neumf": neural_matrix_factorization,
    "dcn": dcn,
    "dcn-v2": dcn_v2,
    "gdcn": gdcn,
    "finalnet": final_net,
    "autoint": auto_int,
    "dhen": dhen,
    "dlrm": dlrm,
    "two-tower": two_tower,
    "split-network": split_network,
    "position-bias": position_bias,
}


def mean_loss(objective, logits, labels):
    if objective["type"] == "click":
        y = torch.sigmoid(logits)
        return -(labels * torch.log(y) + (1 - labels) * torch.log(1 - y)).mean()
    predicted = (objective["min"] + objective["max"]) / 2 + logits
    return ((predicted - labels) ** 2 / 2).mean()


def number(value, digits=8):
    return float(f"{value:.{digits}g}")


def numbers(tensor, digits=8):
    return [number(value, digits) for value in tensor.detach().reshape(-1).tolist()]


def drawn(tensor):
    """Few digits: they are read as the very float that was used here."""
    return numbers(tensor, DIGITS)


def attempt(case, seed, precision):
    """The golden file's content with numbers of this seed, and what has too small a gradient to prove anything."""
    torch.set_default_dtype(precision)
    generator = numpy.random.default_rng(seed)

    def draw(name, *shape):
        values = numpy.round(generator.uniform(-0.9, 0.9, shape), DIGITS).astype(numpy.float32)
        return torch.from_numpy(values).to(precision).requires_grad_(name != "numbers")

    options = case["architecture"]
    x = Input(case["features"], options)
    x.draw(draw)
    logits = NETWORKS[options["type"]](x, options)
    golden = {"numeric": drawn(x.numeric()), "logits": numbers(logits)}
    if options.get("loss") == "batch-softmax":
        items = [0, 1, 0, 2]
        log_probabilities = [-1.5, -2.25, -1.5, -3.0]
        rewards = [1.0, 2.0, 0.5, 0.0]
        loss = batch_softmax(x, options, items, log_probabilities, rewards)
        golden |= {"items": items, "log-probabilities": log_probabilities, "rewards": rewards}
    else:
        labels = [0.0, 1.0, 1.0, 0.0] if case["objective"]["type"] == "click" else [1.0, 4.0, 5.0, 2.5]
        loss = mean_loss(case["objective"], logits, torch.tensor(labels))
        golden["labels"] = labels
    golden["loss"] = number(loss.item())
    loss.backward()

    learned = {}
    for name, tensor in x.parameters.tensors.items():
        learned[name] = (list(tensor.shape), tensor, tensor.grad)
    for name, parts in (("embeddings", x.embeddings), ("weights", x.weights)):
        if parts:
            values = torch.cat([part.reshape(EXAMPLES, -1) for part in parts.values()], 1)
            gradients = torch.cat([part.grad.reshape(EXAMPLES, -1) for part in parts.values()], 1)
            learned[name] = (list(values.shape), values, gradients)
    golden["learned"] = {
        name: {"shape": shape, "values": drawn(values), "gradient": numbers(gradient)}
        for name, (shape, values, gradient) in learned.items()
    }
    return golden, [name for name, (_, _, g) in learned.items() if g.abs().max() < SMALLEST_GRADIENT]


def agree(golden, single, idle):
    """Whether these numbers are such that single precision is enough to compute what follows from them."""
    pairs = [(golden["logits"], single["logits"]), ([golden["loss"]], [single["loss"]])]
    for name, learned in golden["learned"].items():
        if name not in idle:
            pairs.append((learned["gradient"], single["learned"][name]["gradient"]))
    return all(
        max(abs(a - b) for a, b in zip(exact, rounded, strict=True)) < ROUNDING * max(map(abs, exact))
        for exact, rounded in pairs
    )


def text(golden):
    """A line for each thing, so that a change can be read."""
    lines = []
    for key, value in golden.items():
        if key == "learned":
            entries = [f'    "{name}": {compact(each)}' for name, each in value.items()]
            lines.append('  "learned": {\n' + ",\n".join(entries) + "\n  }")
        else:
            lines.append(f'  "{key}": {compact(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def main():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for old in GOLDEN.glob("*.json"):
        old.unlink()
    for path in sorted(CASES.glob("*.yaml")):
        case = yaml.safe_load(path.read_text())
        first = zlib.crc32(path.stem.encode())
        for seed in range(first, first + SEEDS):
            golden, idle = attempt(case, seed, torch.float64)
            if idle == IDLE.get(path.stem, []) and agree(golden, attempt(case, seed, torch.float32)[0], idle):
                break
        else:
            raise SystemExit(f"{path.stem}: no seed will do; nothing is learned by {idle}")
        (GOLDEN / (path.stem + ".json")).write_text(text(golden))
        print(path.stem)


if __name__ == "__main__":
    main()
