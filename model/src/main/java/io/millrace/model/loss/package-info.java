/** Objectives: how a logit becomes a prediction and a loss. */
@NullMarked
package io.millrace.model.loss;

import org.jspecify.annotations.NullMarked;
