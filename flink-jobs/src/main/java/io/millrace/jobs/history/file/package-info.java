/**
 * Recorded events in files: rows are checked once, put in order where they are not, and read as
 * often as wanted. Data sets say how their rows are to be understood ({@code RowFormat}).
 */
@NullMarked
package io.millrace.jobs.history.file;

import org.jspecify.annotations.NullMarked;
