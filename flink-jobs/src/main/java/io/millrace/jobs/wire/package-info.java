/** How values travel between operators and rest in their state. */
@NullMarked
package io.millrace.jobs.wire;

import org.jspecify.annotations.NullMarked;
