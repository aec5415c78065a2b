package io.millrace.deploy.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The versions in a stack's volume, as a container of it sees them. */
final class Versions {

    /** What a manifest says. */
    record Published(long version, long examples, long impressions) {}

    private static final String FOLDER = "/var/lib/millrace/versions/clicks";

    private final ComposeStack stack;
    private final String service;

    Versions(ComposeStack stack, String service) {
        this.stack = stack;
        this.service = service;
    }

    /** The newest version's number, 0 before the first. */
    long newest() {
        return numbers().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Numbers of the versions that have a manifest, ascending. */
    List<Long> numbers() {
        // Not ls, which fails when retention takes one away while it looks.
        return stack.tryShell(service, "cd " + FOLDER + " && compgen -G '*/manifest.json'")
                .lines()
                .map(line -> Long.valueOf(line.substring(0, line.indexOf('/'))))
                .sorted()
                .toList();
    }

    /** What the manifests that are there say, by ascending version. */
    List<Published> published() {
        List<Published> all = new ArrayList<>();
        for (long number : numbers()) {
            String text =
                    stack.tryShell(service, "cat %s/%020d/manifest.json".formatted(FOLDER, number));
            // Retention may have been faster.
            if (!text.isEmpty()) {
                all.add(read(Project.parse(text)));
            }
        }
        return all;
    }

    private static Published read(JsonNode manifest) {
        long impressions = 0;
        for (JsonNode offset : manifest.get("offsets").path("impressions")) {
            impressions += offset.asLong();
        }
        return new Published(
                manifest.get("version").asLong(), manifest.get("examples").asLong(), impressions);
    }
}
