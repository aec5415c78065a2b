/**
 * Training offline: epochs over examples that are all there, on the model and the optimizers that
 * streams are learned with.
 */
@NullMarked
package io.millrace.model.fit;

import org.jspecify.annotations.NullMarked;
