package io.millrace.model.config;

/** Model parts of pipeline files for tests. */
final class ModelSpecs {

    static final String CLICKS =
            """
            model: clicks
            seed: 7
            objective: {type: click}
            features:
              user: {type: categorical, dimension: 16}
              item: {type: categorical, dimension: 16}
              genres: {type: categorical-list, dimension: 8, pooling: sum, max-length: 20}
              price:
                type: numeric
                log: true
                clip: [0, 10]
                standardize: {mean: 3.2, deviation: 1.1}
              age: {type: bucket, field: years, dimension: 4, boundaries: [18, 25, 35]}
              hour: {type: cyclic, field: timestamp, period: day}
            architecture: {type: dcn-v2, structure: parallel, cross-layers: 2, hidden: [64, 32]}
            optimizers:
              embedding: {type: adagrad, learning-rate: 0.05}
              dense: {type: adam, learning-rate: 0.001}
            """;

    private ModelSpecs() {}
}
