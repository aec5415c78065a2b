/** The pipeline file: one typed, immutable configuration for all jobs. */
@NullMarked
package io.millrace.jobs.config;

import org.jspecify.annotations.NullMarked;
