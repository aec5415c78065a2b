/**
 * How good recorded predictions were: metrics by time and slice, how sure they are, and who won.
 */
@NullMarked
package io.millrace.model.evaluate;

import org.jspecify.annotations.NullMarked;
