/** The demo: a simulated world, the whole system in this process, and the view of both. */
@NullMarked
package io.millrace.jobs.cli.demo;

import org.jspecify.annotations.NullMarked;
