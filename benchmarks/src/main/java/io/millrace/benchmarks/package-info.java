/**
 * JMH micro-benchmarks of what an example meets on its way through the model, one class a part.
 *
 * <p>How to run them is said in the module's README.md.
 */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
