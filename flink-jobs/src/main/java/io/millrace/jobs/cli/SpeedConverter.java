package io.millrace.jobs.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how much faster than real time something is to go. */
final class SpeedConverter implements ITypeConverter<Double> {

    private static final Pattern FORM = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?x");

    @Override
    public Double convert(String text) {
        if (FORM.matcher(text).matches()) {
            double speed = Double.parseDouble(text.substring(0, text.length() - 1));
            if (speed > 0) {
                return speed;
            }
        }
        throw new TypeConversionException(
                "expected a factor above 0 such as 10x or 0.5x, found \"" + text + "\"");
    }
}
