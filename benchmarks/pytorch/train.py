#!/usr/bin/env python3
"""The training of `millrace bench train`, in plain PyTorch: one loop, all rows in memory.

The same model, micro-batch, skew and optimizer as the other modes; the batches are made before the
clock starts. Prints one line of JSON: {"rate": examples/s, "cpu_seconds_per_million": ...}.
"""

import argparse
import json
import resource
import time

import torch
from torch import nn

CATEGORICAL, NUMERIC, DIMENSION = 26, 13, 16
HIDDEN = [256, 128]
BATCHES_AT_ONCE = 64


def mlp(width, widths, last):
    layers = []
    for out in widths:
        layers += [nn.Linear(width, out), nn.ReLU()]
        width = out
    return nn.Sequential(*layers, *([nn.Linear(width, 1)] if last else []))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.top = mlp(CATEGORICAL * DIMENSION + NUMERIC, HIDDEN, last=True)

    def forward(self, embedded, numeric):
        return self.top(torch.cat([embedded.flatten(1), numeric], 1))


class DcnV2(nn.Module):
    """Three full-rank cross layers below the deep network (Wang et al. 2021, section 3)."""

    def __init__(self):
        super().__init__()
        width = CATEGORICAL * DIMENSION + NUMERIC
        self.cross = nn.ModuleList(nn.Linear(width, width) for _ in range(3))
        self.top = mlp(width, HIDDEN, last=True)

    def forward(self, embedded, numeric):
        x0 = torch.cat([embedded.flatten(1), numeric], 1)
        x = x0
        for layer in self.cross:
            x = x0 * layer(x) + x
        return self.top(x)


class Dlrm(nn.Module):
    """Bottom network, dot products of all pairs, top network (Naumov et al. 2019)."""

    def __init__(self):
        super().__init__()
        self.bottom = mlp(NUMERIC, HIDDEN + [DIMENSION], last=False)
        vectors = CATEGORICAL + 1
        self.register_buffer("pairs", torch.tril_indices(vectors, vectors, -1))
        self.top = mlp(DIMENSION + self.pairs.shape[1], HIDDEN, last=True)

    def forward(self, embedded, numeric):
        dense = self.bottom(numeric)
        vectors = torch.cat([embedded, dense.unsqueeze(1)], 1)
        products = torch.bmm(vectors, vectors.transpose(1, 2))
        return self.top(torch.cat([dense, products[:, self.pairs[0], self.pairs[1]]], 1))


MODELS = {"mlp": Mlp, "dcn-v2": DcnV2, "dlrm": Dlrm}


class Training:
    def __init__(self, arguments):
        torch.manual_seed(arguments.seed)
        self.batch = arguments.batch
        self.values = -(-arguments.values // CATEGORICAL)
        ranks = torch.arange(1, self.values + 1, dtype=torch.float64)
        self.cumulative = torch.cumsum(ranks.pow(-arguments.skew), 0)
        self.offsets = torch.arange(CATEGORICAL) * self.values
        self.rows = nn.EmbeddingBag(
            self.values * CATEGORICAL, DIMENSION, mode="sum", sparse=True
        )
        self.model = MODELS[arguments.model]()
        # Adagrad is PyTorch's own way to update only the rows that a batch has touched.
        self.optimizers = [
            torch.optim.Adagrad(parameters, lr=0.01, initial_accumulator_value=0.1)
            for parameters in (self.rows.parameters(), self.model.parameters())
        ]
        self.loss = nn.MSELoss()

    def batches(self):
        made = []
        for _ in range(BATCHES_AT_ONCE):
            draws = torch.rand(self.batch, CATEGORICAL, dtype=torch.float64)
            values = torch.searchsorted(self.cumulative, draws * self.cumulative[-1])
            keys = values.clamp_(max=self.values - 1) + self.offsets
            labels = (torch.rand(self.batch) < 0.25).float()
            made.append((keys.reshape(-1, 1), torch.rand(self.batch, NUMERIC), labels))
        return made

    def learn(self, keys, numeric, labels):
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        embedded = self.rows(keys).reshape(self.batch, CATEGORICAL, DIMENSION)
        loss = self.loss(self.model(embedded, numeric).squeeze(1), labels)
        loss.backward()
        for optimizer in self.optimizers:
            optimizer.step()

    def run(self, seconds):
        wall = cpu = 0.0
        examples = 0
        while wall < seconds:
            made = self.batches()
            wall_before, cpu_before = time.perf_counter(), cpu_seconds()
            for batch in made:
                self.learn(*batch)
            wall += time.perf_counter() - wall_before
            cpu += cpu_seconds() - cpu_before
            examples += BATCHES_AT_ONCE * self.batch
        return examples / wall, cpu / examples * 1e6


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=MODELS, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--values", type=int, default=1_000_000)
    parser.add_argument("--skew", type=float, default=1.05)
    parser.add_argument("--warm-up", type=float, default=10)
    parser.add_argument("--window", type=float, default=20)
    parser.add_argument("--seed", type=int, default=42)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    training = Training(arguments)
    training.run(arguments.warm_up)
    rate, cpu = training.run(arguments.window)
    print(json.dumps({"rate": rate, "cpu_seconds_per_million": cpu, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
