/** The parameter server inside the job: trainer, parameter shard and reply receiver. */
@NullMarked
package io.millrace.jobs.train;

import org.jspecify.annotations.NullMarked;
