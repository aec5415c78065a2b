/** Criteo's display advertising data as impressions and clicks. */
@NullMarked
package io.millrace.jobs.criteo;

import org.jspecify.annotations.NullMarked;
