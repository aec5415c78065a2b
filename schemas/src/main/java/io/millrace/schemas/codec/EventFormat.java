package io.millrace.schemas.codec;

/** How an event is laid out in bytes. */
public enum EventFormat {
    /** Avro's single-object encoding: C3 01, the writer schema's fingerprint, the binary body. */
    AVRO,
    /** One UTF-8 JSON object with the record's fields by name. */
    JSON
}
