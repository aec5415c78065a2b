package io.millrace.model.architecture;

import io.millrace.model.architecture.ArchitectureCase.Xor;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Every architecture, with each value of an option that changes its computation in some case.
 *
 * <p>Most have one of two sets of features: {@code MIXED}, embeddings of 4, 3 and 2, or {@code
 * EQUAL}, three embeddings of 4; with two numbers or without. A linear layer from n to m has n m +
 * m weights, so x0 of MIXED is 11 wide with numbers and 9 without; EQUAL makes 5 vectors of 4 with
 * numbers and 3 without.
 */
final class ArchitectureCases {

    private static final List<Integer> MIXED = List.of(4, 3, 2);
    private static final List<Integer> EQUAL = List.of(4, 4, 4);

    /** What a linear term adds: the bias, and a weight for each of two numbers. */
    private static final int LINEAR = 1 + 2;

    /** Each of two numbers has a vector of 4. */
    private static final int NUMBER_VECTORS = 2 * 4;

    private static final List<ArchitectureCase> ALL =
            List.of(
                    unable("logistic-regression", LINEAR, List.of(1, 1, 1)),
                    unable("logistic-regression-without-numbers", 1, List.of(1, 1, 1)),
                    able("logistic-regression-crossed", 1, List.of(1, 1, 1, 1)),
                    able("fm", LINEAR + NUMBER_VECTORS, List.of(5, 5, 5)),
                    able("fm-without-numbers", 1, List.of(5, 5, 5)),
                    // The cross has no embedding, the output no bias of its own.
                    able("wide-deep", LINEAR + 11 * 12 + 12 + 12, List.of(5, 4, 3, 1)),
                    able("wide-deep-named", 1 + 4 + 2, List.of(4, 1, 2, 1)),
                    able(
                            "deepfm",
                            LINEAR + NUMBER_VECTORS + 5 * 4 * 6 + 6 + 6 * 5 + 5 + 5,
                            List.of(5, 5, 5)),
                    able("deepfm-without-numbers", 1 + 3 * 4 * 8 + 8 + 8, List.of(5, 5, 5)),
                    // One factor, half of the smaller embedding; of the 11 the MLP gets the rest.
                    able("neumf", 9 * 6 + 6 + 6 * 5 + 5 + (1 + 5) + 1, MIXED),
                    able("neumf-gmf", 4 + 1, List.of(4, 4)),
                    able("neumf-mlp", 9 * 12 + 12 + 12 + 1, MIXED),
                    // Two factors, and of 2 + 4 + 3 + 1 what is not theirs.
                    able("neumf-item-first", 2 + (10 - 2 * 2) + 1, List.of(2, 4, 3)),
                    // Two vectors a cross layer; the output sees 11 crossed and 12 deep.
                    able("dcn", 2 * (11 + 11) + 11 * 12 + 12 + (11 + 12) + 1, MIXED),
                    able("dcn-stacked", 9 + 9 + 9 * 6 + 6 + 6 + 1, MIXED),
                    able("dcn-cross-only", 2 * (9 + 9) + 9 + 1, MIXED),
                    able("dcn-v2-stacked", 2 * (11 * 11 + 11) + 11 * 6 + 6 + 6 * 5 + 5 + 6, MIXED),
                    able("dcn-v2-parallel", 11 * 11 + 11 + 11 * 12 + 12 + (11 + 12) + 1, MIXED),
                    // A cross layer is 9 to 2 without and 2 to 9 with a bias.
                    able("dcn-v2-low-rank", 2 * (9 * 2 + 2 * 9 + 9) + 9 * 6 + 6 + 7, MIXED),
                    able("dcn-v2-cross-only", 2 * (9 * 9 + 9) + 9 + 1, MIXED),
                    able("dcn-v2-deep-only", 11 * 8 + 8 + 8 * 6 + 6 + 7, MIXED),
                    // Two experts of V, C and U; bias and gate are the layer's.
                    able(
                            "dcn-v2-experts",
                            2 * (2 * (9 * 2 + 2 * 2 + 2 * 9) + 9 + 9 * 2) + 9 * 6 + 6 + 7,
                            MIXED),
                    able("dcn-v2-experts-sigmoid", 3 * (9 + 1 + 9) + 9 + 9 * 3 + 9 + 1, MIXED),
                    // Twice DCN-V2's matrix, one bias.
                    able("gdcn", 2 * 9 * 9 + 9 + 9 * 12 + 12 + (9 + 12) + 1, MIXED),
                    able("gdcn-stacked", 2 * (2 * 6 * 6 + 6) + 6 * 5 + 5 + 6, List.of(3, 2)),
                    // A gate of 5 to 5; blocks of 40 to 4 to 4 and 20 to 4, each layer normalized.
                    able(
                            "finalnet",
                            NUMBER_VECTORS
                                    + (5 * 5 + 5)
                                    + (40 * 4 + 4 + 8 + 4 * 4 + 4 + 8 + 5)
                                    + (20 * 4 + 4 + 8 + 5),
                            EQUAL),
                    able("finalnet-one-block", (3 * 3 + 3) + (24 * 8 + 8 + 2 * 8) + 9, EQUAL),
                    // A layer makes two vectors of its width.
                    able("finalnet-sum", (11 * 10 + 10 + 6) + (11 * 6 + 6 + 3 * 6 + 6 + 4), MIXED),
                    // Query, key, value and residual of 4 to 2 x 3, then of 6 to 6.
                    able("autoint", NUMBER_VECTORS + 4 * (4 * 6) + 4 * (6 * 6) + 5 * 6 + 1, EQUAL),
                    able(
                            "autoint-plus",
                            3 * (4 * 4) + 2 * 4 + (12 * 12 + 12) + (3 * 4 + 12) + 1,
                            EQUAL),
                    // Layers of 5 to 3 and 3 to 3 vectors: 15 and 6 pairs, a shortcut where needed.
                    able(
                            "dhen",
                            NUMBER_VECTORS
                                    + (15 * 12 + 12 + 5 * 3 + 5 * 3 + 8)
                                    + (6 * 12 + 12 + 3 * 3 + 8)
                                    + (12 * 6 + 6 + 7),
                            EQUAL),
                    // An encoder with three heads of 2, a kernel, a cross; 3 to 3 x 2 vectors.
                    able(
                            "dhen-concat",
                            (3 * 4 * 6 + 6 * 4 + 8 + 4 * 16 + 16 + 16 * 4 + 4 + 8 + 3 * 2)
                                    + (9 + 3 * 2)
                                    + (12 * 12 + 12 + 3 * 2)
                                    + (3 * 6 + 8)
                                    + (24 + 1),
                            EQUAL),
                    able(
                            "dhen-same-count",
                            2
                                            * ((9 + 3 * 3)
                                                    + (3 * 4 * 4 + 4 * 4 + 8)
                                                    + (4 * 16 + 16 + 16 * 4 + 4 + 8 + 3 * 3)
                                                    + 8)
                                    + 13,
                            EQUAL),
                    // Bottom 2 to 5 to 4; of 4 vectors 6 pairs, and the bottom's 4, to the top.
                    able("dlrm", 2 * 5 + 5 + 5 * 4 + 4 + 10 * 6 + 6 + 6 * 5 + 5 + 6, EQUAL),
                    // Bottom 2 to 4; of 4 vectors 6 pairs and 4 squares to the top.
                    able("dlrm-self-interaction", 2 * 4 + 4 + 10 * 12 + 12 + 13, EQUAL),
                    able("dlrm-without-numbers", 3 + 1, EQUAL),
                    // Towers of 4 + 1 and 3 + 2 + 1, to 6, to 3; and a bias.
                    able("two-tower", (5 * 6 + 6) + (6 * 6 + 6) + 2 * (6 * 3 + 3) + 1, MIXED),
                    able("two-tower-cosine", (4 * 3 + 3) + (5 * 3 + 3) + 1, MIXED),
                    // What all items' vectors have in common adds the same to all scores.
                    ranking(
                            "two-tower-softmax",
                            (4 * 6 + 6) + (5 * 6 + 6) + 2 * (6 * 3 + 3),
                            MIXED,
                            "item.vector.bias"),
                    ranking("two-tower-cosine-softmax", (5 * 3 + 3) + (6 * 3 + 3), MIXED),
                    // The joint network gets u, v and u * v.
                    able(
                            "split-network",
                            (5 * 6 + 6) + (6 * 6 + 6) + 2 * (6 * 3 + 3) + (9 * 5 + 5) + 6,
                            MIXED),
                    able("split-network-shallow", (6 * 3 + 3) + (3 * 3 + 3) + 9 + 1, MIXED),
                    // Beside DCN-V2 of the 8 other inputs a weight for each place, and a bias.
                    able(
                            "position-bias",
                            (2 + 1) + (8 * 8 + 8) + (8 * 5 + 5) + 6,
                            List.of(4, 3, 2)),
                    able("position-bias-additive", (3 * 4 + 4 + 5) + 1, List.of(5, 3, 5)));

    private ArchitectureCases() {}

    static Stream<ArchitectureCase> all() {
        return ALL.stream();
    }

    private static ArchitectureCase able(String name, int dense, List<Integer> rows) {
        return new ArchitectureCase(name, dense, rows, Xor.LEARNED, Set.of());
    }

    private static ArchitectureCase unable(String name, int dense, List<Integer> rows) {
        return new ArchitectureCase(name, dense, rows, Xor.OUT_OF_REACH, Set.of());
    }

    private static ArchitectureCase ranking(
            String name, int dense, List<Integer> rows, String... idle) {
        return new ArchitectureCase(name, dense, rows, Xor.RANKED, Set.of(idle));
    }
}
