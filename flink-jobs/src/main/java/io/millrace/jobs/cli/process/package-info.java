/** What a command asks of its own process: files, an end by Ctrl-C, memory, the terminal. */
@NullMarked
package io.millrace.jobs.cli.process;

import org.jspecify.annotations.NullMarked;
