/**
 * What a trained model has learned: numbers to look at, none of which training or scoring needs.
 */
@NullMarked
package io.millrace.model.explain;

import org.jspecify.annotations.NullMarked;
