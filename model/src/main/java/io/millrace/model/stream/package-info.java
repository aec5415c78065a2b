/** Stream features: what is known of a key from the events before. */
@NullMarked
package io.millrace.model.stream;

import org.jspecify.annotations.NullMarked;
