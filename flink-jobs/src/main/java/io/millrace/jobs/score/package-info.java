/** Scoring requests with the newest model version. */
@NullMarked
package io.millrace.jobs.score;

import org.jspecify.annotations.NullMarked;
