package io.millrace.jobs.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The most physical memory that this process has held, where the system tells. */
public final class PeakMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LINE = "VmHWM:";
    private static final int KIBIBYTES_PER_MEBIBYTE = 1024;

    private PeakMemory() {}

    /** In mebibytes; empty on systems other than Linux. */
    public static OptionalLong mebibytes() {
        try {
            return Files.exists(STATUS)
                    ? mebibytes(Files.readAllLines(STATUS))
                    : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong mebibytes(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(LINE))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .map(kibibytes -> kibibytes / KIBIBYTES_PER_MEBIBYTE)
                .findFirst();
    }
}
