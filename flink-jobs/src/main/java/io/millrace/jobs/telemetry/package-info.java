/** What the jobs tell an operator of themselves: names of metrics, and the context of log lines. */
@NullMarked
package io.millrace.jobs.telemetry;

import org.jspecify.annotations.NullMarked;
