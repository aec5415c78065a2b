/** The way of a job onto a Flink cluster that is already there. */
@NullMarked
package io.millrace.jobs.cli.cluster;

import org.jspecify.annotations.NullMarked;
