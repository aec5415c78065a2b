/**
 * Events to bytes and back: one {@link io.millrace.schemas.codec.EventCodec} for each record type,
 * as Avro or as JSON. Whatever bytes arrive, the answer is a record or an {@link
 * io.millrace.schemas.codec.UndecodableException} that says why there is none.
 */
@NullMarked
package io.millrace.schemas.codec;

import org.jspecify.annotations.NullMarked;
