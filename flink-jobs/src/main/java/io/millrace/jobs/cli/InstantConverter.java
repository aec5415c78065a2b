package io.millrace.jobs.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads moments in ISO 8601; a date is its begin in UTC. */
final class InstantConverter implements ITypeConverter<Instant> {

    private static final int DATE_LENGTH = 10;

    @Override
    public Instant convert(String text) {
        try {
            return text.length() <= DATE_LENGTH
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new TypeConversionException(
                    "expected a date such as 2014-10-21, or a moment such as 2014-10-21T06:30:00Z,"
                            + " found \""
                            + text
                            + "\"");
        }
    }
}
