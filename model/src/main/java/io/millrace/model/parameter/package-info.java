/**
 * Parameters: keys, rows, their optimizers, the row store port, and the write-back table over it.
 */
@NullMarked
package io.millrace.model.parameter;

import org.jspecify.annotations.NullMarked;
