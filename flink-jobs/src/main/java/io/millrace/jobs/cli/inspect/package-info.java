/** What lies on topics, for people and programs, and dead letters on their way back. */
@NullMarked
package io.millrace.jobs.cli.inspect;

import org.jspecify.annotations.NullMarked;
