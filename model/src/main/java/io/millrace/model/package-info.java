/**
 * What a model is, apart from Flink and Kafka.
 *
 * <p>Shapes in all Javadoc below: B examples in a micro-batch, F sparse features, D embedding
 * dimension, N numeric inputs, U distinct parameter keys.
 */
@NullMarked
package io.millrace.model;

import org.jspecify.annotations.NullMarked;
