/** Pictures of what a model has learned: a page, an image, and their words. */
@NullMarked
package io.millrace.jobs.cli.explain;

import org.jspecify.annotations.NullMarked;
