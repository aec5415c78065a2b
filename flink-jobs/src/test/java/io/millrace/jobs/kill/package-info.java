/** Kills of a running training job, at places of its protocol, in an order from a seed. */
@NullMarked
package io.millrace.jobs.kill;

import org.jspecify.annotations.NullMarked;
