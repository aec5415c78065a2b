/** From events to the values of stream features, as of before each example. */
@NullMarked
package io.millrace.jobs.feature;

import org.jspecify.annotations.NullMarked;
