/**
 * Architectures: from embeddings and numbers to one logit an example. Shapes: B examples, F sparse
 * features, D embedding dimension, N numeric inputs.
 */
@NullMarked
package io.millrace.model.architecture;

import org.jspecify.annotations.NullMarked;
