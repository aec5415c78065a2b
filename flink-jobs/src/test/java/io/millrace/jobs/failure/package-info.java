/** The jobs on a cluster of separate processes, which are killed, paused and starved. */
@NullMarked
package io.millrace.jobs.failure;

import org.jspecify.annotations.NullMarked;
