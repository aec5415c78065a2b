/** One micro-batch: forward, predict, backward. */
@NullMarked
package io.millrace.model.learn;

import org.jspecify.annotations.NullMarked;
