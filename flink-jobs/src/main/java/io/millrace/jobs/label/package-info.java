/** From impressions and clicks to labelled examples. */
@NullMarked
package io.millrace.jobs.label;

import org.jspecify.annotations.NullMarked;
