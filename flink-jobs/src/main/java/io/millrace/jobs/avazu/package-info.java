/** Avazu's click log as impressions and clicks. */
@NullMarked
package io.millrace.jobs.avazu;

import org.jspecify.annotations.NullMarked;
