/**
 * What the operators of training make of a file of events, as lines to read: every example with its
 * label, weight and features, and everything that made none.
 */
@NullMarked
package io.millrace.jobs.listing;

import org.jspecify.annotations.NullMarked;
