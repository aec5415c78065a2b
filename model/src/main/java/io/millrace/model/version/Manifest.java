package io.millrace.model.version;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import io.millrace.model.config.ModelSpecWriter;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a version is: the rows in it, the version it builds on, and the data behind it. The
 * existence of its file makes the version complete.
 *
 * @param model the model's name
 * @param version this version
 * @param parent the version to which this one is a delta; null when it stands alone (a base)
 * @param checkpointId the checkpoint that this version is
 * @param offsets by topic and partition, the offset of the first record that is not in this version
 * @param watermark event time of the cut, milliseconds since the epoch
 * @param specHash SHA-256 of the specification, hexadecimal
 * @param spec the model's specification, see {@link #modelSpec}; the order of its members counts,
 *     for that of features decides their slots
 * @param parts the row files, sorted by path
 * @param tombstones not counted: training writes 0; a part's rows include its own
 * @param metrics prequential metrics at the cut; one without a finite value is left out
 * @param examples examples trained since the model began
 * @param createdAt when it was written, milliseconds since the epoch
 */
public record Manifest(
        String model,
        long version,
        @Nullable Long parent,
        long checkpointId,
        Map<String, Map<Integer, Long>> offsets,
        long watermark,
        String specHash,
        JsonNode spec,
        List<PartInfo> parts,
        long tombstones,
        Map<String, Double> metrics,
        long examples,
        long createdAt) {

    public Manifest {
        String folder = VersionPaths.folder(model, version) + "/";
        if (parent != null && (parent >= version || parent < 0)) {
            throw new IllegalArgumentException(
                    "version " + version + " cannot be a delta to version " + parent);
        }
        if (!spec.isObject()) {
            throw new IllegalArgumentException("spec is not a JSON object: " + spec);
        }
        if (checkpointId < 0 || tombstones < 0 || examples < 0) {
            throw new IllegalArgumentException(
                    "checkpointId, tombstones or examples is negative: "
                            + List.of(checkpointId, tombstones, examples));
        }
        parts = parts.stream().sorted((a, b) -> a.path().compareTo(b.path())).toList();
        String before = "";
        for (PartInfo part : parts) {
            if (!part.path().startsWith(folder) || part.path().equals(before)) {
                throw new IllegalArgumentException(
                        "part " + part.path() + " is named twice or lies outside " + folder);
            }
            before = part.path();
        }
        offsets = sortedOffsets(offsets);
        metrics = finite(metrics);
        spec = ChecksummedJson.asRead(spec);
    }

    /** True when it stands alone. */
    public boolean isBase() {
        return parent == null;
    }

    /** Its path in the storage. */
    public String path() {
        return VersionPaths.manifest(model, version);
    }

    /**
     * The specification as an object.
     *
     * @throws IncompatibleVersionException when this code does not know what it asks for
     * @throws DamagedVersionException when it is not the one that the hash is of
     */
    public ModelSpec modelSpec() throws VersionException {
        ModelSpec modelSpec = parsedSpec();
        if (!ModelSpecWriter.hash(spec).equals(specHash)) {
            throw new DamagedVersionException(
                    path(), "field spec is not the specification that field specHash is of");
        }
        return modelSpec;
    }

    private ModelSpec parsedSpec() throws IncompatibleVersionException {
        try {
            ConfigNode node = ConfigNode.parse(spec.toString(), path() + " (spec)");
            ModelSpec modelSpec = ModelSpecReader.read(node);
            node.rejectUnknown();
            return modelSpec;
        } catch (ConfigException unknown) {
            throw new IncompatibleVersionException(
                    path(),
                    "its specification cannot be used by this code: " + unknown.getMessage(),
                    unknown);
        }
    }

    /** The same at another time. */
    public Manifest createdAt(long newCreatedAt) {
        return new Manifest(
                model,
                version,
                parent,
                checkpointId,
                offsets,
                watermark,
                specHash,
                spec,
                parts,
                tombstones,
                metrics,
                examples,
                newCreatedAt);
    }

    /** The same with other parts. */
    Manifest withParts(List<PartInfo> newParts) {
        return new Manifest(
                model,
                version,
                parent,
                checkpointId,
                offsets,
                watermark,
                specHash,
                spec,
                newParts,
                tombstones,
                metrics,
                examples,
                createdAt);
    }

    /** The content of its file; equal manifests have equal bytes. */
    public byte[] toBytes() {
        return ManifestJson.write(this);
    }

    /**
     * Reads what {@link #toBytes} made.
     *
     * @param source names where the bytes are from, for messages
     */
    public static Manifest fromBytes(byte[] bytes, String source) throws IOException {
        return ManifestJson.read(ChecksummedJson.parse(bytes, source), source);
    }

    /** Reads {@code <model>/<version>/manifest.json}, which must say that it is this version's. */
    public static Manifest read(VersionStorage storage, String model, long version)
            throws IOException {
        String file = VersionPaths.manifest(model, version);
        Manifest manifest = ManifestJson.read(ChecksummedJson.read(storage, file), file);
        if (!manifest.path().equals(file)) {
            throw new DamagedVersionException(
                    file,
                    "it is the manifest of model "
                            + manifest.model()
                            + ", version "
                            + manifest.version());
        }
        return manifest;
    }

    private static Map<String, Map<Integer, Long>> sortedOffsets(
            Map<String, Map<Integer, Long>> offsets) {
        SortedMap<String, Map<Integer, Long>> sorted = new TreeMap<>();
        offsets.forEach(
                (topic, partitions) -> {
                    partitions.forEach(
                            (partition, offset) -> {
                                if (partition < 0 || offset < 0) {
                                    throw new IllegalArgumentException(
                                            "offset "
                                                    + offset
                                                    + " of partition "
                                                    + partition
                                                    + " of topic "
                                                    + topic
                                                    + " is negative");
                                }
                            });
                    sorted.put(topic, Collections.unmodifiableMap(new TreeMap<>(partitions)));
                });
        return Collections.unmodifiableMap(sorted);
    }

    private static Map<String, Double> finite(Map<String, Double> metrics) {
        SortedMap<String, Double> kept = new TreeMap<>(metrics);
        kept.values().removeIf(value -> !Double.isFinite(value));
        return Collections.unmodifiableMap(kept);
    }
}
