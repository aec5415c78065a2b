/** Mergeable prequential metrics. */
@NullMarked
package io.millrace.model.metric;

import org.jspecify.annotations.NullMarked;
