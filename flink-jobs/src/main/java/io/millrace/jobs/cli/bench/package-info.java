/** What {@code millrace bench} measures: the job, beside bare loops that do only the arithmetic. */
@NullMarked
package io.millrace.jobs.cli.bench;

import org.jspecify.annotations.NullMarked;
