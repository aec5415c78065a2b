package io.millrace.model.version;

import java.util.List;

/**
 * The row files that make a version, in the order in which to apply them: what a later link says of
 * a row replaces what earlier ones say.
 *
 * @param manifest of the version that the chain leads to
 * @param links oldest first
 */
public record VersionChain(Manifest manifest, List<Link> links) {

    public VersionChain {
        links = List.copyOf(links);
    }

    /** All files, oldest first. */
    public List<PartInfo> files() {
        return links.stream().flatMap(link -> link.files().stream()).toList();
    }

    /**
     * The files of one version. No row is in two of them.
     *
     * @param version they belong to
     * @param files its parts, or its compacted rows
     */
    public record Link(long version, List<PartInfo> files) {

        public Link {
            files = List.copyOf(files);
        }
    }
}
