/** The command line: one class a command, and the options that all of them take. */
@NullMarked
package io.millrace.jobs.cli;

import org.jspecify.annotations.NullMarked;
