/**
 * The jobs of Millrace, one class each, wired in one readable method; their parts are in the
 * packages below.
 */
@NullMarked
package io.millrace.jobs;

import org.jspecify.annotations.NullMarked;
