/** Delays as they are measured: how long answers take, and how long events take to be served. */
@NullMarked
package io.millrace.jobs.cli.measure;

import org.jspecify.annotations.NullMarked;
